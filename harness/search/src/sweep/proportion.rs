//! Work in proportion: one transient trouble may cost retries, but no storm of calls.
//!
//! How often each driver calls each method of a vCenter in the calm run says how often it may under a strike: [`FACTOR`] times as often, and
//! [`GRACE`] times more, for each minute that the trouble lasts, for what a calm run does not need, such as logging in again. A driver that
//! backs off stays far below; one that does not makes as many calls in a minute. A CCM that looks after nodes which are not ready asks twelve
//! times a minute for each, as the real one does.

use std::collections::BTreeMap;

use seatrial_journal::{Border, Entry, Event, Flow};

use super::place::Subjects;
use super::trouble::Trouble;
use crate::document::Tree;

/// So many times as often as in the calm run.
const FACTOR: u64 = 4;
/// And so many calls more, a minute of trouble.
const GRACE: u64 = 60;

/// How often each driver called each method of a vCenter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CalmCalls(BTreeMap<String, BTreeMap<String, u64>>);

impl CalmCalls {
    pub(super) fn of(journal: &[Entry], subjects: &Subjects) -> Self {
        let mut calls = Self::default();
        for entry in journal {
            let Event::Sent(call) = &entry.event else { continue };
            if call.border == Border::VCenter && call.flow == Flow::Unary && subjects.has(&call.from) {
                *calls.0.entry(call.from.clone()).or_default().entry(call.method.clone()).or_default() += 1;
            }
        }
        calls
    }

    /// What a strike may ask for at the end, an expectation for each driver. Methods of REST have names that no key of the language can be.
    pub(super) fn expectations(&self, trouble: Trouble) -> Vec<Tree> {
        let grace = GRACE * trouble.minutes();
        let of = |(from, methods): (&String, &BTreeMap<String, u64>)| {
            let most = |calls: &u64| Tree::plain(format!("at most {}", calls * FACTOR + grace));
            let methods = methods.iter().filter(|(method, _)| method.chars().all(char::is_alphanumeric));
            let bounds: Vec<(&str, Tree)> = methods.map(|(method, calls)| (method.as_str(), most(calls))).collect();
            let calls = || Tree::map(std::iter::once(("from", Tree::plain(from))).chain(bounds.clone()));
            (!bounds.is_empty()).then(|| Tree::map([("calls", calls())]))
        };
        self.0.iter().filter_map(of).collect()
    }
}
