//! vSphere releases as profiles: what each says of itself, and what it lacks.
//!
//! Modelled: the texts and numbers by which clients choose their ways, and the CNS features that the drivers gate on
//! them. Not modelled: patch levels within a release. A client could notice that builds do not follow its own list.

/// A release that a vCenter can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// vSphere 7.0 Update 3.
    V7_0U3,
    /// vSphere 8.0 Update 3.
    V8_0U3,
    /// vSphere 9.1.
    V9_1,
}

impl Release {
    /// The release that a scenario's `version: 8.0.3` means.
    pub fn from_version(version: &str) -> Option<Self> {
        match version {
            "7.0.3" | "7.0U3" => Some(Self::V7_0U3),
            "8.0.3" | "8.0U3" => Some(Self::V8_0U3),
            "9.1.0" | "9.1" => Some(Self::V9_1),
            _ => None,
        }
    }

    /// `About.version`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V7_0U3 => "7.0.3",
            Self::V8_0U3 => "8.0.3",
            Self::V9_1 => "9.1.0",
        }
    }

    /// `About.apiVersion`, four numbers.
    pub fn api_version(self) -> &'static str {
        match self {
            Self::V7_0U3 => "7.0.3.0",
            Self::V8_0U3 => "8.0.3.0",
            Self::V9_1 => "9.1.0.0",
        }
    }

    /// `About.build`, one that was seen.
    pub fn build(self) -> &'static str {
        match self {
            Self::V7_0U3 => "22837322",
            Self::V8_0U3 => "24305161",
            Self::V9_1 => "25629530",
        }
    }

    /// `About.licenseProductVersion`, which lags behind the release.
    pub fn license_version(self) -> &'static str {
        match self {
            Self::V7_0U3 => "7.0",
            Self::V8_0U3 => "8.0",
            Self::V9_1 => "9.0",
        }
    }

    /// The vim25 versions of `vimServiceVersions.xml`, newest first.
    pub fn vim_versions(self) -> &'static [&'static str] {
        const ALL: &[&str] = &[
            "9.1.0.0", "9.0.0.0", "8.0.3.0", "8.0.2.0", "8.0.1.0", "8.0.0.2", "8.0.0.0", "7.0.3.0", "7.0.2.1", "7.0.2.0", "7.0.1.1",
            "7.0.1.0", "7.0.0.2", "7.0.0.0", "6.9.1", "6.8.7", "6.7.3", "6.7.2", "6.7.1", "6.7", "6.5", "6.0", "5.5",
        ];
        let first = ALL.iter().position(|version| *version == self.api_version()).unwrap_or(0);
        &ALL[first..]
    }

    /// The vSAN versions of `vsanServiceVersions.xml`, newest first.
    pub fn vsan_versions(self) -> &'static [&'static str] {
        const ALL: &[&str] = &["9.1.0.0", "9.0.0.0", "8.0.3.0", "8.0.0.3", "8.0.0.0", "7.0.3.0", "vSAN 7.0U3", "vSAN 7.0U1", "vSAN 6.7U3"];
        let first = ALL.iter().position(|version| *version == self.api_version()).unwrap_or(0);
        &ALL[first..]
    }

    /// Whether a CnsVolumeCreateSpec may carry a volume id that the caller chose.
    pub fn takes_volume_ids(self) -> bool {
        matches!(self, Self::V9_1)
    }

    /// Whether CNS changes the encryption of volumes (CnsUpdateVolumeCrypto).
    pub fn updates_volume_crypto(self) -> bool {
        matches!(self, Self::V9_1)
    }

    /// Whether the encryption of first class disks can be changed (UpdateVStorageObjectCrypto_Task) (unverified).
    pub fn updates_disk_crypto(self) -> bool {
        !matches!(self, Self::V7_0U3)
    }

    /// Whether CNS changes the key of a volume that is attached, as it does since patches of 9.0.
    pub fn recrypts_attached_volumes(self) -> bool {
        matches!(self, Self::V9_1)
    }

    /// Whether first class disks can have keys of a native provider.
    pub fn has_native_keys_for_disks(self) -> bool {
        !matches!(self, Self::V7_0U3)
    }

    /// Whether one malformed id makes a whole volume query fail; later releases leave it out of the answer. Taken as
    /// malformed is an empty one (unverified).
    pub fn malformed_id_fails_query(self) -> bool {
        !matches!(self, Self::V9_1)
    }

    /// Whether a full controller is told by CnsMissingControllerFault (from 8.0.0.3) or by a CnsFault with a text.
    pub fn has_missing_controller_fault(self) -> bool {
        !matches!(self, Self::V7_0U3)
    }
}
