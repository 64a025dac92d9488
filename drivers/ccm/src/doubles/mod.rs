//! A world in memory for tests: a host, a Kubernetes API server, vCenters; all of them write into one trace.
//!
//! Modelled: of Kubernetes, Nodes with optimistic locks, status patches, watches, Events, Secrets; of vCenters, what the
//! controller's trait asks. Not modelled: admission, selectors, sessions, latency beyond a millisecond for each call.

mod host;
mod kubernetes;
mod vcenter;

use std::sync::{Arc, Mutex};

pub(crate) use host::DoubleHost;
pub(crate) use kubernetes::Cluster;
pub(crate) use vcenter::{DoubleVCenter, machine, uuid};

use tokio::time::Instant;

/// What happened, line by line, with the time since the beginning.
#[derive(Clone)]
pub(crate) struct Trace {
    begin: Instant,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self { begin: Instant::now(), lines: Arc::default() }
    }

    pub(crate) fn note(&self, line: &str) {
        let line = format!("{:>9.3} {line}", self.begin.elapsed().as_secs_f64());
        self.lines.lock().expect("no writer panics").push(line);
    }

    /// All lines, and from now on none of them.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().expect("no writer panics"))
    }

    /// How many lines hold a text.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.lines.lock().expect("no writer panics").iter().filter(|line| line.contains(text)).count()
    }
}
