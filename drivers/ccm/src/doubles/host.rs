//! The host: virtual time, numbers that count up, one way to the cluster in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Machine, Peer, Task};
use jiff::Timestamp;

use super::{Cluster, Trace};

/// The host.
pub(crate) struct DoubleHost {
    trace: Trace,
    cluster: Cluster,
    draws: AtomicU64,
    tasks: Mutex<Vec<tokio::task::AbortHandle>>,
    /// What answers in place of a vCenter, by its server.
    pub vcenters: BTreeMap<String, HttpService>,
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

impl DoubleHost {
    pub(crate) fn new(trace: Trace, cluster: Cluster) -> Self {
        let (vcenters, files) = (BTreeMap::new(), BTreeMap::new());
        Self { trace, cluster, draws: AtomicU64::new(0), tasks: Mutex::default(), vcenters, files }
    }

    /// Ends the process: all its tasks, wherever they are.
    pub(crate) fn kill(&self) {
        self.tasks.lock().expect("nobody panicked").drain(..).for_each(|task| task.abort());
    }
}

#[async_trait]
impl Host for DoubleHost {
    fn calendar(&self) -> Timestamp {
        Timestamp::from_second(1_767_225_600).expect("it is a date")
    }

    fn random(&self) -> u64 {
        self.draws.fetch_add(1, Ordering::Relaxed)
    }

    #[allow(clippy::disallowed_methods, reason = "the double's host is the one who spawns")]
    fn spawn(&self, _name: &str, task: Task) {
        let handle = tokio::spawn(task).abort_handle();
        self.tasks.lock().expect("nobody panicked").push(handle);
    }

    fn log(&self, line: &str) {
        self.trace.note(&format!("log: {line}"));
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        let missing = || HostError::Absent { path: path.display().to_string() };
        self.files.get(path).cloned().ok_or_else(missing)
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        match peer {
            Peer::Kubernetes => Ok(self.cluster.service()),
            Peer::VCenter { host, .. } if self.vcenters.contains_key(host) => Ok(self.vcenters[host].clone()),
            other => Err(HostError::Connect { peer: format!("{other:?}"), reason: "there is nothing there".into() }),
        }
    }

    async fn listen(&self, endpoint: &str, _routes: tonic::service::Routes) -> Result<(), HostError> {
        Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "nobody calls here".into() })
    }

    fn machine(&self) -> Arc<dyn Machine> {
        unreachable!("this controller touches no machine")
    }
}
