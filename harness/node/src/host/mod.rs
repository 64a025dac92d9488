//! What a driver in virtual time may touch: [`driver_host::Host`] over a process of the run and a simulated machine.
//!
//! Modelled: the calendar of the run, seeded randomness, tasks that die with the process, configuration files that
//! somebody may change while the driver runs, wires to vCenters, Kubernetes and sockets, gRPC listeners. Not
//! modelled: certificates (an in-memory wire has none, so every [`driver_host::Trust`] is content) and name service.

mod describe_csi;

pub use describe_csi::DescribeCsi;
pub(crate) use describe_csi::code_name;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Machine, Peer, Task};
use http_body_util::BodyExt;
use jiff::Timestamp;
use seatrial_journal::Border;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_seed::Generator;
use seatrial_wires::Process;
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::machine::{AbsentMachine, SimulatedMachine};

/// Configuration files by their paths; clones share them, so that a scenario can change one while a driver runs.
#[derive(Clone, Default)]
pub struct ConfigurationFiles(Arc<Files>);

#[derive(Default)]
struct Files {
    texts: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
    changed: Notify,
}

impl From<BTreeMap<PathBuf, Vec<u8>>> for ConfigurationFiles {
    fn from(files: BTreeMap<PathBuf, Vec<u8>>) -> Self {
        Self(Arc::new(Files { texts: Mutex::new(files), changed: Notify::new() }))
    }
}

impl ConfigurationFiles {
    /// Writes a file.
    pub fn write(&self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.0.texts.lock().expect("nothing panics while the files are locked").insert(path.into(), bytes.into());
        self.0.changed.notify_waiters();
    }

    /// Reads a file.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        self.0.texts.lock().expect("nothing panics while the files are locked").get(path).cloned()
    }

    /// Waits until one is written.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }
}

/// The host of one incarnation of one driver process.
pub struct SimulatedHost {
    process: Process,
    machine: Option<Arc<SimulatedMachine>>,
    files: ConfigurationFiles,
    addresses: BTreeMap<String, String>,
    generator: Mutex<Generator>,
}

impl SimulatedHost {
    /// A host for `process`, on `machine` when it is a node plugin.
    pub fn new(process: Process, machine: Option<Arc<SimulatedMachine>>, files: ConfigurationFiles) -> Arc<Self> {
        Self::with_addresses(process, machine, files, BTreeMap::new())
    }

    /// Like [`SimulatedHost::new`]; sockets whose path is in `addresses` are reached at the wire address given there.
    pub fn with_addresses(
        process: Process,
        machine: Option<Arc<SimulatedMachine>>,
        files: ConfigurationFiles,
        addresses: BTreeMap<String, String>,
    ) -> Arc<Self> {
        let generator = Mutex::new(process.generator("host"));
        Arc::new(Self { process, machine, files, addresses, generator })
    }

    /// The process that this host belongs to.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

/// The path of a socket: `unix:///csi/csi.sock`, `unix:/csi/csi.sock` or the path itself.
fn socket_path(endpoint: &str) -> Option<&str> {
    let path = endpoint.strip_prefix("unix://").or_else(|| endpoint.strip_prefix("unix:")).unwrap_or(endpoint);
    path.starts_with('/').then_some(path)
}

/// Routes as a service that a wire can carry to.
pub fn service_of(routes: tonic::service::Routes) -> HttpService {
    let routes = routes.prepare();
    let service = routes
        .map_request(|request: http::Request<driver_host::Body>| request)
        .map_response(|response: http::Response<tonic::body::Body>| response.map(|body| body.map_err(Into::into).boxed_unsync()))
        .map_err(|never: std::convert::Infallible| match never {});
    HttpService::new(service)
}

#[async_trait]
impl Host for SimulatedHost {
    fn calendar(&self) -> Timestamp {
        self.process.clock().calendar()
    }

    fn random(&self) -> u64 {
        self.generator.lock().expect("no draw panics").next_u64()
    }

    fn spawn(&self, name: &str, task: Task) {
        self.process.spawn(name, task);
    }

    fn log(&self, line: &str) {
        self.process.log(line);
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.files.read(path).ok_or_else(|| HostError::Absent { path: path.display().to_string() })
    }

    async fn file_changed(&self, _path: &Path) {
        self.files.changed().await;
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        let address = match peer {
            Peer::VCenter { host, port, .. } => format!("{host}:{port}"),
            Peer::Kubernetes => API_SERVER.to_owned(),
            Peer::Socket(path) => self.addresses.get(path).unwrap_or(path).clone(),
        };
        Ok(self.process.connect(&address))
    }

    async fn listen(&self, endpoint: &str, routes: tonic::service::Routes) -> Result<(), HostError> {
        let Some(path) = socket_path(endpoint) else {
            return Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "only unix sockets can be served".to_owned() });
        };
        let address = format!("{}:{path}", self.process.name());
        self.process.listen(&address, Border::Csi, service_of(routes), Arc::new(DescribeCsi));
        Ok(())
    }

    fn machine(&self) -> Arc<dyn Machine> {
        match &self.machine {
            Some(machine) => Arc::clone(machine) as Arc<dyn Machine>,
            None => Arc::new(AbsentMachine),
        }
    }
}

#[cfg(test)]
mod tests;
