//! Which sections and keys exist in either language, and what type each has. Upstream's names, so that its files work
//! here unchanged.

use super::error::Language;

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Text,
    Bool,
    Integer,
    Port,
    /// Texts; with commas between where they are written as one.
    List,
}

/// A key, in both languages.
pub(super) struct Key {
    pub yaml: &'static str,
    pub ini: &'static str,
    pub kind: ValueKind,
}

/// A section, in both languages.
pub(super) struct Section {
    pub yaml: &'static str,
    pub ini: &'static str,
    /// Whether it has names: `[VirtualCenter "…"]`, `vcenter:` and a key below.
    pub named: bool,
    /// `None`: known, and none of this controller's business.
    pub keys: Option<&'static [Key]>,
}

const fn key(yaml: &'static str, ini: &'static str, kind: ValueKind) -> Key {
    Key { yaml, ini, kind }
}

/// Of `global:` and of each vCenter.
const VCENTER: &[Key] = &[
    key("user", "user", ValueKind::Text),
    key("password", "password", ValueKind::Text),
    key("server", "server", ValueKind::Text),
    key("port", "port", ValueKind::Port),
    key("insecureFlag", "insecure-flag", ValueKind::Bool),
    key("datacenters", "datacenters", ValueKind::List),
    key("soapRoundtripCount", "soap-roundtrip-count", ValueKind::Integer),
    key("caFile", "ca-file", ValueKind::Text),
    key("thumbprint", "thumbprint", ValueKind::Text),
    key("secretName", "secret-name", ValueKind::Text),
    key("secretNamespace", "secret-namespace", ValueKind::Text),
    key("secretsDirectory", "secrets-directory", ValueKind::Text),
    key("apiDisable", "api-disable", ValueKind::Bool),
    key("apiBinding", "api-binding", ValueKind::Text),
    key("ipFamily", "ip-family", ValueKind::List),
];

const LABELS: &[Key] = &[key("zone", "zone", ValueKind::Text), key("region", "region", ValueKind::Text)];

const NODES: &[Key] = &[
    key("internalNetworkSubnetCidr", "internal-network-subnet-cidr", ValueKind::List),
    key("externalNetworkSubnetCidr", "external-network-subnet-cidr", ValueKind::List),
    key("internalVmNetworkName", "internal-vm-network-name", ValueKind::Text),
    key("externalVmNetworkName", "external-vm-network-name", ValueKind::Text),
    key("excludeInternalNetworkSubnetCidr", "exclude-internal-network-subnet-cidr", ValueKind::List),
    key("excludeExternalNetworkSubnetCidr", "exclude-external-network-subnet-cidr", ValueKind::List),
];

/// All sections. The last ones belong to NSX-T, which this controller does not serve, and to the provider inside of old
/// Kubernetes, whose files still go round; they change nothing and are named in the log.
pub(super) const SECTIONS: &[Section] = &[
    Section { yaml: "global", ini: "Global", named: false, keys: Some(VCENTER) },
    Section { yaml: "vcenter", ini: "VirtualCenter", named: true, keys: Some(VCENTER) },
    Section { yaml: "labels", ini: "Labels", named: false, keys: Some(LABELS) },
    Section { yaml: "nodes", ini: "Nodes", named: false, keys: Some(NODES) },
    Section { yaml: "loadBalancer", ini: "LoadBalancer", named: false, keys: None },
    Section { yaml: "loadBalancerClass", ini: "LoadBalancerClass", named: true, keys: None },
    Section { yaml: "nsxt", ini: "NSXT", named: false, keys: None },
    Section { yaml: "route", ini: "Route", named: false, keys: None },
    Section { yaml: "workspace", ini: "Workspace", named: false, keys: None },
    Section { yaml: "disk", ini: "Disk", named: false, keys: None },
    Section { yaml: "network", ini: "Network", named: false, keys: None },
];

/// The section of this name.
pub(super) fn section(name: &str, language: Language) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| is(name, section.yaml, section.ini, language))
}

/// Whether this controller reads the section, or should say that there is none.
pub(super) fn is_known(name: &str, language: Language) -> bool {
    section(name, language).is_some_and(|section| section.keys.is_some())
}

/// The key of this name.
pub(super) fn key_of(keys: &'static [Key], name: &str, language: Language) -> Option<&'static Key> {
    keys.iter().find(|key| is(name, key.yaml, key.ini, language))
}

/// The section that has this name in the other language.
pub(super) fn section_elsewhere(name: &str, language: Language) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| is(name, section.yaml, section.ini, language.other()))
}

/// The key that has this name in the other language.
pub(super) fn key_elsewhere(keys: &'static [Key], name: &str, language: Language) -> Option<&'static Key> {
    keys.iter().find(|key| is(name, key.yaml, key.ini, language.other()))
}

/// YAML keys are exact, INI keys ignore case, as their parsers have it.
fn is(name: &str, yaml: &str, ini: &str, language: Language) -> bool {
    match language {
        Language::Yaml { .. } => name == yaml,
        Language::Ini { .. } => name.eq_ignore_ascii_case(ini),
    }
}

impl Key {
    /// Its name in a language.
    pub(super) fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Yaml { .. } => self.yaml,
            Language::Ini { .. } => self.ini,
        }
    }
}

impl Section {
    /// Its name in a language.
    pub(super) fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Yaml { .. } => self.yaml,
            Language::Ini { .. } => self.ini,
        }
    }
}

/// Reads a boolean as gcfg does; YAML's are among them.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

impl ValueKind {
    /// What to tell someone whose value does not fit; `None` when it fits.
    pub(super) fn problem(self, value: &str) -> Option<&'static str> {
        match self {
            Self::Text | Self::List => None,
            Self::Bool => boolean(value).is_none().then_some("true or false"),
            Self::Integer => value.parse::<u32>().is_err().then_some("a whole number"),
            Self::Port => value.parse::<u16>().ok().filter(|port| *port > 0).is_none().then_some("a port, 1 to 65535"),
        }
    }
}
