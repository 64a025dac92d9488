//! Whoever hears of each entry of a run's journal while it is written.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use seatrial_journal::{Entry, Sink};

/// A sink that a run's description carries; clones share it. It is called in the world's own thread and must not wait.
#[derive(Clone)]
pub struct Listener(Arc<Mutex<dyn Sink>>);

impl Listener {
    /// Shows each entry to this.
    pub fn new(sink: impl Sink + 'static) -> Self {
        Self(Arc::new(Mutex::new(sink)))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl Sink for Listener {
    fn take(&mut self, entry: &Entry, line: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(entry, line);
    }
}
