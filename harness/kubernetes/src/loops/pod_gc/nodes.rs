//! Since when nodes are missing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

/// Missing nodes, and when each was missed first. Lost with the process.
#[derive(Default)]
pub(super) struct Quarantine(BTreeMap<String, Instant>);

impl Quarantine {
    /// Takes in which nodes are missing now; answers those whose time is over.
    pub(super) fn update(&mut self, missing: BTreeSet<String>, time: Duration, now: Instant) -> Vec<String> {
        self.0.retain(|name, _| missing.contains(name));
        for name in missing {
            self.0.entry(name).or_insert(now);
        }
        self.0.iter().filter(|(_, since)| now.saturating_duration_since(**since) >= time).map(|(name, _)| name.clone()).collect()
    }
}
