//! What a driver may touch of its machine, as traits.
//!
//! A driver is given a [`Host`] and nothing else: its `main.rs` gives it the operating system's, the harness gives
//! it a simulated machine's. Durations are plain `tokio::time`, which both worlds provide. Everything that is a
//! border goes through [`Host::connect`] and [`Host::listen`].

mod authority;
mod forbidden;
pub mod go;
mod grpc;
mod http_service;
mod kubernetes;
mod machine;
#[cfg(feature = "os")]
pub mod os;
mod retry;
mod runtime;
mod sessions;

pub use authority::{NotAHost, authority, host_name};
pub use forbidden::{Forbidden, reporting_kubernetes_client};
pub use grpc::GrpcClient;
pub use http_service::{Answering, Body, BoxError, HttpService, body_from, collect_body, empty_body, send};
pub use kubernetes::kubernetes_client;
pub use machine::{Machine, MachineError, Mount, MountRequest};
pub use retry::{BackoffLimits, tried_for};
pub use runtime::{Random, Runtime};
pub use sessions::end_sessions;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

/// What a driver wants to talk to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A vCenter.
    VCenter {
        /// Host name or address, as configured.
        host: String,
        /// Port, 443 unless configured.
        port: u16,
        /// How its certificate is judged.
        trust: Trust,
    },
    /// The Kubernetes API server of the cluster that the driver runs in.
    Kubernetes,
    /// A gRPC server on a unix socket, by its path.
    Socket(String),
}

/// How a server's certificate is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Not at all (`insecure-flag = "true"`).
    Anything,
    /// By the system's authorities.
    System,
    /// By the authorities in this PEM file.
    CaFile(String),
    /// By its SHA-1 or SHA-256 fingerprint, colon-separated hex.
    Thumbprint(String),
}

/// Why a host could not do what a driver asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The peer cannot be reached in principle: no such address, bad certificate file.
    #[error("failed to connect to {peer}: {reason}")]
    Connect {
        /// What was to be reached.
        peer: String,
        /// What stood in the way.
        reason: String,
    },
    /// The endpoint cannot be served.
    #[error("failed to listen on {endpoint}: {reason}")]
    Listen {
        /// The endpoint.
        endpoint: String,
        /// What stood in the way.
        reason: String,
    },
    /// There is no such configuration file.
    #[error("failed to read {path}: there is no such file")]
    Absent {
        /// The file.
        path: String,
    },
    /// A configuration file cannot be read.
    #[error("failed to read {path}: {reason}")]
    Read {
        /// The file.
        path: String,
        /// What stood in the way.
        reason: String,
    },
}

/// A future that runs by itself.
pub type Task = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// The machine that a driver runs on.
#[async_trait]
pub trait Host: Send + Sync + 'static {
    /// The calendar: for timestamps that others read. Durations are measured with `tokio::time`.
    fn calendar(&self) -> Timestamp;

    /// A random number; seeded in virtual time.
    fn random(&self) -> u64;

    /// Starts a task that lives as long as the process; `name` is for reports.
    fn spawn(&self, name: &str, task: Task);

    /// Writes a line to the process's log. Never a secret.
    fn log(&self, line: &str);

    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`HostError::Absent`] or [`HostError::Read`], naming the file.
    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError>;

    /// Waits until a configuration file may have changed; where nobody changes one, for ever.
    async fn file_changed(&self, _path: &Path) {
        std::future::pending::<()>().await;
    }

    /// A service that sends requests to `peer`. Each request finds its own way: a peer that restarts is reached again.
    ///
    /// # Errors
    /// [`HostError::Connect`] when the peer cannot be reached in principle; a peer that is merely down fails each request.
    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError>;

    /// Serves gRPC on `endpoint` (`unix:///csi/csi.sock`) for as long as the process lives.
    ///
    /// # Errors
    /// [`HostError::Listen`] when the endpoint cannot be bound.
    async fn listen(&self, endpoint: &str, routes: tonic::service::Routes) -> Result<(), HostError>;

    /// Disks, filesystems, mounts and firmware: for node plugins.
    fn machine(&self) -> Arc<dyn Machine>;
}
