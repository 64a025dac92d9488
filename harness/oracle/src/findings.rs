//! What an oracle has found, each thing once.

use std::collections::BTreeMap;

use crate::oracle::{Severity, Violation};

/// Findings by their words; what is found again is not told again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings(BTreeMap<String, Found>);

#[derive(Clone, Debug)]
struct Found {
    about: Option<String>,
    entries: Vec<u64>,
}

impl Findings {
    /// A finding and the entries that show it.
    pub(crate) fn add(&mut self, message: String, entries: Vec<u64>) {
        self.keep(message, None, entries);
    }

    /// A finding about a node, a claim, whatever a scenario can name.
    pub(crate) fn add_about(&mut self, about: &str, message: String, entries: Vec<u64>) {
        self.keep(message, Some(about.to_owned()), entries);
    }

    fn keep(&mut self, message: String, about: Option<String>, mut entries: Vec<u64>) {
        entries.sort_unstable();
        entries.dedup();
        self.0.entry(message).or_insert(Found { about, entries });
    }

    /// The findings as violations, in the order in which the journal shows them.
    pub(crate) fn violations(&self, oracle: &str) -> Vec<Violation> {
        self.with_severity(oracle, Severity::Failure)
    }

    /// The same, of this severity.
    pub(crate) fn with_severity(&self, oracle: &str, severity: Severity) -> Vec<Violation> {
        let violation = |(message, found): (&String, &Found)| Violation {
            oracle: oracle.to_owned(),
            message: message.clone(),
            entries: found.entries.clone(),
            severity,
            about: found.about.clone(),
        };
        let mut violations: Vec<Violation> = self.0.iter().map(violation).collect();
        violations.sort_by(|a, b| a.entries.cmp(&b.entries));
        violations
    }
}
