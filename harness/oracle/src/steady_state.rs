//! Steady state: a world that nobody asks anything of writes nothing but heartbeats.
//!
//! Judged between the beginning and the end of a step called "at rest" ([`AT_REST`]), which comes when the world has
//! settled: every call that is not a heartbeat, every change that is none, every process that ends or fails at its
//! heartbeats. Drivers that write without need wear out vCenters: a task a minute for each volume is a task each few
//! milliseconds in a large cluster. Not judged: how often heartbeats beat.
//!
//! Judged apart: an ask that stays open ([`Asks`](crate::Asks)), because that may be by design. That it is tried again is a
//! finding, with what a scenario can do about it; that it is tried without backing off is a failure. Not judged: what is sent by who was
//! refused at a vCenter, or whose session an outage has ended, until he has gone on with what he could not do.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2534, #2431.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use seatrial_journal::{AT_REST, Border, Call, CallId, Change, ChangeKind, Elapsed, Event};

use crate::asks::Asks;
use crate::findings::Findings;
use crate::moment::Moment;
use crate::oracle::{Oracle, STEADY_STATE, Severity, Violation, When};
use crate::view::View;

/// How many calls may be made for an ask at rest, heartbeats and events apart: six a minute on the average. An attachment is
/// tried every two minutes at least, by a handful of calls; what backs off further makes fewer.
pub const CALLS_A_MINUTE_FOR_AN_ASK: u64 = 6;

/// So many entries show how an ask is tried.
const SHOWN: usize = 12;

/// See the module.
#[derive(Default)]
pub struct SteadyState {
    /// The entry at which the world came to rest.
    at_rest: Option<(u64, Elapsed)>,
    /// The calls at rest: who sent each, and it in words.
    calls: BTreeMap<CallId, (String, String)>,
    /// Calls that belong to tries of open asks.
    tries: BTreeSet<CallId>,
    asks: Asks,
    /// The tries at rest, by the object that asks.
    tried: BTreeMap<String, Tried>,
    /// How long it has been at rest.
    rested: Duration,
    findings: Findings,
}

/// How an open ask was tried at rest.
#[derive(Default)]
struct Tried {
    /// The ask, as its users know it.
    ask: String,
    /// Calls but events, by caller and method.
    calls: BTreeMap<String, u64>,
    entries: Vec<u64>,
}

impl SteadyState {
    /// Its name in reports.
    pub const NAME: &'static str = STEADY_STATE;
}

impl Oracle for SteadyState {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, moment: &Moment) {
        let entry = moment.entry;
        let ask = self.asks.on(entry);
        if let Event::Step { what, outcome, .. } = &entry.event
            && what == AT_REST
        {
            self.at_rest = (outcome == "began").then_some((entry.seq, entry.at));
            self.calls.clear();
            self.tries.clear();
        }
        let Some((began, since)) = self.at_rest else { return };
        self.rested = entry.at.duration().saturating_sub(since.duration());
        if let Event::Sent(call) = &entry.event {
            if moment.calm.comes_in(&call.from) {
                return;
            }
            self.calls.insert(CallId(entry.seq), (call.from.clone(), in_words(call)));
        }
        // Whoever is told that his session has ended is told so by an answer.
        if let Event::Answered { call, .. } = &entry.event
            && self.calls.get(call).is_some_and(|(from, _)| moment.calm.comes_in(from))
        {
            return;
        }
        if moment.heartbeat {
            return;
        }
        if let Some(ask) = ask {
            return self.note(&ask, began, entry.seq, &entry.event);
        }
        if let Some(message) = self.judge(&entry.event) {
            self.findings.add(message, vec![began, entry.seq]);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        let (mut busy, mut open) = (Findings::default(), Findings::default());
        for (_, tried) in self.tried.iter().filter(|(object, _)| self.asks.is_open(object)) {
            let calls: u64 = tried.calls.values().sum();
            let told: Vec<String> = tried.calls.iter().map(|(call, times)| format!("{call} {times} times")).collect();
            let (ask, told, minutes) = (&tried.ask, told.join(", "), minutes(self.rested));
            if calls > CALLS_A_MINUTE_FOR_AN_ASK * minutes.max(1) {
                let message = format!("{ask} is not given what it asks for, and is tried without backing off: {told} in {minutes} minutes");
                busy.add(message, tried.entries.clone());
            } else {
                let told = if told.is_empty() { "told of again and again".to_owned() } else { format!("tried again and again ({told})") };
                let message = format!(
                    "{ask} is still not given what it asks for at the end, and is {told}; if it is to have it, `wait` for that in the scenario, and if not, `delete` it or leave it so"
                );
                open.add(message, tried.entries.clone());
            }
        }
        [self.findings.violations(self.name()), busy.violations(self.name()), open.with_severity(self.name(), Severity::Finding)].concat()
    }
}

impl SteadyState {
    /// Keeps what belongs to a try.
    fn note(&mut self, ask: &str, began: u64, entry: u64, event: &Event) {
        let words = self.asks.in_words(ask);
        let tried = self.tried.entry(ask.to_owned()).or_insert_with(|| Tried { ask: words, entries: vec![began], ..Tried::default() });
        if let Event::Sent(call) = event {
            self.tries.insert(CallId(entry));
            if call.border != Border::Kubernetes || !call.method.ends_with(" events") {
                *tried.calls.entry(in_words(call)).or_default() += 1;
                if tried.entries.len() < SHOWN {
                    tried.entries.push(entry);
                }
            }
        }
    }

    fn judge(&self, event: &Event) -> Option<String> {
        match event {
            Event::Sent(call) => Some(format!("{} in a world at rest, in which nobody asked for anything", in_words(call))),
            Event::Answered { call, answer } => {
                // The answer to a write belongs to the write, which has been told.
                let (_, call) = self.calls.get(call)?;
                let error = answer.error.as_deref().unwrap_or("no answer");
                (answer.status == 0 || answer.error.is_some()).then(|| format!("{call} and got {error} in a world at rest"))
            }
            Event::Change(change) => self.judge_change(change),
            Event::Process { name, event, .. } => Some(format!("process {name}: {event:?} in a world at rest")),
            Event::Fault { .. }
            | Event::Outage { .. }
            | Event::Effect { .. }
            | Event::CallerGone { .. }
            | Event::Step { .. }
            | Event::Log { .. } => None,
        }
    }

    fn judge_change(&self, change: &Change) -> Option<String> {
        let word = match change.kind {
            ChangeKind::Added => "was added to",
            ChangeKind::Changed => "changed in",
            ChangeKind::Removed => "was removed from",
        };
        let call = change.cause.as_ref().and_then(|cause| cause.parse().ok()).map(CallId);
        if call.is_some_and(|call| self.tries.contains(&call)) {
            return Some(format!("{} {word} {}: what had been asked for was given only in a world at rest", change.object, change.store));
        }
        // What a call changed is told with the call; tasks are told by their call, too.
        let by_call = call.is_some() || change.cause.as_ref().is_some_and(|cause| cause.contains('/'));
        let told = by_call || change.object.starts_with("Task/") || change.object.starts_with("Session/");
        (!told).then(|| format!("{} {word} {} in a world at rest", change.object, change.store))
    }
}

fn minutes(time: Duration) -> u64 {
    time.as_secs() / 60
}

fn in_words(call: &Call) -> String {
    format!("{} sent {} to {}", call.from, call.method, call.to)
}
