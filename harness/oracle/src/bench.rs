//! The bench on which all oracles sit.

use seatrial_journal::Entry;

use crate::{Oracle, Violation, all};

/// Several oracles as one: shows entries to all, gathers what they say.
pub struct Bench(Vec<Box<dyn Oracle>>);

impl Default for Bench {
    fn default() -> Self {
        Self(all())
    }
}

impl Bench {
    /// A bench of these oracles.
    pub fn new(oracles: Vec<Box<dyn Oracle>>) -> Self {
        Self(oracles)
    }

    /// Shows the next entry to all.
    pub fn on(&mut self, entry: &Entry) {
        for oracle in &mut self.0 {
            oracle.on(entry);
        }
    }

    /// Tells all that the world has settled.
    pub fn settled(&mut self) {
        for oracle in &mut self.0 {
            oracle.settled();
        }
    }

    /// What did not hold so far, oracle by oracle.
    pub fn findings(&self) -> Vec<Violation> {
        self.0.iter().flat_map(|oracle| oracle.findings()).collect()
    }
}
