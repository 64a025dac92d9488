//! Counts of what crossed the borders and which faults fired.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use seatrial_journal::{Border, ChangeKind, Entry, Event, Sink};
use seatrial_scenario::{Count, Counts as Wanted, ExpectationKind, Spanned};

/// Calls, by method and calling process.
pub(crate) type ByMethod = BTreeMap<String, BTreeMap<String, u64>>;

/// What has been counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Calls sent, by border, method and calling process.
    sent: BTreeMap<Border, ByMethod>,
    /// Node objects that were deleted.
    pub(crate) nodes_deleted: u64,
    /// Firings, by rule.
    pub(crate) fired: BTreeMap<String, u64>,
    /// Panics of processes, in their words.
    pub(crate) panics: Vec<String>,
}

impl Counts {
    /// Calls sent, by border and method.
    pub(crate) fn calls(&self) -> BTreeMap<(Border, String), u64> {
        let of_border = |(border, methods): (&Border, &ByMethod)| {
            let border = *border;
            methods.iter().map(|(method, callers)| ((border, method.clone()), callers.values().sum())).collect::<Vec<_>>()
        };
        self.sent.iter().flat_map(of_border).collect()
    }

    /// Calls of a method over all borders, by one process or by anybody.
    pub(crate) fn sent(&self, method: &str, from: Option<&str>) -> u64 {
        let callers = self.sent.values().filter_map(|methods| methods.get(method)).flatten();
        callers.filter(|(caller, _)| from.is_none_or(|from| from == *caller)).map(|(_, number)| number).sum()
    }

    /// What was counted otherwise than it should be, with what was: calls, or firings of fault rules. Nothing of other kinds.
    pub(crate) fn wrong(&self, kind: &ExpectationKind) -> Vec<String> {
        match kind {
            ExpectationKind::Calls { from, counts } => {
                named(counts, |method| self.sent(method, from.as_ref().map(|from| from.value.as_str())))
            }
            ExpectationKind::Fired(counts) => named(counts, |rule| self.fired.get(rule).copied().unwrap_or(0)),
            _ => Vec::new(),
        }
    }

    /// Calls sent to vCenters.
    pub(crate) fn to_vcenters(&self) -> ByMethod {
        self.sent.get(&Border::VCenter).cloned().unwrap_or_default()
    }
}

/// Of counts with names those that are not as they should be.
pub(crate) fn named(counts: &Wanted, found: impl Fn(&str) -> u64) -> Vec<String> {
    counts.iter().flat_map(|(name, count)| one(name, count, found(name))).collect()
}

/// A count, if it is not as it should be.
pub(crate) fn one(name: &str, count: &Spanned<Count>, found: u64) -> Vec<String> {
    if count.holds(found) { Vec::new() } else { vec![format!("{name}: {found}")] }
}

/// Counts while the journal is written; clones share the counts.
#[derive(Clone, Default)]
pub(crate) struct CallCounter(Arc<Mutex<Counts>>);

impl CallCounter {
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().expect("counting never panics").clone()
    }
}

impl Sink for CallCounter {
    fn take(&mut self, entry: &Entry, _line: &str) {
        let mut counts = self.0.lock().expect("counting never panics");
        match &entry.event {
            Event::Sent(call) => {
                let methods = counts.sent.entry(call.border).or_default();
                *methods.entry(call.method.clone()).or_default().entry(call.from.clone()).or_default() += 1;
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
