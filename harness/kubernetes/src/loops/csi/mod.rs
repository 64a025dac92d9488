//! The CSI sidecars that make a driver part of the cluster.

pub(super) mod attacher;
mod capability;
mod credentials;
mod driver;
mod flags;
pub(super) mod leader;
mod liveness;
pub(super) mod provisioner;
pub(super) mod resizer;
pub(super) mod snapshotter;

use std::time::Duration;

use super::rules::Rules;

pub use flags::FlagError;
pub use liveness::{LivenessConfig, keep_alive};

/// What external-provisioner is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionerConfig {
    /// Where the driver's controller listens.
    pub socket: String,
    /// `--timeout`: of each RPC.
    pub timeout: Duration,
    /// `--extra-create-metadata`: tells the driver the names of claim and volume.
    pub extra_create_metadata: bool,
    /// `--default-fstype`: for classes that say nothing; empty leaves the choice to the driver.
    pub default_fs_type: String,
    /// `--strict-topology`: asks for the selected node's topology only.
    pub strict_topology: bool,
    /// `--feature-gates=Topology`: states topologies at all, where the driver knows them.
    pub topology: bool,
    /// `--immediate-topology`: states all topologies for claims that wait for no pod.
    pub immediate_topology: bool,
    /// `--volume-name-prefix`: what volumes' names begin with.
    pub volume_name_prefix: String,
    /// The rules of the control plane that concern it.
    pub rules: Rules,
}

impl ProvisionerConfig {
    /// The defaults, with the metadata that vSphere's driver needs.
    pub fn new(socket: &str) -> Self {
        Self {
            socket: socket.to_owned(),
            timeout: Duration::from_secs(10),
            extra_create_metadata: true,
            default_fs_type: String::new(),
            strict_topology: false,
            topology: true,
            volume_name_prefix: "pvc".to_owned(),
            immediate_topology: true,
            rules: Rules::default(),
        }
    }
}

/// What external-attacher is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttacherConfig {
    /// Where the driver's controller listens.
    pub socket: String,
    /// `--timeout`: of each RPC.
    pub timeout: Duration,
    /// `--default-fstype`: for volumes that say nothing.
    pub default_fs_type: String,
    /// `--reconcile-sync`: between two comparisons of VolumeAttachments with where the driver says that volumes are.
    pub reconcile: Duration,
    /// `--max-entries`: of a page of that list; 0 leaves it to the driver.
    pub max_entries: i32,
}

impl AttacherConfig {
    /// The defaults.
    pub fn new(socket: &str) -> Self {
        let (timeout, reconcile) = (Duration::from_secs(15), Duration::from_secs(60));
        Self { socket: socket.to_owned(), timeout, default_fs_type: String::new(), reconcile, max_entries: 0 }
    }
}

/// What external-resizer is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResizerConfig {
    /// Where the driver's controller listens.
    pub socket: String,
    /// `--timeout`: of each RPC.
    pub timeout: Duration,
    /// `--handle-volume-inuse-error`: a driver that refuses a volume in use is not asked again while it is used.
    pub handle_in_use_errors: bool,
}

impl ResizerConfig {
    /// The defaults.
    pub fn new(socket: &str) -> Self {
        Self { socket: socket.to_owned(), timeout: Duration::from_secs(10), handle_in_use_errors: true }
    }
}

/// What csi-snapshotter is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotterConfig {
    /// Where the driver's controller listens.
    pub socket: String,
    /// `--timeout`: of each RPC.
    pub timeout: Duration,
    /// `--snapshot-name-prefix`: what snapshots' names begin with.
    pub snapshot_name_prefix: String,
    /// `--extra-create-metadata`: tells the driver the names of snapshot and content.
    pub extra_create_metadata: bool,
    /// The rules of the control plane that concern it.
    pub rules: Rules,
}

impl SnapshotterConfig {
    /// The defaults.
    pub fn new(socket: &str) -> Self {
        Self {
            socket: socket.to_owned(),
            timeout: Duration::from_secs(60),
            snapshot_name_prefix: "snapshot".to_owned(),
            extra_create_metadata: false,
            rules: Rules::default(),
        }
    }
}
