//! How the driver's programs are started.

use std::path::PathBuf;

use crate::behaviours::Behaviours;
use crate::config::Environment;

/// How a controller is started.
#[derive(Clone, Debug)]
pub struct ControllerOptions {
    /// `vsphere.conf`.
    pub config_path: PathBuf,
    /// What the environment says besides.
    pub environment: Environment,
    /// Where the CSI services are served: `unix:///csi/csi.sock`.
    pub endpoint: String,
    /// All true, unless a test changes one.
    pub behaviours: Behaviours,
    /// The driver's namespace, where its records lie.
    pub namespace: String,
}

/// How a node plugin is started.
#[derive(Clone, Debug)]
pub struct NodeOptions {
    /// The node's name in Kubernetes.
    pub node_name: String,
    /// Where the CSI services are served: `unix:///csi/csi.sock`.
    pub endpoint: String,
    /// All true, unless a test changes one.
    pub behaviours: Behaviours,
    /// Whether the node asks the controller where it is, by an object in Kubernetes. Off, it says nothing of zones, and of
    /// volumes the number that most machines take: for running without Kubernetes.
    pub topology: bool,
}
