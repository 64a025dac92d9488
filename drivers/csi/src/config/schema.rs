//! Which sections and keys exist, and what type each has: those of upstream's structure, so that its files work here
//! unchanged. Whatever else a file has is noted and changes nothing.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingKind {
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
    pub keys: &'static [(&'static str, SettingKind)],
}

const fn section(name: &'static str, naming: Naming, keys: &'static [(&'static str, SettingKind)]) -> Section {
    Section { name, naming, keys }
}

/// All sections. Keys that only matter to features that this driver lacks are accepted and change nothing.
pub(super) const SECTIONS: &[Section] = &[
    section("Global", Naming::Plain, GLOBAL),
    section("VirtualCenter", Naming::Named, VIRTUAL_CENTER),
    section(
        "Labels",
        Naming::Plain,
        &[("zone", SettingKind::Text), ("region", SettingKind::Text), ("topology-categories", SettingKind::Text)],
    ),
    section("TopologyCategory", Naming::Named, &[("label", SettingKind::Text)]),
    section(
        "NetPermissions",
        Naming::Named,
        &[("ips", SettingKind::Text), ("permissions", SettingKind::Text), ("rootsquash", SettingKind::Bool)],
    ),
    section("Snapshot", Naming::Plain, SNAPSHOT),
    section("GC", Naming::Plain, GUEST_CLUSTER),
];

const GLOBAL: &[(&str, SettingKind)] = &[
    // Has no name of its own in upstream's structure, so gcfg reads it by its field's.
    ("VCenterIP", SettingKind::Text),
    ("cluster-id", SettingKind::Text),
    ("supervisor-id", SettingKind::Text),
    ("user", SettingKind::Text),
    ("password", SettingKind::Text),
    ("port", SettingKind::Text),
    ("insecure-flag", SettingKind::Bool),
    ("ca-file", SettingKind::Text),
    ("thumbprint", SettingKind::Text),
    ("datacenters", SettingKind::Text),
    ("cluster-distribution", SettingKind::Text),
    ("query-limit", SettingKind::Integer),
    ("list-volume-threshold", SettingKind::Integer),
    ("csi-auth-check-intervalinmin", SettingKind::Integer),
    ("csi-fetch-preferred-datastores-intervalinmin", SettingKind::Integer),
    ("cnsvolumeoperationrequest-cleanup-intervalinmin", SettingKind::Integer),
    ("volumemigration-cr-cleanup-intervalinmin", SettingKind::Integer),
    ("cnsregistervolumes-cleanup-intervalinmin", SettingKind::Integer),
    ("cnspvcprotection-cleanup-intervalinmin", SettingKind::Integer),
];

const VIRTUAL_CENTER: &[(&str, SettingKind)] = &[
    ("user", SettingKind::Text),
    ("password", SettingKind::Text),
    ("port", SettingKind::Text),
    ("insecure-flag", SettingKind::Bool),
    ("ca-file", SettingKind::Text),
    ("thumbprint", SettingKind::Text),
    ("datacenters", SettingKind::Text),
    ("targetvSANFileShareClusters", SettingKind::Text),
    ("migration-datastore-url", SettingKind::Text),
    ("FileVolumeActivated", SettingKind::Bool),
];

const SNAPSHOT: &[(&str, SettingKind)] = &[
    ("global-max-snapshots-per-block-volume", SettingKind::Integer),
    ("granular-max-snapshots-per-block-volume-vsan", SettingKind::Integer),
    ("granular-max-snapshots-per-block-volume-vvol", SettingKind::Integer),
];

const GUEST_CLUSTER: &[(&str, SettingKind)] = &[
    ("endpoint", SettingKind::Text),
    ("port", SettingKind::Text),
    ("tanzukubernetescluster-uid", SettingKind::Text),
    ("tanzukubernetescluster-name", SettingKind::Text),
    ("cluster-distribution", SettingKind::Text),
    ("cluster-api-version", SettingKind::Text),
    ("cluster-kind", SettingKind::Text),
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

impl SettingKind {
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
