//! Disks that are made larger under a running guest, as Linux sees them.
//!
//! Modelled: a disk's new size is known when the guest asks for it (`device/rescan`), after a new attachment or a boot; a filesystem
//! grows while it is mounted, up to what the guest knows of its disk, and never shrinks. Not modelled: growing what is not mounted,
//! filesystems that refuse to (a dirty ext4, an old xfs), and the time that it takes.

use driver_host::MachineError;

use super::mount_table::{Entry, Place};
use super::state::{State, failed};
use super::{SimulatedMachine, image};
use crate::disks::Disks;

impl SimulatedMachine {
    /// Asks the disk behind a device for its size anew.
    pub(super) fn rescan_device(&self, path: &str) -> Result<(), MachineError> {
        let shown = if self.is_on() { self.hardware.disks() } else { Vec::new() };
        let mut state = self.refreshed();
        let name = state.living_device_at("rescan", path)?.name.clone();
        let bound = |entry: &&Entry| entry.source.place == Place::Devices && entry.device_name() == Some(name.as_str());
        let before: Vec<_> =
            state.mounts.entries().iter().filter(bound).map(|entry| (entry.target.clone(), image(&state, entry))).collect();
        if state.devices.rescan(&name, &shown) {
            for (target, image) in before {
                self.record(&mut state, &target, Some(image));
            }
        }
        Ok(())
    }
}

impl State {
    /// Makes a mounted filesystem as large as its device.
    pub(super) fn grow_filesystem(&self, disks: &Disks, device: &str, target: &str) -> Result<(), MachineError> {
        let action = "grow the filesystem of";
        let found = self.living_device_at(action, device)?;
        let mounted = self.mounts.mounted_at(target).filter(|entry| entry.source.place == Place::Disk(found.name.clone()));
        let Some(mounted) = mounted else { return Err(failed(action, device, "it is not mounted there")) };
        if mounted.read_only {
            return Err(failed(action, device, "read-only file system"));
        }
        if disks.grow_filesystem(&found.disk_uuid, found.capacity_bytes) {
            Ok(())
        } else {
            Err(failed(action, device, "input/output error"))
        }
    }
}
