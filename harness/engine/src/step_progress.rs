//! The progress of a run: each step as it begins and ends, for whoever watches.

use std::fmt;
use std::sync::Arc;

use seatrial_journal::{Elapsed, Entry, Event, Sink};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProgress {
    /// When, in virtual time.
    pub at: Elapsed,
    /// Which step, from 1.
    pub number: usize,
    /// The step in words.
    pub what: String,
    /// `began`, `passed`, or why it failed.
    pub outcome: String,
}

/// Whoever hears of steps; it is called in the world's own thread and must not wait.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn(StepProgress) + Send + Sync>);

impl Watch {
    /// Reports each step to this.
    pub fn new(hear: impl Fn(StepProgress) + Send + Sync + 'static) -> Self {
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
            (self.0)(StepProgress { at: entry.at, number: *number, what: what.clone(), outcome: outcome.clone() });
        }
    }
}
