//! What goes over the socket.

use std::path::PathBuf;

use driver_host::{MachineError, Mount, MountRequest};
use serde::{Deserialize, Serialize};

/// One operation of [`driver_host::Machine`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    ProductSerial,
    ProductUuid,
    DiskByWwn(String),
    DeviceSize(PathBuf),
    FilesystemOn(PathBuf),
    MakeFilesystem(PathBuf, String),
    Rescan(PathBuf),
    GrowFilesystem(PathBuf, PathBuf),
    Mounts,
    Mount(MountRequest),
    Unmount(PathBuf),
    MakeDirectory(PathBuf),
    MakeFile(PathBuf),
    Remove(PathBuf),
    Exists(PathBuf),
    FilesystemUsage(PathBuf),
}

/// What came of it; each operation has one kind of answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Done,
    Text(String),
    Path(Option<PathBuf>),
    Size(u64),
    Filesystem(Option<String>),
    Mounts(Vec<Mount>),
    Exists(bool),
    Usage(u64, u64, u64),
    NotFound(PathBuf),
    Busy(PathBuf),
    Failed { action: String, path: PathBuf, reason: String },
}

impl From<MachineError> for Reply {
    fn from(error: MachineError) -> Self {
        match error {
            MachineError::NotFound(path) => Self::NotFound(path),
            MachineError::Busy(path) => Self::Busy(path),
            MachineError::Failed { action, path, reason } => Self::Failed { action: action.to_owned(), path, reason },
        }
    }
}
