//! How often what was called.

use std::collections::BTreeMap;

use seatrial_journal::{Border, Entry, Event};

/// Counts of calls by border and method, retries included.
pub type CallCounts = BTreeMap<Border, BTreeMap<String, u64>>;

/// Counts of calls to vCenters by method and calling process, retries included.
pub type VCenterCalls = BTreeMap<String, BTreeMap<String, u64>>;

/// Counts the calls to vCenters in a journal, by method and calling process.
pub fn count_vcenter_calls<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> VCenterCalls {
    let mut counts = VCenterCalls::new();
    for entry in entries {
        if let Event::Sent(call) = &entry.event
            && call.border == Border::VCenter
        {
            *counts.entry(call.method.clone()).or_default().entry(call.from.clone()).or_default() += 1;
        }
    }
    counts
}

/// Counts the calls of a journal.
pub fn count_calls<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> CallCounts {
    let mut counts = CallCounts::new();
    for entry in entries {
        if let Event::Sent(call) = &entry.event {
            *counts.entry(call.border).or_default().entry(call.method.clone()).or_default() += 1;
        }
    }
    counts
}
