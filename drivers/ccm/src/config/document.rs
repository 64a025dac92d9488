//! What both languages say, once their grammar is taken off: values in sections, each with its line.

use super::error::{ConfigError, ConfigProblem, Language};

/// A section of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// As it is written: `Global`, `vcenter`.
    pub section: String,
    /// The quoted name in INI, the key below `vcenter:` in YAML.
    pub name: Option<String>,
    pub line: usize,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub section: String,
    pub name: Option<String>,
    pub key: String,
    pub value: Written,
    pub line: usize,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing: a bare key in INI, `key:` in YAML.
    Nothing,
    One(String),
    /// Several; INI writes them with commas, in one text.
    Several(Vec<String>),
}

/// A file's sections and values, in order.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub file: String,
    pub language: Language,
    pub headers: Vec<Header>,
    pub entries: Vec<Entry>,
}

impl Document {
    /// An error at a line of this file.
    pub(super) fn error(&self, line: Option<usize>, problem: ConfigProblem) -> ConfigError {
        ConfigError { file: self.file.clone(), line, language: Some(self.language), problem: Box::new(problem) }
    }

    /// A section as the file's language writes it.
    pub(super) fn written(&self, section: &str, name: Option<&str>) -> String {
        match (self.language, name) {
            (Language::Yaml { .. }, None) => format!("`{section}:`"),
            (Language::Yaml { .. }, Some(name)) => format!("`{section}:` `{name}:`"),
            (Language::Ini { .. }, None) => format!("[{section}]"),
            (Language::Ini { .. }, Some(name)) => format!("[{section} \"{name}\"]"),
        }
    }
}
