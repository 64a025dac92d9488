//! The cloud configuration: which vCenters, by which accounts, which tags are zones, which addresses are whose.
//!
//! Two languages, both upstream's: YAML and INI, and its variables of the environment beside them. The first line that says
//! something decides which language a file is in, and every error names it and why. What upstream passes over is passed over
//! and named in the log; what is of the wrong type is refused with its line.

mod cidr;
mod error;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub use cidr::Cidr;
pub use driver_config::{Environment, Language, Secret};
pub use error::{ConfigError, ConfigProblem};

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
    /// Reads a file's bytes, and what the environment says besides; `file` is for errors.
    ///
    /// # Errors
    /// [`ConfigError`] with the line and what to do about it.
    pub fn parse(file: &str, bytes: &[u8], environment: &Environment) -> Result<Self, ConfigError> {
        read::read(file, bytes, environment)
    }
}
