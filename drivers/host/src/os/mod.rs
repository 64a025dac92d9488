//! The operating system as a [`Host`]: sockets, TLS, the wall clock, `/sys`, `/proc` and the mount commands.
//!
//! This is the one place in the drivers where the wall clock is read, tasks are spawned and randomness is real. What
//! belongs to HTTP (cookies, retries, time limits) is not here: `vsphere_client` has it, so that both worlds run it.

mod commands;
mod kubernetes;
mod listen;
mod machine;
mod mountinfo;
pub mod program;
#[cfg(test)]
mod tests;
mod tls;
mod vcenter;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tower::util::BoxCloneSyncService;

use crate::{BoxError, Host, HostError, HttpService, Machine, Peer, Task};

pub use listen::{dial, dialed};
pub use machine::OperatingSystemMachine;

/// Between two looks at a configuration file. It is looked at because not every mount tells of changes; kubelet itself takes a
/// minute or more to bring one.
const LOOK: Duration = Duration::from_secs(10);

/// The machine that this process runs on.
#[derive(Clone, Debug, Default)]
pub struct OperatingSystem {
    /// The kubeconfig; `None` means the service account of the pod.
    pub kubeconfig: Option<PathBuf>,
    /// Where disks and firmware are looked for.
    pub machine: OperatingSystemMachine,
}

#[async_trait]
impl Host for OperatingSystem {
    #[allow(clippy::disallowed_methods, reason = "this is the host that the others are told to ask")]
    fn calendar(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        let random = ring::rand::SystemRandom::new();
        ring::rand::SecureRandom::fill(&random, &mut bytes).expect("the system's randomness does not end");
        u64::from_le_bytes(bytes)
    }

    #[allow(clippy::disallowed_methods, reason = "this is the host that the others are told to ask")]
    fn spawn(&self, _name: &str, task: Task) {
        tokio::spawn(task);
    }

    fn log(&self, line: &str) {
        eprintln!("{:.3} {line}", self.calendar());
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        let name = path.display().to_string();
        std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => HostError::Absent { path: name },
            _ => HostError::Read { path: name, reason: error.to_string() },
        })
    }

    async fn file_changed(&self, _path: &Path) {
        tokio::time::sleep(LOOK).await;
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        match peer {
            Peer::VCenter { host, port, trust } => vcenter::connect(host, *port, trust),
            Peer::Kubernetes => kubernetes::connect(self.kubeconfig.as_deref()).await,
            Peer::Socket(path) => Ok(listen::connect(path)),
        }
    }

    async fn listen(&self, endpoint: &str, routes: tonic::service::Routes) -> Result<(), HostError> {
        listen::listen(endpoint, routes)
    }

    fn machine(&self) -> Arc<dyn Machine> {
        Arc::new(self.machine.clone())
    }
}

/// A service out of a function.
fn service_fn<F, S>(call: F) -> HttpService
where
    F: Fn(http::Request<crate::Body>) -> S + Clone + Send + Sync + 'static,
    S: Future<Output = Result<http::Response<crate::Body>, BoxError>> + Send + 'static,
{
    BoxCloneSyncService::new(tower::service_fn(call))
}
