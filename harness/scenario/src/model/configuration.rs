//! What drivers are told: what their configuration files say beside what the world gives, and variables of their environment.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Content, Node, Problems};

/// A driver under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriverName {
    /// `csi`
    Csi,
    /// `ccm`
    Ccm,
}

impl DriverName {
    pub(crate) const ALL: [Self; 2] = [Self::Csi, Self::Ccm];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csi => "csi",
            Self::Ccm => "ccm",
        }
    }
}

impl fmt::Display for DriverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a driver's configuration file says otherwise than the world gives it, as a merge patch has it: sections and keys are
/// merged, `null` takes one away.
///
/// ```yaml
/// {Snapshot: {global-max-snapshots-per-block-volume: 1}, VirtualCenter/vc-b: null, VirtualCenter/vc-a: {datacenters: [dc-1, dc-2]}}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The sections, in the order of the file.
    pub sections: Vec<SectionChange>,
}

/// What is said of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionChange {
    /// Its name, `Global`, or with a name of its own, `VirtualCenter/vc-a`.
    pub section: Spanned<String>,
    /// The keys that are said; without them, the section goes.
    pub keys: Option<Vec<SettingChange>>,
}

/// What is said of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// The key.
    pub key: Spanned<String>,
    /// What it says; without it, the key goes.
    pub value: Option<KeyValue>,
}

/// What a key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValue {
    /// One value.
    One(String),
    /// A list.
    Several(Vec<String>),
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = |change: &SectionChange| match &change.keys {
            None => format!("without {}", change.section),
            Some(keys) if keys.is_empty() => change.section.value.clone(),
            // No values: one may be a password.
            Some(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| key.key.value.as_str()).collect();
                format!("{} ({})", change.section, keys.join(", "))
            }
        };
        f.write_str(&self.sections.iter().map(section).collect::<Vec<_>>().join(", "))
    }
}

/// A variable of a driver's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value.
    pub value: Spanned<String>,
}

/// The same for each driver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfDrivers<T> {
    /// Of the CSI driver.
    pub csi: T,
    /// Of the cloud controller manager.
    pub ccm: T,
}

impl<T> OfDrivers<T> {
    /// That of one driver.
    pub fn of(&self, driver: DriverName) -> &T {
        match driver {
            DriverName::Csi => &self.csi,
            DriverName::Ccm => &self.ccm,
        }
    }

    /// That of one driver, to be changed.
    pub fn of_mut(&mut self, driver: DriverName) -> &mut T {
        match driver {
            DriverName::Csi => &mut self.csi,
            DriverName::Ccm => &mut self.ccm,
        }
    }
}

pub(crate) const EXAMPLE: &str = "{csi: {Snapshot: {global-max-snapshots-per-block-volume: 1}}}";
pub(crate) const ENVIRONMENT_EXAMPLE: &str = "{csi: {VSPHERE_USER: \"${user}\"}}";

/// What stands in values for what only the world knows.
pub(crate) const PLACEHOLDERS: [&str; 2] = ["${user}", "${password}"];

/// Reads `{csi: …, ccm: …}`.
pub(crate) fn of_drivers<T: Default>(
    node: &Node,
    what: &str,
    example: &str,
    problems: &mut Problems,
    decode: impl Fn(&Node, &mut Problems) -> Option<T>,
) -> Option<OfDrivers<T>> {
    let entries = node.map(what, example, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, format!("{what} is an empty map"), format!("write it like this: {example}"));
    }
    let (mut read, mut whole) = (OfDrivers::default(), true);
    for (name, value) in entries {
        match driver(name, problems).and_then(|driver| Some((driver, decode(value, problems)?))) {
            Some((driver, decoded)) => *read.of_mut(driver) = decoded,
            None => whole = false,
        }
    }
    whole.then_some(read)
}

/// Reads a driver's name.
pub(crate) fn driver(name: &Spanned<String>, problems: &mut Problems) -> Option<DriverName> {
    match DriverName::ALL.into_iter().find(|driver| driver.word() == name.value) {
        Some(driver) => Some(driver),
        None => problems.unknown(name, "driver", "drivers", DriverName::ALL.map(DriverName::word)),
    }
}

