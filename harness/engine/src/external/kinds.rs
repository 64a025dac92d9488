//! What a descriptor may describe, by the names that stand in it: drivers, and the sidecars that the harness plays else.

use std::fmt;

use serde::Deserialize;

/// What the name of an image begins with, where a driver or a program is named.
pub(crate) const IMAGE: &str = "image:";

/// What the node plugins' processes are called.
pub(super) const NODE_PLUGIN: &str = "csi-node";

/// Which of the drivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The CSI driver.
    Csi,
    /// The cloud controller manager.
    Ccm,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csi => "csi",
            Self::Ccm => "ccm",
        })
    }
}

/// A sidecar that the harness plays where the driver does not bring it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Sidecar {
    /// external-provisioner.
    #[serde(rename = "csi-provisioner")]
    Provisioner,
    /// external-attacher.
    #[serde(rename = "csi-attacher")]
    Attacher,
    /// external-resizer.
    #[serde(rename = "csi-resizer")]
    Resizer,
    /// csi-snapshotter.
    #[serde(rename = "csi-snapshotter")]
    Snapshotter,
    /// The snapshot controller, which is the cluster's and not a driver's.
    #[serde(rename = "snapshot-controller")]
    SnapshotController,
}

impl Sidecar {
    /// Those that have something to do only in a world with the API of snapshots, and end or try for ever without it.
    pub(super) const OF_SNAPSHOTS: [Self; 2] = [Self::Snapshotter, Self::SnapshotController];
}

impl fmt::Display for Sidecar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Provisioner => "csi-provisioner",
            Self::Attacher => "csi-attacher",
            Self::Resizer => "csi-resizer",
            Self::Snapshotter => "csi-snapshotter",
            Self::SnapshotController => "snapshot-controller",
        })
    }
}
