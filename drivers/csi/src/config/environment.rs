//! What the environment says besides the file, by upstream's names.
//!
//! | Variable | What it is |
//! | --- | --- |
//! | `VSPHERE_USER`, `VSPHERE_PASSWORD`, `VSPHERE_PORT`, `VSPHERE_DATACENTER`, `VSPHERE_INSECURE` | what [Global] says, before the file |
//! | `VSPHERE_VCENTER` | a vCenter with the values of [Global], unless the file has it |
//! | `VSPHERE_VCENTER_<id>` | a vCenter, in the place of the file's; `VCENTER_<id>_USERNAME`, `_PASSWORD`, `_PORT`, `_DATACENTERS` and `_INSECURE` are its own values |
//! | `VSPHERE_LABEL_REGION`, `VSPHERE_LABEL_ZONE` | what [Labels] says, before the file |
//!
//! A variable that is empty is not set. What a [VirtualCenter "…"] says itself counts before what [Global] or these variables
//! say for all. Upstream drops values with a `=` in them and overlooks `VCENTER_<id>_INSECURE`; here both count.

use std::collections::BTreeMap;
use std::fmt;

use super::settings::{Found, Origin, Settings, Values};

/// The variables of a process, by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be passwords.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }
}

/// Variables of [Global], and the key of each.
const GLOBAL: [(&str, &str); 5] = [
    ("VSPHERE_VCENTER", "VCenterIP"),
    ("VSPHERE_PORT", "port"),
    ("VSPHERE_USER", "user"),
    ("VSPHERE_PASSWORD", "password"),
    ("VSPHERE_DATACENTER", "datacenters"),
];

/// Variables of [Labels], and the key of each.
const LABELS: [(&str, &str); 2] = [("VSPHERE_LABEL_REGION", "region"), ("VSPHERE_LABEL_ZONE", "zone")];

/// What follows `VCENTER_<id>_`, and the key of each.
const OF_ONE: [(&str, &str); 4] = [("USERNAME", "user"), ("PASSWORD", "password"), ("PORT", "port"), ("DATACENTERS", "datacenters")];

/// Reads a boolean as Go does.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl Environment {
    /// The value of a variable that is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether it names a vCenter, so that a file may be missing.
    pub fn names_vcenter(&self) -> bool {
        self.0.keys().any(|name| name == "VSPHERE_VCENTER" || name.starts_with("VSPHERE_VCENTER_"))
    }

    fn found(&self, name: &str) -> Option<Found> {
        self.get(name).map(|value| Found { value: value.to_owned(), from: Origin::Variable(name.to_owned()) })
    }

    /// Adds what the environment says to what the file says.
    pub(super) fn add_to(&self, settings: &mut Settings) {
        for (section, pairs) in [("Global", &GLOBAL[..]), ("Labels", &LABELS[..])] {
            let values = settings.plain.entry(section).or_default();
            values.extend(pairs.iter().filter_map(|(name, key)| Some((*key, self.found(name)?))));
        }
        if let Some(found) = self.insecure("VSPHERE_INSECURE", settings) {
            settings.plain.entry("Global").or_default().insert("insecure-flag", found);
        }
        for (name, host) in &self.0 {
            let Some(id) = name.strip_prefix("VSPHERE_VCENTER_") else { continue };
            let own = |(word, key): &(&str, &'static str)| Some((*key, self.found(&format!("VCENTER_{id}_{word}"))?));
            let mut values: Values = OF_ONE.iter().filter_map(own).collect();
            values.extend(self.insecure(&format!("VCENTER_{id}_INSECURE"), settings).map(|found| ("insecure-flag", found)));
            *settings.named("VirtualCenter", host) = values;
        }
        let of_all = settings.plain.get("Global").and_then(|values| values.get("VCenterIP")).map(|found| found.value.clone());
        if let Some(host) = of_all.filter(|host| !host.is_empty()) {
            settings.named("VirtualCenter", &host);
        }
    }

    fn insecure(&self, name: &str, settings: &mut Settings) -> Option<Found> {
        let Found { value, from } = self.found(name)?;
        let Some(value) = boolean(&value) else {
            settings.notices.push(format!("{name} is neither true nor false, and nothing is done with it"));
            return None;
        };
        Some(Found { value: value.to_string(), from })
    }
}
