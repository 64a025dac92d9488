//! What is on a disk, as whoever has it mounted sees it; and what a pod writes there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use driver_host::{MachineError, Mount};
use seatrial_journal::sha256;

use super::extent;
use super::inside::Inside;
use super::mounts::is_raw;
use super::ownership;
use crate::disks::SeenFilesystem;

/// How much of a raw device is looked at: what a step writes is at its beginning.
const RAW_BYTES: u64 = 1 << 20;

/// What was seen on a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::machine) enum Seen {
    /// A filesystem with files; their digests by their paths in it.
    Filesystem(SeenFilesystem),
    /// The bytes at the beginning of a raw device, up to the last that is not zero.
    Raw(Vec<u8>),
}

/// What is on the disk that is mounted there; none when it cannot be read.
pub(super) fn on(inside: &Inside, mount: &Mount) -> Option<Seen> {
    let (target, raw, fs_type, device) = (mount.target.clone(), is_raw(mount), mount.fs_type.clone(), mount.device.clone());
    let looked = inside.run(move || {
        if raw {
            return read(&target).map(Seen::Raw);
        }
        let mut files = BTreeMap::new();
        let bytes = extent::of(&fs_type, &device, &target);
        walk(&target, &target, &mut files)?;
        let root = ownership::access(&target)?;
        Ok(Seen::Filesystem(SeenFilesystem { fs_type, bytes, files, root }))
    });
    looked.ok()
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        let name = format!("/{}", path.strip_prefix(root).unwrap_or(&path).display());
        match () {
            // What the filesystem keeps for itself is no file of anybody's.
            () if name == "/lost+found" => {}
            () if kind.is_dir() => walk(root, &path, files)?,
            () if kind.is_file() => drop(files.insert(name, sha256(&fs::read(&path)?))),
            () => {}
        }
    }
    Ok(())
}

fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_block_device())
}

/// Reads a whole file; of a device, the beginning up to the last byte that is not zero.
pub(in crate::machine) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !is_device(path) {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(RAW_BYTES).read_to_end(&mut bytes)?;
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    Ok(bytes)
}

/// The names in a folder; none when it is not there.
pub(in crate::machine) fn names_in(folder: &Path) -> io::Result<BTreeSet<String>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Removes a file or an empty folder; one that is gone is removed.
pub(in crate::machine) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    if removed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) { Ok(()) } else { removed }
}

/// Writes a whole file, or to the beginning of a device, and syncs it, as a database would.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), MachineError> {
    let device = is_device(path);
    let written = File::options().write(true).create(!device).truncate(!device).open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    // A name is kept by its folder.
    let folder = path.parent().filter(|_| !device).map_or(Ok(()), |folder| File::open(folder).and_then(|folder| folder.sync_all()));
    written.and(folder).map_err(|error| failed("write", path, &error))
}

/// The machine's word for what the kernel said.
pub(super) fn failed(action: &'static str, path: &Path, error: &io::Error) -> MachineError {
    let path = PathBuf::from(path);
    match error.kind() {
        io::ErrorKind::NotFound => MachineError::NotFound(path),
        io::ErrorKind::ResourceBusy => MachineError::Busy(path),
        _ => MachineError::Failed { action, path, reason: error.to_string() },
    }
}
