//! A machine's state: its own filesystem, its devices, its mounts; and the way from a path to what lies there.

use std::path::{Component, Path, PathBuf};

use driver_host::MachineError;

use super::devices::{Device, Devices};
use super::mount_table::{Found, Location, MountTable, Place};
use crate::disks::Disks;
use crate::tree::{Tree, TreeError};

/// Everything about a machine that changes.
#[derive(Default)]
pub(super) struct State {
    pub root: Tree,
    pub devices: Devices,
    pub mounts: MountTable,
    /// The number of the last change that the journal was told of.
    pub revision: u64,
}

/// The failure of `action` at `path`.
pub(super) fn failed(action: &'static str, path: &str, reason: impl std::fmt::Display + Copy) -> MachineError {
    MachineError::Failed { action, path: PathBuf::from(path), reason: reason.to_string() }
}

/// An absolute path without `.`, `..` and trailing slash. There are no links, so `..` can be taken by the text.
pub(super) fn normal(path: &Path) -> Result<String, MachineError> {
    let refused = |reason: &str| MachineError::Failed { action: "resolve", path: path.to_owned(), reason: reason.to_owned() };
    if !path.is_absolute() {
        return Err(refused("the path is not absolute"));
    }
    let mut names: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.to_str().ok_or_else(|| refused("the path is not text"))?),
            Component::ParentDir => drop(names.pop()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    Ok(format!("/{}", names.join("/")))
}

impl State {
    /// Follows a path through mounts and through the links of `/dev/disk/by-id`.
    pub fn find(&self, path: &str) -> Found {
        let mut found = self.mounts.find(path);
        if found.location.place == Place::Devices
            && let Some(wwn) = found.location.path.strip_prefix("/disk/by-id/wwn-0x")
            && let Some(device) = self.devices.with_wwn(wwn)
        {
            found.location.path = format!("/{}", device.name);
        }
        found
    }

    /// The block device at a path: in `/dev`, or where a device file is bound. It may be dead.
    pub fn device_at(&self, action: &'static str, path: &str) -> Result<&Device, MachineError> {
        let location = self.find(path).location;
        let name = match location.place {
            Place::Devices => location.path.trim_start_matches('/').to_owned(),
            Place::Root | Place::Disk(_) => return Err(failed(action, path, "not a block device")),
        };
        self.devices.named(&name).ok_or_else(|| MachineError::NotFound(PathBuf::from(path)))
    }

    /// The block device at a path, when its disk is still there.
    pub fn living_device_at(&self, action: &'static str, path: &str) -> Result<&Device, MachineError> {
        let device = self.device_at(action, path)?;
        if device.present { Ok(device) } else { Err(failed(action, path, "input/output error")) }
    }

    /// Looks into the filesystem of a location.
    pub fn look<R>(
        &self,
        disks: &Disks,
        action: &'static str,
        at: (&str, &Location),
        look: impl FnOnce(&Tree, &str) -> R,
    ) -> Result<R, MachineError> {
        let (path, location) = at;
        match &location.place {
            Place::Root => Ok(look(&self.root, &location.path)),
            Place::Devices => Err(failed(action, path, "not in a filesystem of files")),
            Place::Disk(name) => {
                let disk_uuid = self.living_disk(action, path, name)?;
                disks.look(disk_uuid, |tree| look(tree, &location.path)).ok_or_else(|| failed(action, path, "input/output error"))
            }
        }
    }

    /// Changes the filesystem at a path, unless it is mounted read-only.
    pub fn change<R>(
        &mut self,
        disks: &Disks,
        action: &'static str,
        path: &str,
        change: impl FnOnce(&mut Tree, &str) -> Result<R, TreeError>,
    ) -> Result<R, MachineError> {
        let Found { location, read_only, .. } = self.find(path);
        if read_only {
            return Err(failed(action, path, "read-only file system"));
        }
        let outcome = match &location.place {
            Place::Root => change(&mut self.root, &location.path),
            Place::Devices => return Err(failed(action, path, "operation not permitted")),
            Place::Disk(name) => {
                let disk_uuid = self.living_disk(action, path, name)?;
                disks.change(disk_uuid, |tree| change(tree, &location.path)).ok_or_else(|| failed(action, path, "input/output error"))?
            }
        };
        outcome.map_err(|error| tree_error(action, path, error))
    }

    /// Whether something exists, and whether it is a directory.
    pub fn kind_of(&self, disks: &Disks, path: &str) -> Result<Option<PathKind>, MachineError> {
        let location = self.find(path).location;
        if location.place == Place::Devices {
            return Ok(self.kind_in_dev(&location.path));
        }
        self.look(disks, "look at", (path, &location), |tree, path| {
            if tree.is_directory(path) {
                Some(PathKind::Directory)
            } else if tree.is_file(path) {
                Some(PathKind::File)
            } else {
                None
            }
        })
    }

    fn kind_in_dev(&self, path: &str) -> Option<PathKind> {
        match path {
            "/" | "/disk" | "/disk/by-id" => Some(PathKind::Directory),
            _ => self.devices.named(path.trim_start_matches('/')).filter(|device| device.present).map(|_| PathKind::Device),
        }
    }

    fn living_disk(&self, action: &'static str, path: &str, name: &str) -> Result<&str, MachineError> {
        match self.devices.named(name) {
            Some(device) if device.present => Ok(&device.disk_uuid),
            _ => Err(failed(action, path, "input/output error")),
        }
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    Directory,
    File,
    Device,
}

/// A tree's error at a path.
pub(super) fn tree_error(action: &'static str, path: &str, error: TreeError) -> MachineError {
    match error {
        TreeError::NotFound => MachineError::NotFound(PathBuf::from(path)),
        other => failed(action, path, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normal(Path::new("/a//b/./c/../d/")).unwrap(), "/a/b/d");
        assert_eq!(normal(Path::new("/../..")).unwrap(), "/");
        assert!(normal(Path::new("a/b")).is_err());
    }
}
