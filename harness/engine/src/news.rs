//! News of a voyage while it sails: each step as it begins and ends, for whoever watches.

use std::fmt;
use std::sync::Arc;

use seatrial_journal::{Elapsed, Entry, Event, Sink};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepNews {
    /// When, in virtual time.
    pub at: Elapsed,
    /// Which step, from 1.
    pub number: usize,
    /// The step in words.
    pub what: String,
    /// `began`, `held`, or why it did not hold.
    pub outcome: String,
}

/// Whoever hears of steps; it is called in the world's own thread and must not wait.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn(StepNews) + Send + Sync>);

impl Watch {
    /// Tells this of each step.
    pub fn new(hear: impl Fn(StepNews) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Sink for Watch {
    fn take(&mut self, entry: &Entry, _line: &str) {
        if let Event::Step { number, what, outcome } = &entry.event {
            (self.0)(StepNews { at: entry.at, number: *number, what: what.clone(), outcome: outcome.clone() });
        }
    }
}
