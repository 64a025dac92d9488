//! Making filesystems and mounts, and taking mounts away, with the kernel's refusals.

use std::path::PathBuf;

use driver_host::{MachineError, Mount, MountRequest};

use super::mount_table::{Entry, Found, Location, Place};
use super::state::{PathKind, State, failed, normal};
use crate::disks::Disks;

/// The filesystems whose tools are installed.
const KNOWN_FILESYSTEMS: [&str; 5] = ["ext2", "ext3", "ext4", "xfs", "btrfs"];

impl State {
    /// Makes a filesystem by force: what was on the device is lost, as with `mkfs -F`. Only a mount stands in the way.
    pub fn make_filesystem(&mut self, disks: &Disks, device: &str, fs_type: &str) -> Result<(), MachineError> {
        let action = "make a filesystem on";
        let found = self.living_device_at(action, device)?;
        let mounted = self.mounts.entries().iter().any(|entry| entry.source.place == Place::Disk(found.name.clone()));
        if mounted {
            return Err(MachineError::Busy(PathBuf::from(device)));
        }
        if !KNOWN_FILESYSTEMS.contains(&fs_type) {
            return Err(failed(action, device, &format!("mkfs.{fs_type} is not installed")));
        }
        disks.make_filesystem(&found.disk_uuid, fs_type, found.capacity_bytes);
        Ok(())
    }

    /// Makes a mount; answers its target.
    pub fn mount(&mut self, disks: &Disks, request: &MountRequest) -> Result<String, MachineError> {
        let (source, target) = (normal(&request.source)?, normal(&request.target)?);
        let read_only = request.options.iter().any(|option| option == "ro");
        let (location, fs_type) =
            if request.bind { self.bind_source(disks, &source)? } else { self.filesystem_source(disks, &source, &request.fs_type)? };
        self.check_target(disks, &location, &target)?;
        let covered = self.find(&target);
        if !request.bind {
            self.check_superblock(&location, &covered, read_only, &target)?;
        }
        // A bind mount of something read-only cannot be written either.
        let read_only = read_only || (request.bind && self.find(&source).read_only);
        self.mounts.add(Entry {
            number: 0,
            parent: covered.mount,
            target: target.clone(),
            covered: covered.location,
            source: location,
            fs_type,
            options: listed_options(&request.options, read_only),
            read_only,
        });
        Ok(target)
    }

    /// Removes the topmost mount at a target.
    pub fn unmount(&mut self, target: &str) -> Result<(), MachineError> {
        let Some(entry) = self.mounts.mounted_at(target) else {
            return Err(failed("unmount", target, "not mounted"));
        };
        let number = entry.number;
        if self.mounts.carries_mounts(number) {
            return Err(MachineError::Busy(PathBuf::from(target)));
        }
        self.mounts.remove(number);
        Ok(())
    }

    /// All mounts as the kernel lists them.
    pub fn listed_mounts(&self) -> Vec<Mount> {
        self.mounts.entries().iter().map(listed).collect()
    }

    fn bind_source(&self, disks: &Disks, source: &str) -> Result<(Location, String), MachineError> {
        self.kind_of(disks, source)?.ok_or_else(|| MachineError::NotFound(PathBuf::from(source)))?;
        let found = self.find(source);
        let fs_type = match (&found.location.place, found.mount) {
            (Place::Devices, _) => "devtmpfs".to_owned(),
            (Place::Disk(_), Some(number)) => {
                let entry = self.mounts.entries().iter().find(|entry| entry.number == number);
                entry.map(|entry| entry.fs_type.clone()).unwrap_or_default()
            }
            _ => "ext4".to_owned(),
        };
        Ok((found.location, fs_type))
    }

    fn filesystem_source(&self, disks: &Disks, source: &str, wanted: &str) -> Result<(Location, String), MachineError> {
        let device = self.living_device_at("mount", source)?;
        let present = disks.filesystem_on(&device.disk_uuid);
        match present {
            Some(fs_type) if wanted.is_empty() || wanted == fs_type => {
                Ok((Location { place: Place::Disk(device.name.clone()), path: "/".to_owned() }, fs_type))
            }
            _ => Err(failed("mount", source, &format!("wrong fs type, bad option or bad superblock (wanted {wanted:?})"))),
        }
    }

    fn check_target(&self, disks: &Disks, source: &Location, target: &str) -> Result<(), MachineError> {
        let target_kind = self.kind_of(disks, target)?.ok_or_else(|| MachineError::NotFound(PathBuf::from(target)))?;
        let source_kind = match source.place {
            Place::Devices => PathKind::Device,
            _ => self.look(
                disks,
                "mount",
                (target, source),
                |tree, path| {
                    if tree.is_directory(path) { PathKind::Directory } else { PathKind::File }
                },
            )?,
        };
        match (source_kind == PathKind::Directory, target_kind == PathKind::Directory) {
            (true, false) => Err(failed("mount on", target, "not a directory")),
            (false, true) => Err(failed("mount on", target, "is a directory")),
            _ => Ok(()),
        }
    }

    /// A filesystem is one superblock: it refuses to be mounted upon itself, or both for reading only and for writing.
    fn check_superblock(&self, source: &Location, covered: &Found, read_only: bool, target: &str) -> Result<(), MachineError> {
        let upon_itself = covered.location == *source && self.mounts.mounted_at(target).is_some();
        let mut others = self.mounts.entries().iter().filter(|entry| entry.source.place == source.place);
        let other_mode = others.next().is_some_and(|first| first.read_only != read_only);
        if upon_itself || other_mode { Err(MachineError::Busy(PathBuf::from(target))) } else { Ok(()) }
    }
}

/// `rw` or `ro` first, then what was asked beyond that.
fn listed_options(asked: &[String], read_only: bool) -> Vec<String> {
    let mode = if read_only { "ro" } else { "rw" };
    let rest = asked.iter().filter(|option| !["ro", "rw", "bind", "defaults", ""].contains(&option.as_str()));
    std::iter::once(mode.to_owned()).chain(rest.cloned()).collect()
}

/// A mount as the kernel lists it.
pub(super) fn listed(entry: &Entry) -> Mount {
    Mount {
        device: PathBuf::from(entry.device_path()),
        target: PathBuf::from(&entry.target),
        fs_type: entry.fs_type.clone(),
        options: entry.options.clone(),
    }
}
