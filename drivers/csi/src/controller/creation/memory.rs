//! What this process remembers of its own requests that had no answer.
//!
//! Losing it in a restart loses nothing: a process that is gone sends nothing more, and its record's time stands.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// A request that was sent has its task by then.
pub(crate) const LANDING_TIME: Duration = Duration::from_secs(10);

/// When requests without an answer were given up, and when tasks were first found gone, by volume name.
#[derive(Default)]
pub(crate) struct InDoubtCreates(Mutex<BTreeMap<String, Instant>>, Mutex<BTreeMap<(String, String), Instant>>);

impl InDoubtCreates {
    /// A request for this volume was just given up.
    pub(crate) fn note(&self, name: &str) {
        let mut in_doubt = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is older decides nothing any more, so the list does not grow.
        in_doubt.retain(|_, given_up| given_up.elapsed() < LANDING_TIME);
        in_doubt.insert(name.to_owned(), Instant::now());
    }

    /// Whether a request for this volume was given up less than `time` ago.
    pub(crate) fn within(&self, name: &str, time: Duration) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).is_some_and(|given_up| given_up.elapsed() < time)
    }

    /// This task of a volume is gone; what counts is when that was first seen.
    pub(crate) fn lost(&self, name: &str, task: &str) {
        let mut lost = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        lost.entry((name.to_owned(), task.to_owned())).or_insert_with(Instant::now);
    }

    /// Whether this task of a volume was found gone less than `time` ago.
    pub(crate) fn lost_within(&self, name: &str, task: &str, time: Duration) -> bool {
        let lost = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        lost.get(&(name.to_owned(), task.to_owned())).is_some_and(|seen| seen.elapsed() < time)
    }

    /// The volume's fate is known.
    pub(crate) fn forget(&self, name: &str) {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| known != name);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
