//! What a node plugin that comes as an image sees: the image's files, and among them the node's devices and kubelet's folders.
//!
//! It is as its DaemonSet has it: `/dev`, `/sys` and `/var/lib/kubelet` of the node at their own paths, the last with
//! `mountPropagation: Bidirectional`, so that the node sees what the plugin mounts and the other way round. For that the plugin has a mount
//! namespace of its own, a copy of the node's, whose root becomes the image's files as they are in the container that holds them.

use std::fs::File;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{chdir, fchdir, pivot_root};
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};

use super::error::RealDevicesError;
use super::root::{KUBELET, below, bind, file_failed, make_folder};

/// What of the node lies among the image's files.
const OF_THE_NODE: [&str; 3] = ["/dev", "/sys", KUBELET];

/// What such a view is made of.
pub(super) struct View {
    /// The mount namespace of the container that holds the files, as a path.
    pub(super) container: PathBuf,
    /// The node's, as a path.
    pub(super) node: PathBuf,
    /// An empty folder of the node's, where the files are put together.
    pub(super) at: PathBuf,
}

impl View {
    /// Moves the calling thread, whose working directory is its own, there.
    pub(super) fn move_in(&self) -> Result<(), RealDevicesError> {
        make_folder(&self.at)?;
        enter(&self.container)?;
        let whole = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::AT_RECURSIVE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        let files = open_tree(CWD, "/", whole).map_err(|source| self.failed_to_mount(source))?;
        enter(&self.node)?;
        unshare(CloneFlags::CLONE_NEWNS).map_err(RealDevicesError::Namespace)?;
        let put = move_mount(&files, "", CWD, &self.at, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH);
        put.map_err(|source| self.failed_to_mount(source))?;
        keep_to_itself(&self.at)?;
        for folder in OF_THE_NODE {
            let (folder, at) = (Path::new(folder), below(&self.at, Path::new(folder)));
            make_folder(&at)?;
            bind(folder, &at)?;
        }
        self.pivot()
    }

    /// The old root goes without taking along what lies below kubelet's folder on the node.
    fn pivot(&self) -> Result<(), RealDevicesError> {
        let failed = |source| RealDevicesError::Root { root: self.at.clone(), source };
        let old = File::open("/").map_err(file_failed(Path::new("/")))?;
        chdir(&self.at).map_err(failed)?;
        pivot_root(".", ".").map_err(failed)?;
        fchdir(&old).map_err(failed)?;
        keep_to_itself(Path::new("."))?;
        umount2(".", MntFlags::MNT_DETACH).map_err(failed)?;
        chdir("/").map_err(failed)
    }

    fn failed_to_mount(&self, source: rustix::io::Errno) -> RealDevicesError {
        RealDevicesError::Mount { at: self.at.clone(), source: nix::errno::Errno::from_raw(source.raw_os_error()) }
    }
}

fn enter(namespace: &Path) -> Result<(), RealDevicesError> {
    let open = File::open(namespace).map_err(file_failed(namespace))?;
    setns(open, CloneFlags::CLONE_NEWNS).map_err(RealDevicesError::Namespace)
}

/// What is mounted below a place is nobody else's business.
fn keep_to_itself(at: &Path) -> Result<(), RealDevicesError> {
    let kept = mount(None::<&str>, at, None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>);
    kept.map_err(|source| RealDevicesError::Mount { at: at.to_owned(), source })
}
