//! A node's guest on real devices: the kernel's mounts and filesystems, in a mount namespace of the node's own.
//!
//! Real: block devices (each attached disk is a sparse file behind a loop device), `mkfs`, mounts, what a filesystem answers when it
//! is full or torn, what is lost that was not synced when the power goes ([`power`]). Made up: the names under which the node sees them
//! (`/dev/sdb`, `/dev/disk/by-id`, `/sys/block/sdb`, [`blocks`]) and its firmware ([`firmware`]). Programs that are started in
//! [`RealGuest::namespace`] see the same as this does.
//!
//! Each attachment is a loop device of its own over the disk's file, so that two nodes which mount the same disk tear it
//! apart, as two VMs do: the kernel would give them one filesystem if they shared the device.
//!
//! Not as on a VM: `/proc` and most of `/sys` are this machine's; a disk that grows is seen grown without a rescan; what was written to a raw
//! device and not synced survives the power, and a raw device that is detached while a pod has it open goes on working. Whatever is not
//! `/dev`, `/sys` or `/var/lib/kubelet` is the machine's own, for all nodes the same. Everything ends with this process,
//! however that ends: namespaces have no name, loop devices clear themselves.

mod blocks;
mod contents;
mod copies;
mod error;
mod extent;
mod firmware;
mod image;
mod inside;
mod loops;
mod mounts;
mod ownership;
mod place;
mod power;
mod requirements;
mod root;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use copies::FileCopies;
pub use error::RealDevicesError;
pub use loops::release_loops_below;
pub use place::RealPlace;
pub use power::kill_all_in;
pub use requirements::{grows_mounted_ext, missing, mounts_nfs};
pub use trouble::{DeviceTrouble, Trouble};

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use driver_host::os::OperatingSystemMachine;
use driver_host::{MachineError, Mount};

use super::hardware::GuestDisk;
use blocks::Blocks;
pub(super) use contents::{Seen, names_in, read, remove};
use image::View;
use inside::Inside;
use root::Furniture;

use crate::tree::Ownership;

/// What was found at one look.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Everything that a disk of the node's is mounted at, in the order in which it was mounted; of a device that is bound, its size.
    pub mounts: Vec<(Mount, Option<u64>)>,
    /// By disk, what is on it, where that may have changed.
    pub contents: BTreeMap<String, Seen>,
    /// Disks whose filesystems can be written from here.
    pub writable: Vec<String>,
    /// What could not be done, in words.
    pub failures: Vec<String>,
}

/// One node's guest.
pub(super) struct RealGuest {
    place: RealPlace,
    serial: String,
    uuid: String,
    booted: Mutex<Option<Booted>>,
}

/// What there is while it runs.
struct Booted {
    inside: Inside,
    /// Where the plugin lives that comes as an image, once it was started.
    plugin: Option<Inside>,
    blocks: Blocks,
    mounts: Vec<Mount>,
    /// By their targets, how much there is in the filesystems that are mounted: what changes when one grows.
    totals: BTreeMap<PathBuf, u64>,
}

impl RealGuest {
    /// A guest that has just booted.
    pub(super) fn new(place: RealPlace, serial: String, uuid: String) -> Result<Self, RealDevicesError> {
        let guest = Self { place, serial, uuid, booted: Mutex::new(None) };
        guest.boot()?;
        Ok(guest)
    }

    /// Boots it, with nothing but what lay on its disks.
    pub(super) fn boot(&self) -> Result<(), RealDevicesError> {
        let furniture = Furniture::prepare(&self.place.own(), &self.place.world, &self.serial, &self.uuid)?;
        let inside = Inside::enter(&self.place.node, move || furniture.move_in())?;
        *self.lock() = Some(Booted { inside, plugin: None, blocks: Blocks::default(), mounts: Vec::new(), totals: BTreeMap::new() });
        Ok(())
    }

    /// The power goes, and whoever lives in the namespace with it.
    pub(super) fn power_off(&self) {
        let booted = self.lock().take();
        if let Some(Booted { inside, plugin, blocks, mounts, .. }) = booted {
            for lived_in in [Some(&inside), plugin.as_ref()].into_iter().flatten() {
                kill_all_in(lived_in.namespace());
            }
            drop(plugin);
            power::lose_what_is_not_synced(&inside, &mounts);
            let loops = blocks.loops();
            drop((inside, blocks));
            power::wait_until_free(&loops);
        }
    }

    /// Tells whoever runs the world what the machine could not do.
    pub(super) fn tell(&self, trouble: Trouble) {
        self.place.trouble.tell(trouble);
    }

    /// The namespace that its programs live in, as a path; none while it is off.
    pub(super) fn namespace(&self) -> Option<PathBuf> {
        self.lock().as_ref().map(|booted| booted.inside.namespace().to_owned())
    }

    /// The namespace of a plugin whose files a container holds, in the mount namespace that is given as a path.
    pub(super) fn namespace_of_image(&self, container: &Path) -> Result<Option<PathBuf>, RealDevicesError> {
        let mut guard = self.lock();
        let Some(Booted { inside, plugin, .. }) = guard.as_mut() else { return Ok(None) };
        let there = match plugin.take() {
            Some(there) => there,
            None => {
                let node = inside.namespace().to_owned();
                let view = View { container: container.to_owned(), node, at: self.place.own().join("image") };
                Inside::enter(&self.place.node, move || view.move_in())?
            }
        };
        let namespace = there.namespace().to_owned();
        *plugin = Some(there);
        Ok(Some(namespace))
    }

