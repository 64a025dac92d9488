//! Where entries go: memory, lines of JSON, a digest.

use std::io::Write;
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

use crate::event::Entry;
use crate::sha256::finished_sha256;

/// Takes each entry as it is recorded, in order.
pub trait Sink: Send {
    /// Takes one entry; `line` is its JSON without the line end, made once for all sinks.
    fn take(&mut self, entry: &Entry, line: &str);
}

/// Keeps entries in memory; clones share them.
#[derive(Clone, Default)]
pub struct MemorySink(Arc<Mutex<Vec<Entry>>>);

impl MemorySink {
    /// All entries so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().expect("no sink panics while it holds the lock").clone()
    }
}

impl Sink for MemorySink {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("no sink panics while it holds the lock").push(entry.clone());
    }
}

/// Writes one JSON line an entry; the first error is kept and shown by [`LinesSink::error`].
pub struct LinesSink<W> {
    writer: W,
    error: Arc<Mutex<Option<std::io::Error>>>,
}

impl<W: Write> LinesSink<W> {
    /// Writes to `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer, error: Arc::default() }
    }

    /// A handle that shows the first write error, after the sink was given away.
    pub fn error(&self) -> Arc<Mutex<Option<std::io::Error>>> {
        Arc::clone(&self.error)
    }
}

impl<W: Write + Send> Sink for LinesSink<W> {
    fn take(&mut self, _entry: &Entry, line: &str) {
        if let Err(error) = writeln!(self.writer, "{line}") {
            self.error.lock().expect("no sink panics while it holds the lock").get_or_insert(error);
        }
    }
}

/// The SHA-256 of a journal's lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub String);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hashes the lines; clones share the hash.
#[derive(Clone, Default)]
pub struct DigestSink(Arc<Mutex<Sha256>>);

impl DigestSink {
    /// The digest of all lines so far.
    pub fn digest(&self) -> Digest {
        let hash = self.0.lock().expect("no sink panics while it holds the lock").clone();
        Digest(finished_sha256(hash))
    }
}

impl Sink for DigestSink {
    fn take(&mut self, _entry: &Entry, line: &str) {
        let mut hash = self.0.lock().expect("no sink panics while it holds the lock");
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
}
