//! What a machine is made of: its firmware's names, and the disks that its hypervisor shows it.

/// A disk as the guest sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestDisk {
    /// The uuid of the disk's backing (`6000C29x-…`): its wwn in the guest, and the key of its contents.
    pub disk_uuid: String,
    /// Its size.
    pub capacity_bytes: u64,
}

/// The hardware below a machine; asked each time the machine looks, so that a hot-added disk is there at once.
pub trait Hardware: Send + Sync {
    /// The disks that are attached now, in the order of controller and unit; the boot disk is left out.
    fn disks(&self) -> Vec<GuestDisk>;
}

/// The wwn by which Linux names a disk: the backing's uuid in lower case without dashes.
pub fn wwn_of(disk_uuid: &str) -> String {
    disk_uuid.chars().filter(|letter| *letter != '-').map(|letter| letter.to_ascii_lowercase()).collect()
}

/// From which hardware version on a guest's `product_uuid` is the BIOS uuid as vCenter writes it.
const SAME_ORDER_SINCE: u32 = 13;

/// `product_uuid` as a guest of this hardware version has it (`vmx-19`): below 13, with the first three groups byte-swapped.
pub fn product_uuid(bios_uuid: &str, hardware_version: &str) -> String {
    let uuid = bios_uuid.to_ascii_lowercase();
    let version = hardware_version.strip_prefix("vmx-").and_then(|number| number.parse::<u32>().ok());
    if version.is_none_or(|version| version >= SAME_ORDER_SINCE) {
        return uuid;
    }
    let swapped = |(place, group): (usize, &str)| match place {
        0..=2 => group.as_bytes().rchunks(2).map(String::from_utf8_lossy).collect::<String>(),
        _ => group.to_owned(),
    };
    uuid.split('-').enumerate().map(swapped).collect::<Vec<_>>().join("-")
}

/// What DMI tells of a VM with this BIOS uuid: `VMware-42 16 8f … -a2 …`, bytes in the order of the uuid's text.
pub(super) fn product_serial(bios_uuid: &str) -> String {
    let digits: Vec<char> = bios_uuid.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
    let bytes: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    let halves: Vec<String> = bytes.chunks(8).map(|half| half.join(" ")).collect();
    format!("VMware-{}", halves.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_spells_the_bios_uuid() {
        assert_eq!(product_serial("42168F4E-3f0d-66c3-a2b1-00112233aabb"), "VMware-42 16 8f 4e 3f 0d 66 c3-a2 b1 00 11 22 33 aa bb");
        assert_eq!(product_serial(""), "VMware-");
    }

    #[test]
    fn an_old_guest_sees_three_groups_swapped() {
        let uuid = "42168F4E-3f0d-66c3-a2b1-00112233aabb";
        assert_eq!(product_uuid(uuid, "vmx-19"), "42168f4e-3f0d-66c3-a2b1-00112233aabb");
        assert_eq!(product_uuid(uuid, "vmx-11"), "4e8f1642-0d3f-c366-a2b1-00112233aabb");
    }

    #[test]
    fn the_wwn_is_the_uuid_without_dashes() {
        assert_eq!(wwn_of("6000C29a-aBcd-0123-4567-89abcdef0123"), "6000c29aabcd0123456789abcdef0123");
    }
}
