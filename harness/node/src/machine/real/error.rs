//! Why a node has no real devices, by the step that failed.

use std::io;
use std::path::PathBuf;

use nix::errno::Errno;

/// Why a node has no real devices.
#[derive(Debug, thiserror::Error)]
pub enum RealDevicesError {
    /// The thread that lives in the namespace cannot be started.
    #[error("failed to start the thread of node {node}: {source}")]
    Thread {
        /// The node.
        node: String,
        /// What the system said.
        source: io::Error,
    },
    /// A mount namespace cannot be had.
    #[error("failed to give a node a mount namespace of its own: {0}; it needs CAP_SYS_ADMIN")]
    Namespace(#[source] Errno),
    /// A mount of the node's root cannot be made.
    #[error("failed to mount {at} in a node's namespace: {source}")]
    Mount {
        /// Where.
        at: PathBuf,
        /// What the kernel said.
        source: Errno,
    },
    /// The node's root cannot become the root.
    #[error("failed to make {root} the root of a node's namespace: {source}")]
    Root {
        /// Where it was built.
        root: PathBuf,
        /// What the kernel said.
        source: Errno,
    },
    /// A file or folder cannot be made.
    #[error("failed to make {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be put behind a loop device.
    #[error("failed to put {file} behind a loop device: {reason}")]
    Loop {
        /// The file.
        file: PathBuf,
        /// What `losetup` said.
        reason: String,
    },
    /// A disk's bytes cannot be copied.
    #[error("failed to copy {from} to {to}: {reason}")]
    Copy {
        /// The one that is there.
        from: PathBuf,
        /// The new one.
        to: PathBuf,
        /// What `cp` said.
        reason: String,
    },
}
