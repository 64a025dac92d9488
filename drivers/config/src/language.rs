//! Which language a file is written in. It is decided once, by the first line that says something: a mistake in a YAML
//! file is then told as one, and not as what an INI parser makes of the whole file.

use std::fmt;

/// The language that a file was recognised as, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// YAML.
    Yaml {
        /// The line that says so; absent for a file without any.
        line: Option<usize>,
    },
    /// INI as gcfg reads it.
    Ini {
        /// The line that says so.
        line: usize,
        /// Whether that line is a section's header.
        header: bool,
    },
}

impl Language {
    /// INI, where there is no other.
    pub(crate) const INI: Self = Self::Ini { line: 1, header: true };

    /// Recognises the language of a text.
    pub(crate) fn of(text: &str) -> Self {
        let said = text.lines().map(str::trim).enumerate().find(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let Some((index, line)) = said else { return Self::Yaml { line: None } };
        let at = index + 1;
        if line.starts_with('[') {
            return Self::Ini { line: at, header: true };
        }
        let key = line.trim_start_matches(|character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'));
        if line.starts_with(';') || (key.len() < line.len() && key.trim_start().starts_with('=')) {
            return Self::Ini { line: at, header: false };
        }
        Self::Yaml { line: Some(at) }
    }

    /// Whether it is YAML.
    pub fn is_yaml(self) -> bool {
        matches!(self, Self::Yaml { .. })
    }

    /// Its name.
    pub(crate) fn word(self) -> &'static str {
        if self.is_yaml() { "YAML" } else { "INI" }
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        if self.is_yaml() { Self::INI } else { Self::Yaml { line: None } }
    }

    /// A section as the language writes it: `[VirtualCenter "vc"]`, or the keys `vcenter:` and `vc:`, one below the other.
    pub fn written(self, section: &str, name: Option<&str>) -> String {
        match (self, name) {
            (Self::Yaml { .. }, None) => format!("`{section}:`"),
            (Self::Yaml { .. }, Some(name)) => format!("`{section}:` `{name}:`"),
            (Self::Ini { .. }, None) => format!("[{section}]"),
            (Self::Ini { .. }, Some(name)) => format!("[{section} \"{name}\"]"),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yaml { line: Some(line) } => write!(f, "read as YAML, because line {line} is no [section] and no `key = value`"),
            Self::Yaml { line: None } => f.write_str("read as YAML, because nothing in it is a [section]"),
            Self::Ini { line, header: true } => write!(f, "read as INI, because line {line} is the header of a [section]"),
            Self::Ini { line, header: false } => write!(f, "read as INI, because line {line} is a `key = value` or begins with `;`"),
        }
    }
}
