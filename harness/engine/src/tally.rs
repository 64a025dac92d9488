//! Counts of what crossed the borders and which faults fired.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use seatrial_journal::{Border, ChangeKind, Entry, Event, Sink};

/// What has been counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Calls sent, by border and method.
    pub(crate) calls: BTreeMap<(Border, String), u64>,
    /// Calls sent over all borders, by method and calling process.
    pub(crate) by_caller: BTreeMap<String, BTreeMap<String, u64>>,
    /// Node objects that were deleted.
    pub(crate) nodes_deleted: u64,
    /// Calls sent to vCenters, by method and calling process.
    pub(crate) vcenter_calls: BTreeMap<String, BTreeMap<String, u64>>,
    /// Firings, by rule.
    pub(crate) fired: BTreeMap<String, u64>,
    /// Panics of processes, in their words.
    pub(crate) panics: Vec<String>,
}

/// Counts while the journal is written; clones share the counts.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Counts>>);

impl Tally {
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().expect("counting never panics").clone()
    }
}

impl Sink for Tally {
    fn take(&mut self, entry: &Entry, _line: &str) {
        let mut counts = self.0.lock().expect("counting never panics");
        match &entry.event {
            Event::Sent(call) => {
                *counts.calls.entry((call.border, call.method.clone())).or_default() += 1;
                *counts.by_caller.entry(call.method.clone()).or_default().entry(call.from.clone()).or_default() += 1;
                if call.border == Border::Vcenter {
                    *counts.vcenter_calls.entry(call.method.clone()).or_default().entry(call.from.clone()).or_default() += 1;
                }
            }
            Event::Change(change) if change.kind == ChangeKind::Removed && change.object.starts_with("nodes/") => {
                counts.nodes_deleted += 1;
            }
            Event::Fault { rule, .. } => *counts.fired.entry(rule.clone()).or_default() += 1,
            Event::Process { name, event: seatrial_journal::ProcessEvent::Exited(why), .. } if why.starts_with("panicked") => {
                counts.panics.push(format!("{name} {why}"));
            }
            _ => {}
        }
    }
}
