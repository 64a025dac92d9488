//! Copies of disks' files, for snapshots: of what the guests had written to the disk by then, holes left out.
//!
//! A guest's own cache is not in it, as on a VM: what a filesystem has not written yet is not in its disk's file. So a copy is what a crash
//! at that moment would have left, and the next mount replays its log.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::RealDevicesError;
use super::place;

/// Where the copies of a world lie.
#[derive(Clone, Debug)]
pub(crate) struct FileCopies {
    world: PathBuf,
}

impl FileCopies {
    /// Of the disks of a world, by its folder.
    pub(crate) fn of(world: &Path) -> Self {
        Self { world: world.to_owned() }
    }

    /// A disk's bytes are kept under this name.
    pub(crate) fn keep(&self, disk: &str, snapshot: &str) -> Result<(), RealDevicesError> {
        let disk = place::disk(&self.world, disk);
        // One that was never attached anywhere has no bytes yet.
        if disk.exists() { copy(&disk, &self.kept(snapshot)) } else { Ok(()) }
    }

    /// A disk begins with the bytes of that name.
    pub(crate) fn restore(&self, snapshot: &str, disk: &str) -> Result<(), RealDevicesError> {
        let kept = self.kept(snapshot);
        if kept.exists() { copy(&kept, &place::disk(&self.world, disk)) } else { Ok(()) }
    }

    /// The bytes of that name are not wanted any more.
    pub(crate) fn remove(&self, snapshot: &str) {
        // There may never have been any; the folder goes with its world.
        let _ = std::fs::remove_file(self.kept(snapshot));
    }

    fn kept(&self, snapshot: &str) -> PathBuf {
        self.world.join("snapshots").join(format!("{snapshot}.img"))
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), RealDevicesError> {
    let failed = |reason: String| RealDevicesError::Copy { from: from.to_owned(), to: to.to_owned(), reason };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    }
    let mut command = Command::new("cp");
    command.args(["--sparse=always", "--reflink=auto", "--"]).arg(from).arg(to);
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}
