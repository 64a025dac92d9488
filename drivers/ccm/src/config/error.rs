//! What can be wrong with a cloud configuration, told with file, line, language, key and remedy.

use std::fmt;

use driver_host::NotAHost;
use driver_host::gcfg::IniProblem;

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
    /// Its name.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Yaml { .. } => "YAML",
            Self::Ini { .. } => "INI",
        }
    }

    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Yaml { .. } => Self::Ini { line: 1, header: true },
            Self::Ini { .. } => Self::Yaml { line: None },
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

/// A configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}{}", line.map(|line| format!(":{line}")).unwrap_or_default(), language.map(|language| format!(" ({language})")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// The line, from 1; absent when something is missing altogether.
    pub line: Option<usize>,
    /// What the file was read as, once that is known.
    pub language: Option<Language>,
    /// What is wrong there.
    pub problem: Box<ConfigProblem>,
}

/// What is wrong, and what to do about it. A value is never repeated: it may be a password in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// The bytes are no text.
    #[error("the file is not UTF-8; save it as UTF-8")]
    NotText,
    /// The text is not YAML.
    #[error("this is not YAML: {reason}; check indentation, quotes and brackets at and before this place")]
    NotYaml {
        /// What the parser says.
        reason: String,
    },
    /// YAML of a shape that has no place here.
    #[error("{what}; {remedy}")]
    Shape {
        /// What is there.
        what: String,
        /// What to write instead.
        remedy: &'static str,
    },
    /// The text is no INI.
    #[error(transparent)]
    Ini(#[from] IniProblem),
    /// A server that is no host.
    #[error("the server {server:?} of {section} cannot be reached by this name: {reason}")]
    Host {
        /// The section, as its language writes it.
        section: String,
        /// What is written.
        server: String,
        /// Why it names no host.
        reason: NotAHost,
    },
    /// A section or key by its name in the other language.
    #[error("`{written}` is the name in {other}; in {here} write `{meant}`")]
    OtherLanguage {
        /// What is written.
        written: String,
        /// The language that it is a name in.
        other: &'static str,
        /// The language of the file.
        here: &'static str,
        /// Its name there.
        meant: &'static str,
    },
    /// A section that does not exist.
    #[error("there is no section {section}; known are {known}{}", suggest(suggestion.as_deref()))]
    UnknownSection {
        /// The section, as its language writes it.
        section: String,
        /// All that exist.
        known: String,
        /// The closest one.
        suggestion: Option<String>,
    },
    /// A section that takes a name and has none, or the other way round.
    #[error("section {section} {rule}")]
    Subsection {
        /// The section, as its language writes it.
        section: String,
        /// What it takes.
        rule: &'static str,
    },
    /// A key that does not exist in its section.
    #[error("there is no key `{key}` in {section}; remove it{}", suggest(suggestion.as_deref()))]
    UnknownKey {
        /// The section, as its language writes it.
        section: String,
        /// The key.
        key: String,
        /// The closest one.
        suggestion: Option<String>,
    },
    /// A key that is there twice.
    #[error("`{key}` is there twice in {section}; keep one of the two")]
    Twice {
        /// The section, as its language writes it.
        section: String,
        /// The key.
        key: String,
    },
    /// A value of the wrong type or form.
    #[error("the value of `{key}` must be {expected}")]
    Value {
        /// The key.
        key: String,
        /// What is expected.
        expected: String,
    },
    /// Something that must be there.
    #[error("`{key}` is missing in {section}; {remedy}")]
    Missing {
        /// The section, as its language writes it.
        section: String,
        /// The key.
        key: String,
        /// What to add.
        remedy: String,
    },
    /// No vCenter.
    #[error("there is no vCenter; add {example}")]
    NoVCenter {
        /// How one looks.
        example: &'static str,
    },
    /// One vCenter under two names.
    #[error("{server} is configured twice, as {first} and as {second}; a machine there would be found twice: keep one")]
    SameVCenter {
        /// The server.
        server: String,
        /// Its first name.
        first: String,
        /// Its second name.
        second: String,
    },
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!(", or did you mean `{name}`?")).unwrap_or_default()
}
