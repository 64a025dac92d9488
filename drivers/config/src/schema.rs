//! Which sections and keys there are, by their names in either language, and what type each has.

use crate::document::Written;
use crate::gcfg;
use crate::language::Language;

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// Any text; a blank one is as none.
    Text,
    /// A text that is kept as it was written, if there is nothing in it but blanks.
    Secret,
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// 1 to 65535.
    Port,
    /// Texts; with commas between where they are written as one.
    List,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What its driver calls it: its name in YAML, where there is YAML.
    pub name: &'static str,
    /// Its name in INI.
    pub ini: &'static str,
    /// What its value must be.
    pub kind: SettingKind,
}

impl Key {
    /// A key that has one name.
    pub const fn new(name: &'static str, kind: SettingKind) -> Self {
        Self { name, ini: name, kind }
    }

    /// A key whose names differ.
    pub const fn named(name: &'static str, ini: &'static str, kind: SettingKind) -> Self {
        Self { name, ini, kind }
    }

    /// Its name in a language.
    pub fn name(&self, language: Language) -> &'static str {
        if language.is_yaml() { self.name } else { self.ini }
    }
}

/// A section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// What its driver calls it: its name in YAML, where there is YAML.
    pub name: &'static str,
    /// Its name in INI.
    pub ini: &'static str,
    /// Whether it has names: `[VirtualCenter "…"]`, or `vcenter:` and a key below.
    pub named: bool,
    /// Its keys, in groups that sections share. `None`: known, and none of the driver's business.
    pub keys: Option<&'static [&'static [Key]]>,
}

impl Section {
    /// Its name in a language.
    pub fn name(&self, language: Language) -> &'static str {
        if language.is_yaml() { self.name } else { self.ini }
    }

    /// Its keys; none where they are none of the driver's business.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.unwrap_or_default().iter().copied().flatten()
    }

    /// The key that has this name in this language.
    pub(crate) fn key(&self, name: &str, language: Language) -> Option<&'static Key> {
        self.keys().find(|key| is(name, key.name(language), language))
    }
}

/// All that a driver's configuration may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The sections.
    pub sections: &'static [Section],
    /// Whether a file may be YAML; otherwise it is INI, whatever stands in it.
    pub yaml: bool,
}

impl Schema {
    /// The section that has this name in this language.
    pub(crate) fn section(&self, name: &str, language: Language) -> Option<&'static Section> {
        self.sections.iter().find(|section| is(name, section.name(language), language))
    }

    /// The section that its driver calls so.
    pub(crate) fn section_called(&self, name: &str) -> Option<&'static Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The key that the drivers call so, in whatever section.
    pub(crate) fn key_called(&self, name: &str) -> Option<&'static Key> {
        self.sections.iter().flat_map(Section::keys).find(|key| key.name == name)
    }
}

/// YAML's keys are exact, those of INI ignore case, as their parsers have it.
fn is(written: &str, name: &str, language: Language) -> bool {
    if language.is_yaml() { written == name } else { written.eq_ignore_ascii_case(name) }
}

/// What stands between the commas of a text.
pub fn comma_separated(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl SettingKind {
    /// The value in its plainest form, no text where it is empty, or what it must be.
    pub(crate) fn plain(self, value: &Written, language: Language) -> Result<Vec<String>, &'static str> {
        match (value, self) {
            // A bare key of INI is only something where it means true.
            (Written::Nothing, Self::Bool) if !language.is_yaml() => Ok(vec!["true".to_owned()]),
            (Written::Nothing, _) if !language.is_yaml() => Err("given: write `key = value`"),
            (Written::Nothing, _) => Ok(Vec::new()),
            (Written::One(text), Self::List) => Ok(comma_separated(text)),
            (Written::One(text), Self::Text | Self::Port) if text.trim().is_empty() => Ok(Vec::new()),
            (Written::One(text), Self::Secret) if text.is_empty() => Ok(Vec::new()),
            (Written::One(text), _) => self.one(text, language).map(|text| vec![text]),
            (Written::Several(texts), Self::List) => Ok(texts.iter().filter(|text| !text.trim().is_empty()).cloned().collect()),
            (Written::Several(_), _) => Err("a single value, not a list"),
        }
    }

    fn one(self, text: &str, language: Language) -> Result<String, &'static str> {
        match self {
            Self::Text | Self::Secret | Self::List => Ok(text.to_owned()),
            Self::Bool => boolean(text, language).map(|value| value.to_string()).ok_or("true or false"),
            Self::Integer => gcfg::integer(text).map(|value| value.to_string()).ok_or("a whole number"),
            Self::Port => match text.parse::<u16>() {
                Ok(port) if port > 0 => Ok(port.to_string()),
                _ => Err("a port, 1 to 65535"),
            },
        }
    }
}

/// A boolean as gcfg reads it. Those of YAML 1.1, which upstream's parser reads, are among its words but for two.
fn boolean(text: &str, language: Language) -> Option<bool> {
    match text {
        "y" | "Y" if language.is_yaml() => Some(true),
        "n" | "N" if language.is_yaml() => Some(false),
        _ => gcfg::boolean(text),
    }
}
