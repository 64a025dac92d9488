//! Which sections and keys exist, and what type each has. Upstream's names, so that its files work here unchanged.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Bool,
    Integer,
    Port,
}

/// Whether a section has a quoted name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Plain,
    Named,
}

/// One section and its keys.
pub(crate) struct Section {
    pub name: &'static str,
    pub naming: Naming,
    pub keys: &'static [(&'static str, Kind)],
}

/// All sections. Keys that only matter to features that this driver lacks are accepted and change nothing.
pub(crate) const SECTIONS: &[Section] = &[
    Section {
        name: "Global",
        naming: Naming::Plain,
        keys: &[
            ("cluster-id", Kind::Text),
            ("supervisor-id", Kind::Text),
            ("user", Kind::Text),
            ("password", Kind::Text),
            ("port", Kind::Port),
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
        ],
    },
    Section {
        name: "VirtualCenter",
        naming: Naming::Named,
        keys: &[
            ("user", Kind::Text),
            ("password", Kind::Text),
            ("port", Kind::Port),
            ("insecure-flag", Kind::Bool),
            ("ca-file", Kind::Text),
            ("thumbprint", Kind::Text),
            ("datacenters", Kind::Text),
            ("targetvSANFileShareClusters", Kind::Text),
            ("targetvSANFileShareDatastoreURLs", Kind::Text),
            ("migration-datastore-url", Kind::Text),
        ],
    },
    Section {
        name: "Labels",
        naming: Naming::Plain,
        keys: &[("zone", Kind::Text), ("region", Kind::Text), ("topology-categories", Kind::Text)],
    },
    Section { name: "TopologyCategory", naming: Naming::Named, keys: &[("label", Kind::Text)] },
    Section {
        name: "NetPermissions",
        naming: Naming::Named,
        keys: &[("ips", Kind::Text), ("permissions", Kind::Text), ("rootsquash", Kind::Bool)],
    },
    Section {
        name: "Snapshot",
        naming: Naming::Plain,
        keys: &[
            ("global-max-snapshots-per-block-volume", Kind::Integer),
            ("granular-max-snapshots-per-block-volume-vsan", Kind::Integer),
            ("granular-max-snapshots-per-block-volume-vvol", Kind::Integer),
        ],
    },
];

/// Reads a boolean as gcfg does.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

impl Kind {
    /// What to tell someone whose value does not fit; `None` when it fits.
    pub(crate) fn objection(self, value: &str) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Bool => boolean(value).is_none().then_some("true or false"),
            Self::Integer => value.parse::<u32>().is_err().then_some("a whole number"),
            Self::Port => value.parse::<u16>().ok().filter(|port| *port > 0).is_none().then_some("a port, 1 to 65535"),
        }
    }
}
