//! Every place where a process can be killed on a path: each border call it sends or receives, at each moment.
//!
//! The places are read off the journal of a run in which nothing went wrong; up to the kill the run with the fault is
//! the same run, so the n-th call of that run is the n-th call of this one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use seatrial_journal::{Border, Call, CallId, Entry, Event, Flow};
use seatrial_wires::{Action, Moment};

use crate::call_pattern::CallPattern;
use crate::faults::Rule;

/// A border call on a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InjectionPoint {
    /// Which kind of border.
    pub border: Border,
    /// The method, in the border's own words.
    pub method: String,
    /// Who called.
    pub from: String,
    /// The address.
    pub to: String,
    /// The how manieth call of this method from there to there it is in the whole run, from 1.
    pub nth: u64,
}

/// All moments at which an injection point's process can be killed.
pub const MOMENTS: [Moment; 3] = [Moment::BeforeSending, Moment::AfterEffect, Moment::AfterAnswer];

/// The calls that `subject` sends or receives while an RPC `method` to it is in flight, that RPC among them; long polls
/// and watches apart.
pub fn injection_points_during(entries: &[Entry], subject: &str, method: &str) -> Vec<InjectionPoint> {
    let mut counts: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let mut open: BTreeSet<CallId> = BTreeSet::new();
    let mut found = Vec::new();
    for entry in entries {
        match &entry.event {
            Event::Sent(call) if call.flow == Flow::Unary => {
                let count = counts.entry((call.method.clone(), call.from.clone(), call.to.clone())).or_default();
                *count += 1;
                let served = serves(subject, call);
                if served && call.method == method {
                    open.insert(CallId(entry.seq));
                }
                if !open.is_empty() && (served || call.from == subject) {
                    found.push(InjectionPoint {
                        border: call.border,
                        method: call.method.clone(),
                        from: call.from.clone(),
                        to: call.to.clone(),
                        nth: *count,
                    });
                }
            }
            Event::Answered { call, .. } | Event::CallerGone { call } => {
                open.remove(call);
            }
            _ => {}
        }
    }
    found
}

fn serves(subject: &str, call: &Call) -> bool {
    call.to.split(':').next() == Some(subject)
}

impl InjectionPoint {
    /// The rule that kills `subject` here, at this moment; it comes back after `restart`.
    pub fn kill(&self, subject: &str, moment: Moment, restart: Duration) -> Rule {
        Rule {
            id: format!("kill-at-{}-{}-{moment:?}", self.method, self.nth),
            call: CallPattern { method: self.method.clone(), from: Some(self.from.clone()), to: Some(self.to.clone()) },
            moment,
            nth: self.nth,
            times: 1,
            action: Action::Kill { process: subject.to_owned(), restart: Some(restart) },
            fault_action: None,
        }
    }
}
