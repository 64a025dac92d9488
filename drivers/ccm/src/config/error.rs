//! What can be wrong with a cloud configuration, told with file, line, language, key and remedy.

use driver_config::FileProblem;
use driver_host::NotAHost;

/// A configuration that cannot be used.
pub type ConfigError = driver_config::ConfigError<ConfigProblem>;

/// What is wrong, and what to do about it. A value is never repeated: it may be a password in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// The file says nothing that can be understood.
    #[error(transparent)]
    File(#[from] FileProblem),
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
    /// A vCenter without a name.
    #[error("section {section} {rule}")]
    Unnamed {
        /// The section, as its language writes it.
        section: String,
        /// What it needs.
        rule: &'static str,
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
