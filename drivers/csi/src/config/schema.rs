//! Which sections and keys exist, and what type each has: those of upstream's structure, so that its files work here
//! unchanged. Whatever else a file has is noted and changes nothing.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    Integer,
}

/// Whether a section has a quoted name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    Plain,
    Named,
}

/// One section and its keys.
pub(super) struct Section {
    pub name: &'static str,
    pub naming: Naming,
    pub keys: &'static [(&'static str, Kind)],
}

const fn section(name: &'static str, naming: Naming, keys: &'static [(&'static str, Kind)]) -> Section {
    Section { name, naming, keys }
}

/// All sections. Keys that only matter to features that this driver lacks are accepted and change nothing.
pub(super) const SECTIONS: &[Section] = &[
    section("Global", Naming::Plain, GLOBAL),
    section("VirtualCenter", Naming::Named, VIRTUAL_CENTER),
    section("Labels", Naming::Plain, &[("zone", Kind::Text), ("region", Kind::Text), ("topology-categories", Kind::Text)]),
    section("TopologyCategory", Naming::Named, &[("label", Kind::Text)]),
    section("NetPermissions", Naming::Named, &[("ips", Kind::Text), ("permissions", Kind::Text), ("rootsquash", Kind::Bool)]),
    section("Snapshot", Naming::Plain, SNAPSHOT),
    section("GC", Naming::Plain, GUEST_CLUSTER),
];

const GLOBAL: &[(&str, Kind)] = &[
    // Has no name of its own in upstream's structure, so gcfg reads it by its field's.
    ("VCenterIP", Kind::Text),
    ("cluster-id", Kind::Text),
    ("supervisor-id", Kind::Text),
    ("user", Kind::Text),
    ("password", Kind::Text),
    ("port", Kind::Text),
    ("insecure-flag", Kind::Bool),
    ("ca-file", Kind::Text),
    ("thumbprint", Kind::Text),
    ("datacenters", Kind::Text),
    ("cluster-distribution", Kind::Text),
    ("query-limit", Kind::Integer),
    ("list-volume-threshold", Kind::Integer),
    ("csi-auth-check-intervalinmin", Kind::Integer),
    ("csi-fetch-preferred-datastores-intervalinmin", Kind::Integer),
    ("cnsvolumeoperationrequest-cleanup-intervalinmin", Kind::Integer),
    ("volumemigration-cr-cleanup-intervalinmin", Kind::Integer),
    ("cnsregistervolumes-cleanup-intervalinmin", Kind::Integer),
    ("cnspvcprotection-cleanup-intervalinmin", Kind::Integer),
];

const VIRTUAL_CENTER: &[(&str, Kind)] = &[
    ("user", Kind::Text),
    ("password", Kind::Text),
    ("port", Kind::Text),
    ("insecure-flag", Kind::Bool),
    ("ca-file", Kind::Text),
    ("thumbprint", Kind::Text),
    ("datacenters", Kind::Text),
    ("targetvSANFileShareClusters", Kind::Text),
    ("migration-datastore-url", Kind::Text),
    ("FileVolumeActivated", Kind::Bool),
];

const SNAPSHOT: &[(&str, Kind)] = &[
    ("global-max-snapshots-per-block-volume", Kind::Integer),
    ("granular-max-snapshots-per-block-volume-vsan", Kind::Integer),
    ("granular-max-snapshots-per-block-volume-vvol", Kind::Integer),
];

const GUEST_CLUSTER: &[(&str, Kind)] = &[
    ("endpoint", Kind::Text),
    ("port", Kind::Text),
    ("tanzukubernetescluster-uid", Kind::Text),
    ("tanzukubernetescluster-name", Kind::Text),
    ("cluster-distribution", Kind::Text),
    ("cluster-api-version", Kind::Text),
    ("cluster-kind", Kind::Text),
];

/// Reads a boolean as gcfg does.
fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Reads a whole number as gcfg does: decimal, or hexadecimal behind a small `0x`.
fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let hexadecimal = |digits: &str| if digits.starts_with(['+', '-']) { None } else { i64::from_str_radix(digits, 16).ok() };
    match (text.strip_prefix("0x"), text.strip_prefix("-0x")) {
        (Some(digits), _) => hexadecimal(digits),
        (_, Some(digits)) => hexadecimal(digits).map(|number| -number),
        _ => text.parse().ok(),
    }
}

impl Kind {
    /// The value in its plainest form, or what it must be. A bare key is only something where it means true.
    pub(super) fn plain(self, value: Option<&str>) -> Result<String, &'static str> {
        let Some(value) = value else {
            return if self == Self::Bool { Ok("true".to_owned()) } else { Err("given: write `key = value`") };
        };
        match self {
            Self::Text => Ok(value.to_owned()),
            Self::Bool => boolean(value).map(|value| value.to_string()).ok_or("true or false"),
            Self::Integer => integer(value).map(|value| value.to_string()).ok_or("a whole number"),
        }
    }
}
