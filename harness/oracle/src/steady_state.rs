//! Steady state: a world that nobody asks anything of writes nothing but heartbeats.
//!
//! Judged between the beginning and the end of a step called "at rest" ([`AT_REST`]), which comes when the world has
//! settled: every call that is not a heartbeat, every change that is none, every process that ends or fails at its
//! heartbeats. Drivers that write without need wear out vCenters: a task a minute for each volume is a task each few
//! milliseconds in a large cluster. Not judged: how often heartbeats beat.
//!
//! Whom it has hurt: B24, B30.

use std::collections::BTreeMap;

use seatrial_journal::{AT_REST, Call, CallId, ChangeKind, Event};

use crate::findings::Findings;
use crate::{Moment, Oracle, View, Violation, When};

/// See the module.
#[derive(Default)]
pub struct SteadyState {
    /// The entry at which the world came to rest.
    at_rest: Option<u64>,
    calls: BTreeMap<CallId, String>,
    findings: Findings,
}

impl Oracle for SteadyState {
    fn name(&self) -> &'static str {
        "steady-state"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, moment: &Moment) {
        if let Event::Step { what, outcome, .. } = &moment.entry.event
            && what == AT_REST
        {
            self.at_rest = (outcome == "began").then_some(moment.entry.seq);
            self.calls.clear();
        }
        let Some(began) = self.at_rest else { return };
        if let Event::Sent(call) = &moment.entry.event {
            self.calls.insert(CallId(moment.entry.seq), in_words(call));
        }
        if moment.heartbeat {
            return;
        }
        if let Some(message) = self.judge(&moment.entry.event) {
            self.findings.add(message, vec![began, moment.entry.seq]);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl SteadyState {
    fn judge(&self, event: &Event) -> Option<String> {
        match event {
            Event::Sent(call) => Some(format!("{} in a world at rest, in which nobody asked for anything", in_words(call))),
            Event::Answered { call, answer } => {
                // The answer to a write belongs to the write, which has been told.
                let call = self.calls.get(call)?;
                let error = answer.error.as_deref().unwrap_or("no answer");
                (answer.status == 0 || answer.error.is_some()).then(|| format!("{call} and got {error} in a world at rest"))
            }
            Event::Change(change) => {
                let word = match change.kind {
                    ChangeKind::Added => "was added to",
                    ChangeKind::Changed => "changed in",
                    ChangeKind::Removed => "was removed from",
                };
                // What a call changed is told with the call; tasks are told by their call, too.
                let by_call = change.cause.as_ref().is_some_and(|cause| cause.parse::<u64>().is_ok() || cause.contains('/'));
                let told = by_call || change.object.starts_with("Task/") || change.object.starts_with("Session/");
                (!told).then(|| format!("{} {word} {} in a world at rest", change.object, change.store))
            }
            Event::Process { name, event, .. } => Some(format!("process {name}: {event:?} in a world at rest")),
            Event::Fault { .. }
            | Event::Trouble { .. }
            | Event::Effect { .. }
            | Event::CallerGone { .. }
            | Event::Step { .. }
            | Event::Log { .. } => None,
        }
    }
}

fn in_words(call: &Call) -> String {
    format!("{} sent {} to {}", call.from, call.method, call.to)
}
