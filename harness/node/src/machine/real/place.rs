//! Where a guest keeps its files.

use std::path::{Path, PathBuf};

use super::trouble::DeviceTrouble;

/// Where a guest keeps its files.
#[derive(Clone, Debug)]
pub struct RealPlace {
    /// The node's name.
    pub node: String,
    /// The folder of the world: disks lie in it, shared by all nodes, and one folder for each node.
    pub world: PathBuf,
    /// Where it is told what the machine could not do.
    pub trouble: DeviceTrouble,
}

impl RealPlace {
    /// What the node keeps over a reboot.
    pub(super) fn own(&self) -> PathBuf {
        self.world.join("nodes").join(&self.node)
    }

    /// The bytes of a disk.
    pub(super) fn disk(&self, uuid: &str) -> PathBuf {
        disk(&self.world, uuid)
    }
}

/// The bytes of a disk of a world.
pub(super) fn disk(world: &Path, uuid: &str) -> PathBuf {
    world.join("disks").join(format!("{uuid}.img"))
}
