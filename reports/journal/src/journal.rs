//! The one ordered sequence of a run.

use std::sync::{Arc, Mutex};

use crate::event::{Call, CallId, Entry, Event};
use crate::sink::Sink;
use crate::stamp::Elapsed;

struct Inner {
    sequence: u64,
    sinks: Vec<Box<dyn Sink>>,
    /// Where lines are written, one after the other.
    line: Vec<u8>,
}

/// A handle on the run's journal; clones write to the same sequence.
#[derive(Clone)]
pub struct Journal {
    now: Arc<dyn Fn() -> Elapsed + Send + Sync>,
    inner: Arc<Mutex<Inner>>,
}

impl Journal {
    /// A journal without sinks; `now` stamps its entries.
    pub fn new(now: impl Fn() -> Elapsed + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), inner: Arc::new(Mutex::new(Inner { sequence: 0, sinks: Vec::new(), line: Vec::new() })) }
    }

    /// Adds a sink; it sees what is recorded from now on. Add all sinks before the run begins.
    pub fn add_sink(&self, sink: impl Sink + 'static) {
        self.lock().sinks.push(Box::new(sink));
    }

    /// Whether anybody hears what is recorded.
    pub fn is_heard(&self) -> bool {
        !self.lock().sinks.is_empty()
    }

    /// Gives the event its place; answers its number.
    pub fn record(&self, event: Event) -> CallId {
        CallId(self.enter(event).seq)
    }

    /// Records that a call was sent; answers its id, and the call, which goes on its way now.
    pub fn record_sent(&self, call: Call) -> (CallId, Call) {
        let entry = self.enter(Event::Sent(call));
        let Event::Sent(call) = entry.event else { unreachable!("an entry keeps its event") };
        (CallId(entry.seq), call)
    }

    fn enter(&self, event: Event) -> Entry {
        let at = (self.now)();
        let mut guard = self.lock();
        let inner = &mut *guard;
        inner.sequence += 1;
        let entry = Entry { seq: inner.sequence, at, event };
        if !inner.sinks.is_empty() {
            inner.line.clear();
            serde_json::to_writer(&mut inner.line, &entry).expect("an entry is plain data with text keys");
            let line = str::from_utf8(&inner.line).expect("JSON is text");
            for sink in &mut inner.sinks {
                sink.take(&entry, line);
            }
        }
        entry
    }

    /// How many entries there are.
    pub fn length(&self) -> u64 {
        self.lock().sequence
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no sink panics while the journal is locked")
    }
}
