//! What a seed decides: in a hundred seeds there are many different orders of calls, and every one of them holds.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeSet;

use common::spec;
use common::workers::in_parallel;
use seatrial_engine::{KeepJournal, RunSpec};
use seatrial_journal::{Event, Flow};

/// The sequence of (border, method) of a run: no ids, no targets, no times.
fn sequence(spec: RunSpec) -> (Vec<String>, Vec<String>) {
    let outcome = RunSpec { keep_journal: KeepJournal::Always, ..spec }.run();
    let calls = outcome.journal.iter().filter_map(|entry| match &entry.event {
        Event::Sent(call) if call.flow == Flow::Unary => Some(format!("{:?} {}", call.border, call.method)),
        _ => None,
    });
    (calls.collect(), outcome.complaints())
}

#[test]
fn a_hundred_seeds_hold_in_at_least_fifty_different_orders() {
    let results = in_parallel((1..=100).collect(), |seed| sequence(spec("statefulset/scale", seed)));
    let broken: Vec<_> = results
        .iter()
        .zip(1..)
        .filter(|((_, complaints), _)| !complaints.is_empty())
        .map(|((_, complaints), seed)| (seed, complaints))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let different: BTreeSet<_> = results.iter().map(|(sequence, _)| sequence).collect();
    assert!(different.len() >= 50, "only {} different orders of calls in 100 seeds", different.len());
}
