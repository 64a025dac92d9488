//! Numbers about a vCenter, in the text format that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use fake_vcenter_server::VCenter;

/// How many pairs of method and outcome are told apart; what a client makes up beyond them is counted as `other`.
const MOST_SERIES: usize = 1_000;

/// What is counted as it happens.
#[derive(Default)]
pub struct Metrics {
    calls: Mutex<BTreeMap<(String, String), u64>>,
    waited: Mutex<u64>,
}

impl Metrics {
    /// Counts an answered call; the outcome is `ok` or the fault's name.
    pub fn count(&self, method: &str, outcome: &str, waits: bool) {
        let mut calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut key = (method.to_owned(), outcome.to_owned());
        if calls.len() >= MOST_SERIES && !calls.contains_key(&key) {
            key = ("other".to_owned(), "other".to_owned());
        }
        *calls.entry(key).or_default() += 1;
        if waits {
            *self.waited.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        }
    }

    /// Everything, as text.
    pub fn text(&self, vcenter: &VCenter, journal_entries: u64) -> String {
        let mut text = String::new();
        header(&mut text, "fake_vcenter_calls_total", "counter", "Calls that were answered, by method and outcome.");
        for ((method, outcome), count) in &*self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner) {
            let (method, outcome) = (escaped(method), escaped(outcome));
            let _ = writeln!(text, "fake_vcenter_calls_total{{method=\"{method}\",outcome=\"{outcome}\"}} {count}");
        }
        let waited = *self.waited.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let counts = vcenter.with_world(|world| world.counts());
        let gauges = [
            ("fake_vcenter_long_polls_total", "counter", "Calls that waited for updates and were answered.", waited),
            ("fake_vcenter_sessions", "gauge", "Open SOAP sessions.", counts.sessions as u64),
            ("fake_vcenter_rest_sessions", "gauge", "Open REST sessions.", counts.rest_sessions as u64),
            ("fake_vcenter_tasks_in_flight", "gauge", "Tasks that are queued or running.", counts.tasks_in_flight as u64),
            ("fake_vcenter_volumes", "gauge", "Volumes, those unknown to CNS included.", counts.volumes as u64),
            ("fake_vcenter_vms", "gauge", "Virtual machines.", counts.vms as u64),
            ("fake_vcenter_journal_entries_total", "counter", "Entries of the journal.", journal_entries),
        ];
        for (name, kind, help, value) in gauges {
            header(&mut text, name, kind, help);
            let _ = writeln!(text, "{name} {value}");
        }
        text
    }
}

fn header(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A label's value: what would end it or its line is escaped.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
