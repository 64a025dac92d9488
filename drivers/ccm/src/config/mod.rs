//! The cloud configuration: which vCenters, by which accounts, which tags are zones, which addresses are whose.
//!
//! Two languages, both upstream's: YAML and INI. The first line that says something decides which one a file is in, and
//! every error names the language and why. What is misspelt or of the wrong type is refused with its line instead of
//! being ignored: a setting that silently does nothing is found out on the day it was needed.

mod cidr;
mod document;
mod error;
mod ini;
mod language;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod yaml;

use std::fmt;

pub use cidr::Cidr;
pub use error::{ConfigError, ConfigProblem, Language};

/// A text that must not appear in any log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret, for the one call that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where the account of a vCenter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// From the file itself.
    File {
        /// The account.
        user: String,
        /// Its password.
        password: Secret,
    },
    /// From a Kubernetes Secret, by the keys `<server>.username` and `<server>.password`.
    Secret {
        /// The Secret's namespace; the controller's own unless it is said.
        namespace: Option<String>,
        /// The Secret's name.
        name: String,
    },
    /// From files `<server>.username` and `<server>.password` in a directory.
    Directory(String),
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `ipv4`
    V4,
    /// `ipv6`
    V6,
}

/// How a vCenter is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VCenterConfig {
    /// What the file calls it.
    pub name: String,
    /// Host name or address.
    pub server: String,
    /// 443 unless said otherwise.
    pub port: u16,
    /// How its certificate is judged.
    pub trust: driver_host::Trust,
    /// Names or paths of the datacenters that are searched; empty means all.
    pub datacenters: Vec<String>,
    /// The families of which nodes get addresses, in this order.
    pub families: Vec<Family>,
    /// The account.
    pub credentials: CredentialSource,
}

/// Names of the tag categories whose tags are zones and regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelsConfig {
    /// `labels.zone`
    pub zone: Option<String>,
    /// `labels.region`
    pub region: Option<String>,
}

/// Which of a machine's addresses is internal and which external.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodesConfig {
    /// Of one side each: internal, external.
    pub internal: SideConfig,
    /// The other side.
    pub external: SideConfig,
}

/// What tells the addresses of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideConfig {
    /// Addresses in these ranges come first.
    pub subnets: Vec<Cidr>,
    /// Then addresses of adapters on this network.
    pub network: Option<String>,
    /// Addresses in these ranges never.
    pub excluded: Vec<Cidr>,
}

/// A whole cloud configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The language that it is written in, and by what it was recognised.
    pub language: Language,
    /// The vCenters, in the order of the file.
    pub vcenters: Vec<VCenterConfig>,
    /// Zones.
    pub labels: LabelsConfig,
    /// Addresses.
    pub nodes: NodesConfig,
    /// What is in the file and changes nothing, for the log.
    pub notices: Vec<String>,
}

impl Config {
    /// Reads a file's bytes; `file` is for errors.
    ///
    /// # Errors
    /// [`ConfigError`] with the line and what to do about it.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, ConfigError> {
        let problem = || Box::new(ConfigProblem::NotText);
        let not_text = |_| ConfigError { file: file.to_owned(), line: None, language: None, problem: problem() };
        let text = std::str::from_utf8(bytes).map_err(not_text)?.trim_start_matches('\u{feff}');
        let language = language::recognise(text);
        let document = match language {
            Language::Yaml { .. } => yaml::parse(file, text, language)?,
            Language::Ini { .. } => ini::parse(file, text, language)?,
        };
        read::read(&document)
    }
}
