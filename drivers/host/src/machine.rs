//! Disks, filesystems, mounts and firmware, as a node plugin sees them.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Why a machine could not do what was asked; the text names the path.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The path, device or mount does not exist.
    #[error("{0} does not exist")]
    NotFound(PathBuf),
    /// The target is in use.
    #[error("{0} is busy")]
    Busy(PathBuf),
    /// The operation failed.
    #[error("failed to {action} {path}: {reason}")]
    Failed {
        /// What was to be done, as a verb.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What stood in the way.
        reason: String,
    },
}

/// A mount as the kernel lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The device, or the source of a bind mount's device.
    pub device: PathBuf,
    /// Where it is mounted.
    pub target: PathBuf,
    /// `ext4`, `xfs`, …
    pub fs_type: String,
    /// `ro`, `rw`, …
    pub options: Vec<String>,
}

/// A mount to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountRequest {
    /// A device, or a directory or file when `bind`.
    pub source: PathBuf,
    /// An existing directory (or file for a bind mount of a device).
    pub target: PathBuf,
    /// `ext4`, `xfs`, …; empty when `bind`.
    pub fs_type: String,
    /// `ro`, `noatime`, …
    pub options: Vec<String>,
    /// A bind mount.
    pub bind: bool,
}

/// Disks, filesystems, mounts and firmware of one machine.
#[async_trait]
pub trait Machine: Send + Sync {
    /// `/sys/class/dmi/id/product_serial`: `VMware-42 16 …` on vSphere.
    async fn product_serial(&self) -> Result<String, MachineError>;

    /// `/sys/class/dmi/id/product_uuid`: the BIOS uuid.
    async fn product_uuid(&self) -> Result<String, MachineError>;

    /// The device behind `/dev/disk/by-id/wwn-0x<wwn>`, when it is there. `wwn` is 32 lower-case hex digits.
    async fn disk_by_wwn(&self, wwn: &str) -> Result<Option<PathBuf>, MachineError>;

    /// Size of a block device in bytes.
    async fn device_size(&self, device: &Path) -> Result<u64, MachineError>;

    /// The filesystem on a device (`blkid`); `None` when it is blank.
    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError>;

    /// Makes a filesystem on a blank device.
    async fn make_filesystem(&self, device: &Path, fs_type: &str) -> Result<(), MachineError>;

    /// Asks the disk behind a device for its size anew: a guest does not notice by itself that its disk was made larger.
    async fn rescan(&self, device: &Path) -> Result<(), MachineError>;

    /// Makes the filesystem of a device, which is mounted at `target`, as large as the device; one that is so is left alone.
    async fn grow_filesystem(&self, device: &Path, target: &Path) -> Result<(), MachineError>;

    /// All mounts, in the order in which they were made.
    async fn mounts(&self) -> Result<Vec<Mount>, MachineError>;

    /// Makes a mount.
    async fn mount(&self, request: MountRequest) -> Result<(), MachineError>;

    /// Removes the topmost mount at `target`.
    async fn unmount(&self, target: &Path) -> Result<(), MachineError>;

    /// Makes a directory and those above it; no error when it is there.
    async fn make_directory(&self, path: &Path) -> Result<(), MachineError>;

    /// Makes an empty file to bind a device to; no error when it is there.
    async fn make_file(&self, path: &Path) -> Result<(), MachineError>;

    /// Removes an empty directory or a file; no error when it is gone.
    async fn remove(&self, path: &Path) -> Result<(), MachineError>;

    /// Whether something exists at the path.
    async fn exists(&self, path: &Path) -> Result<bool, MachineError>;

    /// Total, free and available bytes of the filesystem mounted at `path`.
    async fn filesystem_usage(&self, path: &Path) -> Result<(u64, u64, u64), MachineError>;
}
