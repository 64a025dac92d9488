//! `vsphere.conf`: which vCenter, by which account, for which cluster.
//!
//! The file's language is upstream's (INI as gcfg reads it), and so are its sections and keys and the variables that are read
//! beside it, so that a cluster's Secret works here unchanged. What upstream takes is taken; a section or key that there is
//! not is named in the log, with the one that may be meant, because a setting that silently does nothing is found out on the
//! day it was needed. What is of the wrong type is refused with its line.

mod error;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub use driver_config::{Environment, Secret};
pub use error::{ConfigError, ConfigProblem};

/// How a vCenter is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VCenterConfig {
    /// Host name or address: the quoted name of its section, without an IPv6 address's brackets.
    pub host: String,
    /// 443 unless said otherwise.
    pub port: u16,
    /// `u@domain` or `DOMAIN\u`.
    pub user: String,
    /// The account's password.
    pub password: Secret,
    /// How its certificate is judged.
    pub trust: driver_host::Trust,
    /// Names of the datacenters whose datastores may be used; empty means all.
    pub datacenters: Vec<String>,
}

/// A tag category that describes topology, and the topology key that its tags are told by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The category's name in vCenter, `k8s-zone`.
    pub name: String,
    /// The key in topology segments, `topology.kubernetes.io/zone`.
    pub key: String,
}

/// Names of the tag categories that describe topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelsConfig {
    /// `zone` of [Labels].
    pub zone: Option<String>,
    /// `region` of [Labels].
    pub region: Option<String>,
    /// `topology-categories` of [Labels].
    pub topology_categories: Vec<String>,
    /// `label` of [TopologyCategory "…"], by category.
    pub keys: std::collections::BTreeMap<String, String>,
}

impl LabelsConfig {
    /// The categories and the keys that they are told by; none means a world without zones.
    pub fn categories(&self) -> Vec<Category> {
        let standard = [(&self.region, "topology.kubernetes.io/region"), (&self.zone, "topology.kubernetes.io/zone")];
        let standard = standard.into_iter().filter_map(|(name, key)| Some((name.clone()?, key.to_owned())));
        let own = self.topology_categories.iter().map(|name| (name.clone(), format!("topology.csi.vmware.com/{name}")));
        let told = |(name, key): (String, String)| Category { key: self.keys.get(&name).cloned().unwrap_or(key), name };
        standard.chain(own).map(told).collect()
    }
}

/// How many snapshots a block volume may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotLimits {
    /// `global-max-snapshots-per-block-volume`
    pub global: usize,
    /// `granular-max-snapshots-per-block-volume-vsan`, where it is above zero: on vSAN datastores.
    pub vsan: Option<usize>,
    /// `granular-max-snapshots-per-block-volume-vvol`, likewise.
    pub vvol: Option<usize>,
}

impl Default for SnapshotLimits {
    fn default() -> Self {
        Self { global: 3, vsan: None, vvol: None }
    }
}

/// A whole `vsphere.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What CNS knows this cluster by; one is made and kept where there is none. Two clusters with one id destroy each
    /// other's metadata.
    pub cluster_id: Option<String>,
    /// `cluster-distribution`: shown in vCenter beside the volumes.
    pub cluster_distribution: String,
    /// The vCenters, in the order of the file.
    pub vcenters: Vec<VCenterConfig>,
    /// [Labels].
    pub labels: LabelsConfig,
    /// [Snapshot].
    pub snapshots: SnapshotLimits,
    /// What was written and changes nothing, for the log.
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
