//! Kubelet: the process `kubelet/<node>`.
//!
//! Modelled: registration of the Node and its CSINode, lease, status; registration of CSI plugins; pods from their
//! binding to their removal with the volume manager in between; restarts. Not modelled: images, probes, resources,
//! init containers (they count as done), what containers do but for when they end and how (`pods/program.rs`), their `lastState`,
//! evictions, static pods, volumes that are not CSI claims (they take no time and hold nothing), graceful node shutdown,
//! deregistration of a plugin whose socket goes.
//!
//! What upstream polls every 100 or 300 ms happens here on events, at the next tick of 100 ms where it shows.

mod config;
mod core;
mod csi_client;
mod node;
mod pods;
mod signal;
mod volumes;

pub use config::{Capacity, CsiPlugin, KubeletConfig, Timings};
pub use pods::{Program, ProgramError};

use std::sync::Arc;

use seatrial_wires::Process;

use self::core::Core;
use crate::machine::{PodAccessError, SimulatedMachine};

/// A running kubelet; clones are handles on the same.
#[derive(Clone)]
pub struct Kubelet {
    core: Arc<Core>,
}

impl Kubelet {
    /// Starts kubelet in `process`. It lives as long as the process; what it leaves on the machine lives longer.
    pub fn start(process: &Process, config: KubeletConfig) -> Self {
        let core = Core::new(process, config);
        process.spawn("main", main(Arc::clone(&core)));
        Self { core }
    }

    /// The node's name.
    pub fn node_name(&self) -> &str {
        &self.core.config.node_name
    }

    /// The machine that it runs on.
    pub fn machine(&self) -> &Arc<SimulatedMachine> {
        &self.core.config.machine
    }

    /// Writes a file (or a device) as a container of the pod; see [`SimulatedMachine::write_in_pod`].
    ///
    /// # Errors
    /// [`PodAccessError`], naming the pod, the container and the path.
    pub async fn write_in_pod(&self, namespace: &str, pod: &str, path: &str, bytes: &[u8]) -> Result<(), PodAccessError> {
        self.machine().write_in_pod(namespace, pod, path, bytes).await
    }

    /// Reads a file (or a device) as a container of the pod; see [`SimulatedMachine::read_in_pod`].
    ///
    /// # Errors
    /// [`PodAccessError`], naming the pod, the container and the path.
    pub fn read_in_pod(&self, namespace: &str, pod: &str, path: &str) -> Result<Vec<u8>, PodAccessError> {
        self.machine().read_in_pod(namespace, pod, path)
    }
}

/// Starts the parts in order.
async fn main(core: Arc<Core>) {
    if let Err(error) = volumes::reconstruct(&core) {
        core.process.log(&format!("cannot read what is left of volumes: {error}"));
    }
    node::register(&core).await;
    core.node.synced().await;
    node::watch_attached(&core);
    let spawn = |name: &str, task: driver_host::Task| core.process.spawn(name, task);
    spawn("lease", Box::pin(node::keep_lease(Arc::clone(&core))));
    spawn("csi node", Box::pin(node::keep_csi_node(Arc::clone(&core))));
    spawn("node status", Box::pin(node::keep_status(Arc::clone(&core))));
    for plugin in core.config.csi.clone() {
        spawn(&format!("register {}", plugin.driver), Box::pin(node::register_plugin(Arc::clone(&core), plugin)));
    }
    core.csi_drivers.synced().await;
    core.pods.synced().await;
    pods::adopt_all(&core);
    volumes::watch_growth(&core);
    spawn("volumes", Box::pin(volumes::run(Arc::clone(&core))));
}
