//! Which sections, keys and variables exist, and what type each has: those of upstream's structure, so that its files work
//! here unchanged. Whatever else a file has is noted and changes nothing.

use driver_config::{Key, Schema, Section, SettingKind, Variables};

/// `vsphere.conf` is INI. Keys that only matter to features that this driver lacks are accepted and change nothing.
pub(super) const SCHEMA: &Schema = &Schema {
    yaml: false,
    sections: &[
        section("Global", false, &[GLOBAL, VCENTER]),
        section("VirtualCenter", true, &[VIRTUAL_CENTER, VCENTER]),
        section("Labels", false, &[&[text("zone"), text("region"), text("topology-categories")]]),
        section("TopologyCategory", true, &[&[text("label")]]),
        section("NetPermissions", true, &[&[text("ips"), text("permissions"), boolean("rootsquash")]]),
        section("Snapshot", false, &[SNAPSHOT]),
        section("GC", false, &[GUEST_CLUSTER]),
    ],
};

const fn section(name: &'static str, named: bool, keys: &'static [&'static [Key]]) -> Section {
    Section { name, ini: name, named, keys: Some(keys) }
}

const fn text(name: &'static str) -> Key {
    Key::new(name, SettingKind::Text)
}

const fn boolean(name: &'static str) -> Key {
    Key::new(name, SettingKind::Bool)
}

const fn integer(name: &'static str) -> Key {
    Key::new(name, SettingKind::Integer)
}

/// How a vCenter is reached; [Global] says it for all of them.
const VCENTER: &[Key] = &[
    text("user"),
    Key::new("password", SettingKind::Secret),
    text("port"),
    boolean("insecure-flag"),
    text("ca-file"),
    text("thumbprint"),
    text("datacenters"),
];

const GLOBAL: &[Key] = &[
    // Has no name of its own in upstream's structure, so gcfg reads it by its field's.
    text("VCenterIP"),
    text("cluster-id"),
    text("supervisor-id"),
    text("cluster-distribution"),
    integer("query-limit"),
    integer("list-volume-threshold"),
    integer("csi-auth-check-intervalinmin"),
    integer("csi-fetch-preferred-datastores-intervalinmin"),
    integer("cnsvolumeoperationrequest-cleanup-intervalinmin"),
    integer("volumemigration-cr-cleanup-intervalinmin"),
    integer("cnsregistervolumes-cleanup-intervalinmin"),
    integer("cnspvcprotection-cleanup-intervalinmin"),
];

const VIRTUAL_CENTER: &[Key] = &[text("targetvSANFileShareClusters"), text("migration-datastore-url"), boolean("FileVolumeActivated")];

const SNAPSHOT: &[Key] = &[
    integer("global-max-snapshots-per-block-volume"),
    integer("granular-max-snapshots-per-block-volume-vsan"),
    integer("granular-max-snapshots-per-block-volume-vvol"),
];

const GUEST_CLUSTER: &[Key] = &[
    text("endpoint"),
    text("port"),
    text("tanzukubernetescluster-uid"),
    text("tanzukubernetescluster-name"),
    text("cluster-distribution"),
    text("cluster-api-version"),
    text("cluster-kind"),
];

/// What the environment says, by upstream's names.
///
/// | Variable | What it is |
/// | --- | --- |
/// | `VSPHERE_USER`, `VSPHERE_PASSWORD`, `VSPHERE_PORT`, `VSPHERE_DATACENTER`, `VSPHERE_INSECURE` | what [Global] says, before the file |
/// | `VSPHERE_VCENTER` | a vCenter with the values of [Global], unless the file has it |
/// | `VSPHERE_VCENTER_<id>` | a vCenter, in the place of the file's; `VCENTER_<id>_USERNAME`, `_PASSWORD`, `_PORT`, `_DATACENTERS` and `_INSECURE` are its own values |
/// | `VSPHERE_LABEL_REGION`, `VSPHERE_LABEL_ZONE` | what [Labels] says, before the file |
///
/// What a [VirtualCenter "…"] says itself counts before what [Global] or these variables say for all. Upstream overlooks
/// `VCENTER_<id>_INSECURE`; here it counts.
pub(super) const VARIABLES: &Variables = &Variables {
    plain: &[
        ("VSPHERE_VCENTER", "Global", "VCenterIP"),
        ("VSPHERE_PORT", "Global", "port"),
        ("VSPHERE_USER", "Global", "user"),
        ("VSPHERE_PASSWORD", "Global", "password"),
        ("VSPHERE_DATACENTER", "Global", "datacenters"),
        ("VSPHERE_INSECURE", "Global", "insecure-flag"),
        ("VSPHERE_LABEL_REGION", "Labels", "region"),
        ("VSPHERE_LABEL_ZONE", "Labels", "zone"),
    ],
    vcenters: "VirtualCenter",
    of_one: &[
        ("USERNAME", "user"),
        ("PASSWORD", "password"),
        ("PORT", "port"),
        ("DATACENTERS", "datacenters"),
        ("INSECURE", "insecure-flag"),
    ],
    server: None,
};
