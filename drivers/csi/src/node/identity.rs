//! Which virtual machine this is: the BIOS uuid in the order in which vCenter writes it.
//!
//! `product_serial` (`VMware-42 16 51 …-…`) holds the bytes in vCenter's order on every hardware version. `product_uuid`
//! has its first three groups byte-swapped on old ones (csi#1629), and nothing in the guest tells which is the case,
//! so it is not guessed at.

/// Reads the uuid out of a serial; `None` when it is not one of vSphere's.
pub(super) fn bios_uuid(serial: &str) -> Option<String> {
    let digits: String = serial.trim().strip_prefix("VMware-")?.chars().filter(|character| !matches!(character, ' ' | '-')).collect();
    if digits.len() != 32 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let digits = digits.to_ascii_lowercase();
    Some([&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::bios_uuid;

    #[test]
    fn a_serial_of_vsphere_is_read() {
        let serial = "VMware-42 16 51 1d 22 33 44 55-66 77 88 99 aa bb cc DD\n";
        assert_eq!(bios_uuid(serial).as_deref(), Some("4216511d-2233-4455-6677-8899aabbccdd"));
        assert_eq!(bios_uuid("Parallels-42"), None);
        assert_eq!(bios_uuid("VMware-42 16"), None);
    }

    proptest! {
        #[test]
        fn no_serial_makes_it_panic(serial in "(VMware-)?.{0,60}") {
            if let Some(uuid) = bios_uuid(&serial) {
                prop_assert_eq!(uuid.len(), 36);
            }
        }
    }
}
