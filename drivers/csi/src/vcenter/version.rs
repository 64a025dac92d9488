//! `About.version`, compared number by number.

use std::fmt;

/// `9.1.0`: missing parts count as zero, what is no number ends the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// From 7.0 U3 CNS takes snapshots.
    pub const SNAPSHOTS: Self = Self { major: 7, minor: 0, patch: 3 };

    /// From 9.1 the caller may choose a volume's id.
    pub const CHOSEN_VOLUME_IDS: Self = Self { major: 9, minor: 1, patch: 0 };

    /// From 9.1 CNS changes the keys of volumes.
    pub const CNS_RECRYPT: Self = Self { major: 9, minor: 1, patch: 0 };

    /// From 8.0 U3 the keys of first class disks can be changed.
    pub const DISK_RECRYPT: Self = Self { major: 8, minor: 0, patch: 3 };

    /// Reads a version.
    pub fn parse(text: &str) -> Self {
        let mut parts = text.split('.').map_while(|part| part.trim().parse().ok());
        let mut next = || parts.next().unwrap_or(0);
        Self { major: next(), minor: next(), patch: next() }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(Version::parse("10.0") > Version::CHOSEN_VOLUME_IDS);
        assert!(Version::parse("9.1.0") >= Version::CHOSEN_VOLUME_IDS);
        assert!(Version::parse("9.0.2") < Version::CHOSEN_VOLUME_IDS);
        assert!(Version::parse("8.0.3 build-1") < Version::CHOSEN_VOLUME_IDS);
        assert_eq!(Version::parse("7"), Version::parse("7.0.0"));
    }
}
