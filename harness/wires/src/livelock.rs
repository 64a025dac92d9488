//! Noticing a livelock.
//!
//! A task that sends more border calls in a virtual minute than any honest one would is in a livelock: under a paused
//! clock it would keep time from passing. (A task that loops without calling anybody is the watchdog's business:
//! see [`crate::Progress`].)

use std::collections::BTreeMap;

use seatrial_journal::Elapsed;

/// Border calls that one task may send in one virtual minute. A full sync of a thousand volumes stays below it.
const CALLS_PER_MINUTE: u32 = 6_000;
const MINUTE_US: u64 = 60_000_000;

/// A task that went round in circles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Livelock {
    /// The process.
    pub process: String,
    /// Its task.
    pub task: String,
    /// What it did.
    pub why: String,
}

#[derive(Default)]
pub(crate) struct LivelockGuard {
    minute: u64,
    /// By process, then by task: so both are looked up without a copy.
    calls: BTreeMap<String, BTreeMap<String, u32>>,
}

impl LivelockGuard {
    /// Counts one call; answers the livelock when it is one too many.
    pub(crate) fn count(&mut self, now: Elapsed, process: &str, task: &str, method: &str) -> Option<Livelock> {
        let minute = now.0 / MINUTE_US;
        if minute != self.minute {
            self.minute = minute;
            self.calls.clear();
        }
        let known = self.calls.get_mut(process).and_then(|tasks| tasks.get_mut(task));
        let calls = match known {
            Some(calls) => calls,
            None => self.calls.entry(process.to_owned()).or_default().entry(task.to_owned()).or_default(),
        };
        *calls += 1;
        (*calls > CALLS_PER_MINUTE).then(|| Livelock {
            process: process.to_owned(),
            task: task.to_owned(),
            why: format!("sent more than {CALLS_PER_MINUTE} calls in one minute, the last of them {method}"),
        })
    }
}
