//! The block devices of a node: they come and go with what the hardware shows, with the names and links that udev gives them on a VM.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use driver_host::Mount;
use nix::sys::stat::{Mode, SFlag, major, minor, mknod};

use super::error::RealDevicesError;
use super::inside::Inside;
use super::loops::LoopDevice;
use super::place::RealPlace;
use super::power;
use crate::machine::devices::{Device, Devices};
use crate::machine::hardware::{GuestDisk, wwn_of};

/// The devices that there are.
#[derive(Default)]
pub(super) struct Blocks {
    devices: Devices,
    /// By name, what is behind those that are present.
    loops: BTreeMap<String, LoopDevice>,
}

fn path_of(name: &str) -> PathBuf {
    Path::new("/dev").join(name)
}

impl Blocks {
    /// The disk that is mounted, dead or alive.
    pub(super) fn disk_of(&self, mount: &Mount) -> Option<&str> {
        let name = mount.device.file_name()?.to_str()?;
        self.devices.named(name).map(|device| device.disk_uuid.as_str())
    }

    /// The names of the loop devices.
    pub(super) fn loops(&self) -> Vec<String> {
        self.loops.values().map(LoopDevice::name).collect()
    }

    /// Takes notice of what the hardware shows.
    pub(super) fn refresh(
        &mut self,
        place: &RealPlace,
        shown: &[GuestDisk],
        inside: &Inside,
        mounts: &[Mount],
    ) -> Result<(), RealDevicesError> {
        let before: Vec<Device> = self.devices.all().to_vec();
        self.devices.refresh(shown, |name| mounts.iter().any(|mount| mount.device == path_of(name)));
        let now: Vec<Device> = self.devices.all().iter().filter(|device| device.present).cloned().collect();
        for gone in before.iter().filter(|old| old.present && !now.iter().any(|device| device.name == old.name)) {
            self.remove(gone, inside, mounts);
        }
        for device in now {
            // The kernel hears at once what a guest has to ask for: nobody here could tell it later that it was asked.
            let is_news = self.devices.rescan(&device.name, shown);
            match self.loops.get(&device.name) {
                None => self.add(place, &device, inside)?,
                Some(there) if is_news => {
                    make_disk(&place.disk(&device.disk_uuid), self.size_of(&path_of(&device.name)).unwrap_or_default())?;
                    there.grow()?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// How large a device is.
    pub(super) fn size_of(&self, device: &Path) -> Option<u64> {
        let name = device.file_name()?.to_str()?;
        self.devices.named(name).map(|device| device.capacity_bytes)
    }

    fn add(&mut self, place: &RealPlace, device: &Device, inside: &Inside) -> Result<(), RealDevicesError> {
        let file = place.disk(&device.disk_uuid);
        make_disk(&file, device.capacity_bytes)?;
        let there = LoopDevice::attach(&file)?;
        let (name, number, backing, wwn) = (device.name.clone(), there.number()?, there.name(), wwn_of(&device.disk_uuid));
        let failed = |source| RealDevicesError::File { path: path_of(&device.name), source };
        inside.run(move || show(&name, number, &backing, &wwn)).map_err(failed)?;
        self.loops.insert(device.name.clone(), there);
        Ok(())
    }

    /// A disk goes from under whatever uses it: what is mounted fails with EIO from now on.
    fn remove(&mut self, device: &Device, inside: &Inside, mounts: &[Mount]) {
        let path = path_of(&device.name);
        let of_it: Vec<Mount> = mounts.iter().filter(|mount| mount.device == path).cloned().collect();
        power::lose_what_is_not_synced(inside, &of_it);
        let (name, wwn) = (device.name.clone(), wwn_of(&device.disk_uuid));
        inside.run(move || hide(&name, &wwn));
        self.loops.remove(&device.name);
    }
}

/// The bytes of a disk: as many as it has, none of them written.
fn make_disk(file: &Path, bytes: u64) -> Result<(), RealDevicesError> {
    let failed = |source| RealDevicesError::File { path: file.to_owned(), source };
    let opened = File::options().create(true).truncate(false).write(true).open(file).map_err(failed)?;
    if opened.metadata().map_err(failed)?.len() < bytes { opened.set_len(bytes).map_err(failed) } else { Ok(()) }
}

/// Both links that udev makes of a disk's uuid.
fn links(wwn: &str) -> [PathBuf; 2] {
    [format!("wwn-0x{wwn}"), format!("scsi-3{wwn}")].map(|name| Path::new("/dev/disk/by-id").join(name))
}

/// Where `/sys` tells which device a number is.
const NUMBERS: &str = "/sys/dev/block";

/// Where `/sys` tells of a device; what it tells is the loop device's, but for what a SCSI disk has beside.
fn descriptions(name: &str) -> [PathBuf; 2] {
    ["/sys/block", "/sys/class/block"].map(|folder| Path::new(folder).join(name))
}

fn show(name: &str, number: u64, backing: &str, wwn: &str) -> io::Result<()> {
    mknod(&path_of(name), SFlag::S_IFBLK, Mode::S_IRUSR | Mode::S_IWUSR | Mode::S_IRGRP | Mode::S_IWGRP, number)?;
    // By this, lsblk and its like find a device's name.
    symlink(Path::new("../../block").join(name), Path::new(NUMBERS).join(format!("{}:{}", major(number), minor(number))))?;
    for link in links(wwn) {
        symlink(Path::new("../..").join(name), link)?;
    }
    let real = Path::new("/sys/devices/virtual/block").join(backing);
    for description in descriptions(name) {
        fs::create_dir_all(description.join("device"))?;
        for told in fs::read_dir(&real)?.flatten().filter(|entry| entry.file_name() != "device" && entry.file_name() != "loop") {
            symlink(told.path(), description.join(told.file_name()))?;
        }
        for (file, text) in [("vendor", "VMware  \n"), ("model", "Virtual disk    \n"), ("rescan", "")] {
            fs::write(description.join("device").join(file), text)?;
        }
    }
    Ok(())
}

fn hide(name: &str, wwn: &str) {
    // Whatever somebody has put in their place is his.
    let numbers = fs::read_dir(NUMBERS).into_iter().flatten().flatten().map(|entry| entry.path());
    for link in
        numbers.chain(links(wwn)).filter(|link| fs::read_link(link).is_ok_and(|leads| leads.file_name().is_some_and(|leads| leads == name)))
    {
        let _ = fs::remove_file(link);
    }
    for description in descriptions(name) {
        let _ = fs::remove_dir_all(description);
    }
    let _ = fs::remove_file(path_of(name));
}