    /// Lets disks come and go as the hardware shows them, and looks at what is mounted.
    pub(super) fn look(&self, shown: &[GuestDisk]) -> Look {
        let mut guard = self.lock();
        let Some(Booted { inside, blocks, mounts: before, totals, .. }) = guard.as_mut() else { return Look::default() };
        let mut look = Look::default();
        if let Err(error) = blocks.refresh(&self.place, shown, inside, before) {
            look.failures.push(error.to_string());
        }
        let now = match mounts::of_disks(inside) {
            Ok(now) => now,
            Err(error) => {
                look.failures.push(error.to_string());
                return look;
            }
        };
        let known = std::mem::replace(totals, mounts::totals(inside, &now));
        let has_changed = |mount: &&Mount| !before.contains(mount) || known.get(&mount.target) != totals.get(&mount.target);
        for mount in now.iter().filter(|mount| !mounts::is_raw(mount)).filter(has_changed) {
            if let Some((uuid, seen)) = blocks.disk_of(mount).zip(contents::on(inside, mount)) {
                look.contents.insert(uuid.to_owned(), seen);
            }
        }
        let writable = now.iter().filter(|mount| !mounts::is_raw(mount) && mount.options.iter().any(|option| option == "rw"));
        look.writable = writable.filter_map(|mount| blocks.disk_of(mount)).map(str::to_owned).collect();
        before.clone_from(&now);
        let size = |mount: &Mount| blocks.size_of(&mount.device).filter(|_| mounts::is_raw(mount));
        look.mounts = now.iter().map(size).zip(now.clone()).map(|(size, mount)| (mount, size)).collect();
        look
    }

    /// Writes a whole file or the beginning of a device, and syncs it. Answers the disk that it lies on, and what is on that.
    pub(super) fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<Option<(String, Seen)>, MachineError> {
        let guard = self.lock();
        let Some(Booted { inside, blocks, mounts, .. }) = guard.as_ref() else { return Err(off("write", path)) };
        let (target, content) = (path.to_owned(), bytes.to_vec());
        inside.run(move || contents::write(&target, &content))?;
        Ok(seen_at(path, inside, blocks, mounts))
    }

    /// Gives what is mounted at a path to a group. Answers the disk that it lies on, and what is on that.
    pub(super) fn give_to_group(&self, path: &Path, ownership: Ownership) -> Result<Option<(String, Seen)>, MachineError> {
        const ACTION: &str = "change the group of";
        let guard = self.lock();
        let Some(Booted { inside, blocks, mounts, .. }) = guard.as_ref() else { return Err(off(ACTION, path)) };
        let target = path.to_owned();
        let given = inside.run(move || ownership::give_to_group(&target, ownership));
        given.map_err(|error| contents::failed(ACTION, path, &error))?;
        Ok(seen_at(path, inside, blocks, mounts))
    }

    /// Does something to files as the node sees them.
    pub(super) fn files<R: Send + 'static>(
        &self,
        action: &'static str,
        path: &Path,
        job: impl FnOnce(&Path) -> io::Result<R> + Send + 'static,
    ) -> Result<R, MachineError> {
        let guard = self.lock();
        let Some(Booted { inside, .. }) = guard.as_ref() else { return Err(off(action, path)) };
        let target = path.to_owned();
        inside.run(move || job(&target)).map_err(|error| contents::failed(action, path, &error))
    }

    /// Does something to the machine as a driver does.
    pub(super) fn as_driver<R, F>(
        &self,
        action: &'static str,
        job: impl FnOnce(OperatingSystemMachine) -> F + Send + 'static,
    ) -> Result<R, MachineError>
    where
        R: Send + 'static,
        F: Future<Output = Result<R, MachineError>>,
    {
        let guard = self.lock();
        let Some(Booted { inside, .. }) = guard.as_ref() else { return Err(off(action, Path::new("/"))) };
        inside.run(move || inside::block_on(job(inside::machine())))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Booted>> {
        self.booted.lock().expect("nothing panics while a guest is locked")
    }
}

impl Drop for RealGuest {
    fn drop(&mut self) {
        // What lives in the namespace is killed with its world; loop devices clear themselves when the last mount is gone.
        if let Ok(booted) = self.booted.get_mut() {
            drop(booted.take());
        }
    }
}

/// The disk that a path lies on, and what is on that.
fn seen_at(path: &Path, inside: &Inside, blocks: &Blocks, mounts: &[Mount]) -> Option<(String, Seen)> {
    let below = mounts.iter().filter(|mount| path.starts_with(&mount.target)).max_by_key(|mount| mount.target.as_os_str().len())?;
    Some((blocks.disk_of(below)?.to_owned(), contents::on(inside, below)?))
}

fn off(action: &'static str, path: &Path) -> MachineError {
    MachineError::Failed { action, path: path.to_owned(), reason: "the machine is off".to_owned() }
}
