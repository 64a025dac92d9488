//! What the API server refuses the drivers' programs before the first step: a program without a role goes on asking, and may never end.
//! And whether a fault of the scenario's has struck.

use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_journal::{Border, CallId, Entry, Event, Sink};

use super::fates::Fates;

/// Reads in the journal what programs were answered.
pub(crate) struct Refusals {
    fates: Arc<Fates>,
    /// Who asked for what, and has no answer yet.
    open: BTreeMap<CallId, (String, String)>,
}

impl Refusals {
    pub(super) fn told_to(fates: &Arc<Fates>) -> Self {
        Self { fates: Arc::clone(fates), open: BTreeMap::new() }
    }
}

impl Sink for Refusals {
    fn take(&mut self, entry: &Entry, _line: &str) {
        match &entry.event {
            Event::Sent(call) if call.border == Border::Kubernetes && self.fates.is_asked_about(&call.from) => {
                self.open.insert(CallId(entry.seq), (call.from.clone(), call.method.clone()));
            }
            Event::Answered { call, answer } => {
                if let Some((process, method)) = self.open.remove(call) {
                    let granted = answer.error.as_deref() != Some("Forbidden");
                    self.fates.asked(&process, &method, granted, entry.at.duration());
                }
            }
            Event::Fault { .. } => self.fates.struck(),
            _ => {}
        }
    }
}
