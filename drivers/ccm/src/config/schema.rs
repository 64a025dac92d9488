//! Which sections, keys and variables exist, in either language, and what type each has. Upstream's names, so that its files
//! work here unchanged.

use driver_config::{Key, Schema, Section, SettingKind, Variables};

const fn key(name: &'static str, ini: &'static str, kind: SettingKind) -> Key {
    Key::named(name, ini, kind)
}

/// Of `global:` and of each vCenter.
const VCENTER: &[Key] = &[
    Key::new("user", SettingKind::Text),
    Key::new("password", SettingKind::Secret),
    Key::new("server", SettingKind::Text),
    Key::new("port", SettingKind::Port),
    key("insecureFlag", "insecure-flag", SettingKind::Bool),
    Key::new("datacenters", SettingKind::List),
    key("soapRoundtripCount", "soap-roundtrip-count", SettingKind::Integer),
    key("caFile", "ca-file", SettingKind::Text),
    Key::new("thumbprint", SettingKind::Text),
    key("secretName", "secret-name", SettingKind::Text),
    key("secretNamespace", "secret-namespace", SettingKind::Text),
    key("secretsDirectory", "secrets-directory", SettingKind::Text),
    key("apiDisable", "api-disable", SettingKind::Bool),
    key("apiBinding", "api-binding", SettingKind::Text),
    key("ipFamily", "ip-family", SettingKind::List),
];

const LABELS: &[Key] = &[Key::new("zone", SettingKind::Text), Key::new("region", SettingKind::Text)];

const NODES: &[Key] = &[
    key("internalNetworkSubnetCidr", "internal-network-subnet-cidr", SettingKind::List),
    key("externalNetworkSubnetCidr", "external-network-subnet-cidr", SettingKind::List),
    key("internalVmNetworkName", "internal-vm-network-name", SettingKind::Text),
    key("externalVmNetworkName", "external-vm-network-name", SettingKind::Text),
    key("excludeInternalNetworkSubnetCidr", "exclude-internal-network-subnet-cidr", SettingKind::List),
    key("excludeExternalNetworkSubnetCidr", "exclude-external-network-subnet-cidr", SettingKind::List),
];

const fn section(name: &'static str, ini: &'static str, named: bool, keys: &'static [&'static [Key]]) -> Section {
    Section { name, ini, named, keys: Some(keys) }
}

const fn none_of_ours(name: &'static str, ini: &'static str, named: bool) -> Section {
    Section { name, ini, named, keys: None }
}

/// The last sections belong to NSX-T, which this controller does not serve, and to the provider inside of old Kubernetes,
/// whose files still go round; they change nothing and are named in the log.
pub(super) const SCHEMA: &Schema = &Schema {
    yaml: true,
    sections: &[
        section("global", "Global", false, &[VCENTER]),
        section("vcenter", "VirtualCenter", true, &[VCENTER]),
        section("labels", "Labels", false, &[LABELS]),
        section("nodes", "Nodes", false, &[NODES]),
        none_of_ours("loadBalancer", "LoadBalancer", false),
        none_of_ours("loadBalancerClass", "LoadBalancerClass", true),
        none_of_ours("nsxt", "NSXT", false),
        none_of_ours("route", "Route", false),
        none_of_ours("workspace", "Workspace", false),
        none_of_ours("disk", "Disk", false),
        none_of_ours("network", "Network", false),
    ],
};

/// What the environment says, by upstream's names.
///
/// | Variable | What it is |
/// | --- | --- |
/// | `VSPHERE_VCENTER` | the one vCenter, where neither the file nor `VSPHERE_VCENTER_<id>` has another |
/// | `VSPHERE_USER`, `_PASSWORD`, `_VCENTER_PORT`, `_DATACENTER`, `_INSECURE`, `_CAFILE`, `_THUMBPRINT`, `_ROUNDTRIP_COUNT`, `_SECRET_NAME`, `_SECRET_NAMESPACE`, `_SECRETS_DIRECTORY` | what `global` says, before the file |
/// | `VSPHERE_VCENTER_<id>` | a vCenter, in the place of the file's; `VCENTER_<id>_USERNAME` and so on are its own values |
/// | `VSPHERE_LABEL_REGION`, `VSPHERE_LABEL_ZONE` | what `labels` says, before the file |
/// | `VSPHERE_NODES_…` | what `nodes` says, before the file |
///
/// What a vCenter says itself counts before what `global` or these variables say for all. Otherwise than upstream:
/// `VSPHERE_USER` and those beside it count for the file's vCenters too, where these leave something out; upstream fills
/// that from the file alone and then overlooks the variables. `VCENTER_<id>_INSECURE`, `_ROUNDTRIP` and `_IP_FAMILY` count; there
/// they are taken when they are absent. `VSPHERE_VCENTER_PORT` is no vCenter called by its port. `/etc/cloud/secrets` is not
/// looked for unless it is named.
pub(super) const VARIABLES: &Variables = &Variables {
    plain: &[
        ("VSPHERE_VCENTER", "global", "server"),
        ("VSPHERE_VCENTER_PORT", "global", "port"),
        ("VSPHERE_USER", "global", "user"),
        ("VSPHERE_PASSWORD", "global", "password"),
        ("VSPHERE_DATACENTER", "global", "datacenters"),
        ("VSPHERE_SECRET_NAME", "global", "secretName"),
        ("VSPHERE_SECRET_NAMESPACE", "global", "secretNamespace"),
        ("VSPHERE_SECRETS_DIRECTORY", "global", "secretsDirectory"),
        ("VSPHERE_ROUNDTRIP_COUNT", "global", "soapRoundtripCount"),
        ("VSPHERE_INSECURE", "global", "insecureFlag"),
        ("VSPHERE_CAFILE", "global", "caFile"),
        ("VSPHERE_THUMBPRINT", "global", "thumbprint"),
        ("VSPHERE_LABEL_REGION", "labels", "region"),
        ("VSPHERE_LABEL_ZONE", "labels", "zone"),
        ("VSPHERE_NODES_INTERNAL_NETWORK_SUBNET_CIDR", "nodes", "internalNetworkSubnetCidr"),
        ("VSPHERE_NODES_EXTERNAL_NETWORK_SUBNET_CIDR", "nodes", "externalNetworkSubnetCidr"),
        ("VSPHERE_NODES_INTERNAL_VM_NETWORK_NAME", "nodes", "internalVmNetworkName"),
        ("VSPHERE_NODES_EXTERNAL_VM_NETWORK_NAME", "nodes", "externalVmNetworkName"),
    ],
    vcenters: "vcenter",
    of_one: &[
        ("SERVER", "server"),
        ("USERNAME", "user"),
        ("PASSWORD", "password"),
        ("PORT", "port"),
        ("INSECURE", "insecureFlag"),
        ("DATACENTERS", "datacenters"),
        ("ROUNDTRIP", "soapRoundtripCount"),
        ("CAFILE", "caFile"),
        ("THUMBPRINT", "thumbprint"),
        ("SECRET_NAME", "secretName"),
        ("SECRET_NAMESPACE", "secretNamespace"),
        ("IP_FAMILY", "ipFamily"),
    ],
    server: Some("server"),
};
