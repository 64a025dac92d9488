//! What an oracle has found, each thing once.

use std::collections::BTreeMap;

use crate::Violation;

/// Findings by their words; what is found again is not told again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings(BTreeMap<String, Vec<u64>>);

impl Findings {
    /// A finding and the entries that show it.
    pub(crate) fn add(&mut self, message: String, mut entries: Vec<u64>) {
        entries.sort_unstable();
        entries.dedup();
        self.0.entry(message).or_insert(entries);
    }

    /// The findings as violations, in the order in which the journal shows them.
    pub(crate) fn violations(&self, oracle: &str) -> Vec<Violation> {
        let violation = |(message, entries): (&String, &Vec<u64>)| Violation {
            oracle: oracle.to_owned(),
            message: message.clone(),
            entries: entries.clone(),
        };
        let mut violations: Vec<Violation> = self.0.iter().map(violation).collect();
        violations.sort_by(|a, b| a.entries.cmp(&b.entries));
        violations
    }
}