/// Reads the sections of a configuration, at least one.
pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Configuration> {
    let entries = node.map("a configuration", EXAMPLE, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "a configuration that says nothing", format!("write it like this: {EXAMPLE}"));
    }
    let read: Vec<Option<SectionChange>> = entries.iter().map(|(name, value)| section(name, value, problems)).collect();
    Some(Configuration { sections: read.into_iter().collect::<Option<_>>()? })
}

fn section(name: &Spanned<String>, value: &Node, problems: &mut Problems) -> Option<SectionChange> {
    let (section, of) = name.split_once('/').map_or((name.as_str(), None), |(section, of)| (section, Some(of)));
    let fits = |text: &str| !text.is_empty() && !text.contains(['"', '\\', '[', ']', '\n']);
    if !fits(section) || of.is_some_and(|of| !fits(of)) {
        let help = "a section is a word, and a name behind a slash where there are several: `Global`, `VirtualCenter/vc-a`";
        return problems.at(name.span, format!("`{}` cannot be a section", name.value), help);
    }
    if value.content == Content::Nothing {
        return Some(SectionChange { section: name.clone(), keys: None });
    }
    let entries = value.map(&format!("section {name}"), EXAMPLE, problems)?;
    let keys: Vec<Option<SettingChange>> = entries.iter().map(|(name, value)| key(name, value, problems)).collect();
    Some(SectionChange { section: name.clone(), keys: Some(keys.into_iter().collect::<Option<_>>()?) })
}

fn key(name: &Spanned<String>, value: &Node, problems: &mut Problems) -> Option<SettingChange> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || !name.chars().all(fits) {
        return problems.at(name.span, format!("`{}` cannot be a key", name.value), "keys are letters, digits and `-`: `query-limit`");
    }
    let value = match &value.content {
        Content::Nothing => None,
        Content::List(members) => {
            let read: Vec<Option<String>> = members.iter().map(|member| one_value(name, member, problems)).collect();
            Some(KeyValue::Several(read.into_iter().collect::<Option<_>>()?))
        }
        _ => Some(KeyValue::One(one_value(name, value, problems)?)),
    };
    Some(SettingChange { key: name.clone(), value })
}

fn one_value(key: &Spanned<String>, node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.text(&format!("the value of {key}"), "100", problems)?;
    if text.contains('\n') {
        return problems.at(text.span, format!("the value of {key} has more than one line"), "write it in one");
    }
    placed(&text, problems)?;
    Some(text.value)
}

/// Refuses placeholders that stand for nothing.
fn placed(text: &Spanned<String>, problems: &mut Problems) -> Option<()> {
    let rest = PLACEHOLDERS.iter().fold(text.value.clone(), |rest, known| rest.replace(known, ""));
    if rest.contains("${") {
        let help = format!("what the world knows is {}", PLACEHOLDERS.join(" and "));
        return problems.at(text.span, format!("`{}` stands for nothing", text.value), help);
    }
    Some(())
}

/// Reads the variables of an environment, at least one.
pub(crate) fn variables(node: &Node, problems: &mut Problems) -> Option<Vec<Variable>> {
    let entries = node.map("an environment", ENVIRONMENT_EXAMPLE, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "an environment without variables", format!("write it like this: {ENVIRONMENT_EXAMPLE}"));
    }
    let read: Vec<Option<Variable>> = entries.iter().map(|(name, value)| variable(name, value, problems)).collect();
    read.into_iter().collect()
}

fn variable(name: &Spanned<String>, value: &Node, problems: &mut Problems) -> Option<Variable> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || !name.chars().all(fits) {
        let help = "variables are letters, digits and `_`: `VSPHERE_USER`";
        return problems.at(name.span, format!("`{}` cannot be a variable", name.value), help);
    }
    let value = value.text(&format!("the value of {name}"), "\"100\"", problems)?;
    placed(&value, problems)?;
    Some(Variable { name: name.clone(), value })
}
