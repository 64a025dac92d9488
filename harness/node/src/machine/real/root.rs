//! A node's view of the machine: its own `/dev`, `/sys` and `/var/lib/kubelet`; everything else is where it was.
//!
//! The root is a small filesystem in memory onto which all that is kept is bound, so that no mount point has to be made on the
//! machine itself, and nothing is to be removed afterwards.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};

use super::error::RealDevicesError;
use super::firmware;

/// Where kubelet keeps its files.
pub(super) const KUBELET: &str = "/var/lib/kubelet";

/// Folders whose entries are bound one by one, since something below them is the node's own.
const OPENED: [&str; 2] = ["/var", "/var/lib"];

/// What `/dev` is called in the list of mounts.
const DEV: &str = "/devtmpfs";

/// Devices that every program may expect.
const DEVICES: [&str; 7] = ["null", "zero", "full", "random", "urandom", "tty", "ptmx"];

/// What a root is made of.
pub(super) struct Furniture {
    root: PathBuf,
    kubelet: PathBuf,
    world: PathBuf,
    serial: String,
    uuid: String,
}

pub(super) fn make_folder(path: &Path) -> Result<(), RealDevicesError> {
    let made = DirBuilder::new().recursive(true).mode(0o755).create(path);
    made.map_err(|source| RealDevicesError::File { path: path.to_owned(), source })
}

pub(super) fn file_failed(path: &Path) -> impl FnOnce(io::Error) -> RealDevicesError {
    let path = path.to_owned();
    move |source| RealDevicesError::File { path, source }
}

pub(super) fn bind(source: &Path, at: &Path) -> Result<(), RealDevicesError> {
    let bound = mount(Some(source), at, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>);
    bound.map_err(|source| RealDevicesError::Mount { at: at.to_owned(), source })
}

/// A filesystem in memory; `name` is what it is called in the list of mounts.
fn memory(name: &str, at: &Path) -> Result<(), RealDevicesError> {
    make_folder(at)?;
    let mounted = mount(Some(name), at, Some("tmpfs"), MsFlags::empty(), Some("mode=755"));
    mounted.map_err(|source| RealDevicesError::Mount { at: at.to_owned(), source })
}

/// Binds something of the machine's to the same place below `root`.
fn keep(root: &Path, path: &Path) -> Result<(), RealDevicesError> {
    let at = below(root, path);
    let kind = fs::symlink_metadata(path).map_err(file_failed(path))?.file_type();
    if kind.is_symlink() {
        let leads = fs::read_link(path).map_err(file_failed(path))?;
        return symlink(leads, &at).map_err(file_failed(&at));
    }
    if kind.is_dir() {
        make_folder(&at)?;
    } else {
        fs::File::create(&at).map_err(file_failed(&at))?;
    }
    bind(path, &at)
}

/// The place below a root that a path means there.
pub(super) fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, RealDevicesError> {
    let found =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>());
    found.map_err(file_failed(folder))
}

impl Furniture {
    /// Makes the folders that stay. `own` is the node's.
    pub(super) fn prepare(own: &Path, world: &Path, serial: &str, uuid: &str) -> Result<Self, RealDevicesError> {
        let (root, kubelet) = (own.join("root"), own.join("kubelet"));
        make_folder(&root)?;
        make_folder(&kubelet)?;
        make_folder(&world.join("disks"))?;
        Ok(Self { root, kubelet, world: world.to_owned(), serial: serial.to_owned(), uuid: uuid.to_owned() })
    }

    /// Builds the root in the calling thread's mount namespace, and moves there.
    pub(super) fn move_in(&self) -> Result<(), RealDevicesError> {
        let root = &self.root;
        let everything = mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>);
        everything.map_err(|source| RealDevicesError::Mount { at: "/".into(), source })?;
        memory("root", root)?;
        let own = [Path::new("/dev"), Path::new("/sys"), Path::new(KUBELET)];
        for folder in [Path::new("/")].into_iter().chain(OPENED.map(Path::new)) {
            make_folder(&below(root, folder))?;
            let kept = |path: &PathBuf| !own.contains(&path.as_path()) && !OPENED.iter().any(|opened| Path::new(opened) == path);
            for path in entries(folder)?.iter().filter(|path| kept(path)) {
                keep(root, path)?;
            }
        }
        // What was bound with all that lies below it may have brought this very root along.
        let _ = umount2(&below(root, root), MntFlags::MNT_DETACH);
        let kubelet = below(root, Path::new(KUBELET));
        make_folder(&kubelet)?;
        bind(&self.kubelet, &kubelet)?;
        // Whoever has a copy of it sees what is mounted below it, and the other way round.
        let shared = mount(None::<&str>, &kubelet, None::<&str>, MsFlags::MS_SHARED, None::<&str>);
        shared.map_err(|source| RealDevicesError::Mount { at: kubelet, source })?;
        devices(root)?;
        firmware::system(root, &self.serial, &self.uuid)?;
        self.pivot()
    }

    fn pivot(&self) -> Result<(), RealDevicesError> {
        let failed = |source| RealDevicesError::Root { root: self.root.clone(), source };
        chdir(&self.root).map_err(failed)?;
        // The old root comes to lie upon the new one, and is taken away from there.
        pivot_root(".", ".").map_err(failed)?;
        umount2(".", MntFlags::MNT_DETACH).map_err(failed)?;
        chdir("/").map_err(failed)?;
        if self.world.exists() { Ok(()) } else { Err(file_failed(&self.world)(io::ErrorKind::NotFound.into())) }
    }
}

/// `/dev`. A device that is bound somewhere else stands in the list of mounts as a piece of this; the kernel has one devtmpfs for all, so it is none.
/// Its name is a path, since drivers that are built with gofsutil pass over whatever has neither that nor the type
/// (`gofsutil_mount.go:109` of v0.1.2), and would never unmount a raw device.
fn devices(root: &Path) -> Result<(), RealDevicesError> {
    let dev = root.join("dev");
    memory(DEV, &dev)?;
    for name in DEVICES {
        let device = Path::new("/dev").join(name);
        if device.exists() {
            fs::File::create(dev.join(name)).map_err(file_failed(&device))?;
            bind(&device, &dev.join(name))?;
        }
    }
    for folder in ["disk/by-id", "shm", "pts"] {
        make_folder(&dev.join(folder))?;
    }
    if Path::new("/dev/pts").exists() {
        bind(Path::new("/dev/pts"), &dev.join("pts"))?;
    }
    for (name, leads) in
        [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")]
    {
        symlink(leads, dev.join(name)).map_err(file_failed(&dev.join(name)))?;
    }
    Ok(())
}
