//! Names of block devices: `sdb`, `sdc`, … while a disk is there.
//!
//! `sda` is the boot disk, which is not modelled further. A disk that comes takes the first free name. A disk that
//! goes while it is mounted leaves its name behind, dead, until the last mount is gone; when it comes back it has
//! another name. A disk that goes and comes between two looks of the machine counts as never gone. A disk that is made larger keeps
//! its old size, as far as the guest knows, until it is asked anew.

use super::hardware::{GuestDisk, wwn_of};

/// A block device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub name: String,
    pub disk_uuid: String,
    /// Its size as the guest knows it.
    pub capacity_bytes: u64,
    /// False once the disk went from under it.
    pub present: bool,
}

/// The block devices that have names.
#[derive(Debug, Default)]
pub(super) struct Devices(Vec<Device>);

impl Devices {
    /// Takes notice of what the hardware shows; `in_use` tells whether a name is still mounted.
    pub fn refresh(&mut self, shown: &[GuestDisk], in_use: impl Fn(&str) -> bool) {
        for device in &mut self.0 {
            match shown.iter().find(|disk| disk.disk_uuid == device.disk_uuid) {
                Some(_) if device.present => {}
                _ => device.present = false,
            }
        }
        self.0.retain(|device| device.present || in_use(&device.name));
        for disk in shown {
            if !self.0.iter().any(|device| device.present && device.disk_uuid == disk.disk_uuid) {
                let name = self.free_name();
                self.0.push(Device { name, disk_uuid: disk.disk_uuid.clone(), capacity_bytes: disk.capacity_bytes, present: true });
            }
        }
    }

    /// Takes over what the hardware says of the size of the device with this name; answers whether that is news.
    pub fn rescan(&mut self, name: &str, shown: &[GuestDisk]) -> bool {
        let Some(device) = self.0.iter_mut().find(|device| device.name == name && device.present) else { return false };
        let Some(disk) = shown.iter().find(|disk| disk.disk_uuid == device.disk_uuid) else { return false };
        let news = device.capacity_bytes != disk.capacity_bytes;
        device.capacity_bytes = disk.capacity_bytes;
        news
    }

    /// All that have names, dead or alive.
    pub fn all(&self) -> &[Device] {
        &self.0
    }

    /// The device with this name, dead or alive.
    pub fn named(&self, name: &str) -> Option<&Device> {
        self.0.iter().find(|device| device.name == name)
    }

    /// The living device whose disk has this wwn.
    pub fn with_wwn(&self, wwn: &str) -> Option<&Device> {
        self.0.iter().find(|device| device.present && wwn_of(&device.disk_uuid) == wwn)
    }

    /// Forgets all names, as a reboot does.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn free_name(&self) -> String {
        (1..).map(device_name).find(|name| self.named(name).is_none()).expect("there are more names than devices")
    }
}

/// The kernel's name of the n-th SCSI disk: `sda` for 0, `sdaa` for 26.
fn device_name(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        if number < 26 {
            break;
        }
        number = number / 26 - 1;
    }
    letters.reverse();
    format!("sd{}", letters.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(uuid: &str) -> GuestDisk {
        GuestDisk { disk_uuid: uuid.to_owned(), capacity_bytes: 1 }
    }

    #[test]
    fn names_follow_the_alphabet() {
        assert_eq!([0, 1, 25, 26, 27, 701, 702].map(device_name), ["sda", "sdb", "sdz", "sdaa", "sdab", "sdzz", "sdaaa"]);
    }

    #[test]
    fn a_name_stays_while_its_disk_is_there() {
        let mut devices = Devices::default();
        devices.refresh(&[disk("a"), disk("b")], |_| false);
        devices.refresh(&[disk("b"), disk("c")], |_| false);
        assert_eq!(devices.with_wwn("b").unwrap().name, "sdc");
        assert_eq!(devices.with_wwn("c").unwrap().name, "sdb");
    }

    #[test]
    fn a_disk_that_was_made_larger_is_known_to_be_when_it_is_asked() {
        let mut devices = Devices::default();
        devices.refresh(&[disk("a")], |_| false);
        let larger = [GuestDisk { disk_uuid: "a".to_owned(), capacity_bytes: 2 }];
        devices.refresh(&larger, |_| false);
        assert_eq!(devices.named("sdb").unwrap().capacity_bytes, 1);
        assert!(devices.rescan("sdb", &larger) && !devices.rescan("sdb", &larger) && !devices.rescan("sdx", &larger));
        assert_eq!(devices.named("sdb").unwrap().capacity_bytes, 2);
    }

    #[test]
    fn a_mounted_disk_that_goes_leaves_a_dead_name() {
        let mut devices = Devices::default();
        devices.refresh(&[disk("a")], |_| true);
        devices.refresh(&[], |_| true);
        assert!(!devices.named("sdb").unwrap().present);
        devices.refresh(&[disk("a")], |_| true);
        assert_eq!(devices.with_wwn("a").unwrap().name, "sdc");
        devices.refresh(&[disk("a")], |_| false);
        assert!(devices.named("sdb").is_none());
    }
}
