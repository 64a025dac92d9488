//! What can be wrong with a configuration file, told with file, line, language, key and remedy.

use std::error::Error;

use crate::gcfg::IniProblem;
use crate::language::Language;

/// A configuration that cannot be used. `P` is what its driver finds wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{file}{}: {problem}{}{}",
    line.map(|line| format!(":{line}")).unwrap_or_default(),
    language.map(|language| format!(" ({language})")).unwrap_or_default(),
    notices.iter().map(|notice| format!("; {notice}")).collect::<String>()
)]
pub struct ConfigError<P: Error> {
    /// The file.
    pub file: String,
    /// The line, from 1; absent when something is missing altogether.
    pub line: Option<usize>,
    /// What the file was read as, where it could be either and once that is known.
    pub language: Option<Language>,
    /// What is wrong there.
    pub problem: Box<P>,
    /// What in the file changes nothing: it may be what was meant.
    pub notices: Vec<String>,
}

impl ConfigError<FileProblem> {
    /// The same among what is wrong with a driver's configuration.
    pub fn of<P: Error + From<FileProblem>>(self) -> ConfigError<P> {
        let Self { file, line, language, problem, notices } = self;
        ConfigError { file, line, language, problem: Box::new((*problem).into()), notices }
    }
}

/// What is wrong, and what to do about it. A value is never repeated: it may be a password in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
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
    /// A key of YAML that is there twice.
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
        /// The key, or the variable of the environment.
        key: String,
        /// What is expected.
        expected: String,
    },
}
