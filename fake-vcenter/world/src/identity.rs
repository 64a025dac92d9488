//! Identities: what names and ids look like here.

use seatrial_seed::Generator;
use sha2::{Digest, Sha256};

/// A uuid that begins with these two digits.
pub fn prefixed(generator: &mut Generator, prefix: &str) -> String {
    let uuid = generator.uuid().to_string();
    format!("{prefix}{}", &uuid[2..])
}

/// The uuid of a virtual disk, as a guest sees it: `6000C29x-…`.
pub fn disk_uuid(generator: &mut Generator) -> String {
    let digits = generator.hex(25);
    format!("6000C29{}-{}-{}-{}-{}", &digits[..1], &digits[1..5], &digits[5..9], &digits[9..13], &digits[13..])
}

/// Whether the text has the shape of a lower-case uuid.
pub fn uuid_like(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|digit| digit.is_ascii_digit() || ('a'..='f').contains(&digit)))
}

/// The name under which a session appears in journals: the beginning of a hash of its key, which is a secret.
pub fn session_label(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// `administrator@vsphere.local` as vCenter shows it: `VSPHERE.LOCAL\Administrator`. That form is taken as well.
pub fn principal(name: &str) -> String {
    let swapped = name.split_once('\\').map(|(domain, user)| (user, domain));
    let Some((user, domain)) = name.split_once('@').or(swapped) else { return name.to_owned() };
    let user = user.to_ascii_lowercase();
    let mut letters = user.chars();
    let first: String = letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().collect();
    format!("{}\\{first}{}", domain.to_ascii_uppercase(), letters.as_str())
}
