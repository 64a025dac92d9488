//! Directories, files and space, reached through the mounts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use driver_host::MachineError;

use super::SimulatedMachine;
use super::mount_table::{Place, prefixes_of};
use super::real;
use super::state::{PathKind, State, failed, normal, tree_error};
use crate::disks::Disks;

/// The size of the machine's own filesystem.
const ROOT_BYTES: u64 = 64 << 30;

impl SimulatedMachine {
    /// Writes a whole file, or raw bytes where a block device is; the directory above a file must be there.
    ///
    /// # Errors
    /// [`MachineError`], naming the path: not there, read-only, or the disk went from under the mount.
    pub fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            return real.write_file(path, bytes).map(|seen| self.disk_was_written(seen));
        }
        let path = normal(path)?;
        let mut state = self.refreshed();
        let found = state.find(&path);
        if found.location.place != Place::Devices {
            return state.change(&self.disks, "write", &path, |tree, path| tree.write(path, bytes));
        }
        if found.read_only {
            return Err(failed("write", &path, "read-only file system"));
        }
        let device = state.living_device_at("write", &path)?;
        self.disks.write_raw(&device.disk_uuid, bytes);
        Ok(())
    }

    /// Reads a whole file, or the raw bytes that were written to a block device.
    ///
    /// # Errors
    /// [`MachineError`], naming the path: not there, or the disk went from under the mount.
    pub fn read_file(&self, path: &Path) -> Result<Vec<u8>, MachineError> {
        if let Some(real) = &self.real {
            return real.files("read", path, real::read);
        }
        let path = normal(path)?;
        let state = self.refreshed();
        let location = state.find(&path).location;
        if location.place == Place::Devices {
            let device = state.living_device_at("read", &path)?;
            return Ok(self.disks.read_raw(&device.disk_uuid));
        }
        state.look(&self.disks, "read", (&path, &location), crate::tree::Tree::read)?.map_err(|error| tree_error("read", &path, error))
    }

    /// Names of what a directory holds, in order; none when it is not there.
    ///
    /// # Errors
    /// [`MachineError`] when the disk went from under the mount.
    pub fn names_in(&self, directory: &Path) -> Result<BTreeSet<String>, MachineError> {
        if let Some(real) = &self.real {
            return real.files("list", directory, real::names_in);
        }
        let directory = normal(directory)?;
        let state = self.refreshed();
        let location = state.find(&directory).location;
        state.look(&self.disks, "list", (&directory, &location), crate::tree::Tree::names_in)
    }

    /// Makes a directory and those above it; no error when it is there.
    ///
    /// # Errors
    /// [`MachineError`], naming the path at which it failed.
    pub fn make_directories(&self, path: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            return real.files("make directory", path, |path| std::fs::create_dir_all(path));
        }
        self.refreshed().make_directories(&self.disks, &normal(path)?)
    }

    /// Removes an empty directory or a file; no error when it is gone.
    ///
    /// # Errors
    /// [`MachineError::Busy`] for a mount point, or what stood in the way.
    pub fn remove_path(&self, path: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            return real.files("remove", path, real::remove);
        }
        self.refreshed().remove(&self.disks, &normal(path)?)
    }

    /// Whether something exists at the path.
    ///
    /// # Errors
    /// [`MachineError`] when the disk went from under the mount.
    pub fn has(&self, path: &Path) -> Result<bool, MachineError> {
        if let Some(real) = &self.real {
            return real.files("look at", path, Path::try_exists);
        }
        Ok(self.refreshed().kind_of(&self.disks, &normal(path)?)?.is_some())
    }
}

impl State {
    pub(super) fn make_directories(&mut self, disks: &Disks, path: &str) -> Result<(), MachineError> {
        for prefix in prefixes_of(path) {
            match self.kind_of(disks, prefix)? {
                Some(PathKind::Directory) => {}
                Some(PathKind::File | PathKind::Device) => return Err(failed("make directory", prefix, "not a directory")),
                None => self.change(disks, "make directory", prefix, crate::tree::Tree::make_directory)?,
            }
        }
        Ok(())
    }

    pub(super) fn make_file(&mut self, disks: &Disks, path: &str) -> Result<(), MachineError> {
        match self.kind_of(disks, path)? {
            Some(PathKind::File | PathKind::Device) => Ok(()),
            Some(PathKind::Directory) => Err(failed("make file", path, "is a directory")),
            None => self.change(disks, "make file", path, |tree, path| tree.write(path, &[])),
        }
    }

    pub(super) fn remove(&mut self, disks: &Disks, path: &str) -> Result<(), MachineError> {
        let is_target = self.mounts.mounted_at(path).is_some();
        if is_target || self.mounts.covers(&self.find(path).location) {
            return Err(MachineError::Busy(PathBuf::from(path)));
        }
        self.change(disks, "remove", path, crate::tree::Tree::remove)
    }

    /// Total, free and available bytes. A sixty-fourth is the filesystem's own; ext keeps a twentieth for root.
    pub(super) fn usage(&self, disks: &Disks, path: &str) -> Result<(u64, u64, u64), MachineError> {
        let location = self.find(path).location;
        if self.kind_of(disks, path)?.is_none() {
            return Err(MachineError::NotFound(PathBuf::from(path)));
        }
        let used = self.look(disks, "measure", (path, &location), |tree, _| tree.used_bytes())?;
        let (capacity, reserve) = match &location.place {
            Place::Disk(name) => {
                let device = self.devices.named(name).ok_or_else(|| failed("measure", path, "input/output error"))?;
                let fs_type = disks.filesystem_on(&device.disk_uuid).unwrap_or_default();
                (disks.filesystem_bytes(&device.disk_uuid).unwrap_or_default(), fs_type.starts_with("ext"))
            }
            Place::Root | Place::Devices => (ROOT_BYTES, true),
        };
        let total = capacity - capacity / 64;
        let free = total.saturating_sub(used);
        let available = if reserve { free.saturating_sub(total / 20) } else { free };
        Ok((total, free, available))
    }
}
