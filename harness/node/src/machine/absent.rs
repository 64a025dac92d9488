//! The machine of a process that has none: a controller that asks for disks or mounts has lost its way, and is told.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use driver_host::{Machine, MachineError, Mount, MountRequest};

/// Fails every request.
pub(crate) struct AbsentMachine;

fn refused<T>(action: &'static str, path: &Path) -> Result<T, MachineError> {
    Err(MachineError::Failed { action, path: PathBuf::from(path), reason: "this process runs on no machine of the world".to_owned() })
}

#[async_trait]
impl Machine for AbsentMachine {
    async fn product_serial(&self) -> Result<String, MachineError> {
        refused("read", Path::new("/sys/class/dmi/id/product_serial"))
    }

    async fn product_uuid(&self) -> Result<String, MachineError> {
        refused("read", Path::new("/sys/class/dmi/id/product_uuid"))
    }

    async fn disk_by_wwn(&self, _wwn: &str) -> Result<Option<PathBuf>, MachineError> {
        refused("look for disks in", Path::new("/dev/disk/by-id"))
    }

    async fn device_size(&self, device: &Path) -> Result<u64, MachineError> {
        refused("measure", device)
    }

    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError> {
        refused("examine", device)
    }

    async fn make_filesystem(&self, device: &Path, _fs_type: &str) -> Result<(), MachineError> {
        refused("make a filesystem on", device)
    }

    async fn rescan(&self, device: &Path) -> Result<(), MachineError> {
        refused("rescan", device)
    }

    async fn grow_filesystem(&self, device: &Path, _target: &Path) -> Result<(), MachineError> {
        refused("grow the filesystem of", device)
    }

    async fn mounts(&self) -> Result<Vec<Mount>, MachineError> {
        refused("read", Path::new("/proc/mounts"))
    }

    async fn mount(&self, request: MountRequest) -> Result<(), MachineError> {
        refused("mount on", &request.target)
    }

    async fn unmount(&self, target: &Path) -> Result<(), MachineError> {
        refused("unmount", target)
    }

    async fn make_directory(&self, path: &Path) -> Result<(), MachineError> {
        refused("make directory", path)
    }

    async fn make_file(&self, path: &Path) -> Result<(), MachineError> {
        refused("make file", path)
    }

    async fn remove(&self, path: &Path) -> Result<(), MachineError> {
        refused("remove", path)
    }

    async fn exists(&self, path: &Path) -> Result<bool, MachineError> {
        refused("look at", path)
    }

    async fn filesystem_usage(&self, path: &Path) -> Result<(u64, u64, u64), MachineError> {
        refused("measure", path)
    }
}
