//! The cloud controller manager: Kubernetes' nodes and vSphere's virtual machines, kept in step.
//!
//! It is given a [`driver_host::Host`] and touches nothing else, so that the same code runs on an operating system and
//! in a world under one virtual clock. Names, configuration, labels and taints are those of the upstream driver.
//!
//! Offered: initialisation of nodes (provider id, addresses, instance type, zones), refresh of addresses, the life cycle
//! of nodes (shutdown taint, deletion on proof), several vCenters and datacenters, YAML and INI configuration, accounts
//! from Secrets, leader election. Not offered: load balancers and routes (NSX-T), supervisors, login by certificate or shared session.

mod addresses;
mod behaviours;
mod config;
mod credentials;
mod election;
mod identity;
mod instance_type;
mod kubernetes;
mod lifecycle;
mod metadata;
mod node;
mod pool;
#[cfg(feature = "os")]
pub mod program;
mod start;
mod timings;
mod vcenter;

/// The account and the role that the program needs in Kubernetes: YAML, several documents.
pub const RBAC: &str = include_str!("../manifests/rbac.yaml");

pub use behaviours::Behaviours;
pub use config::{
    Cidr, Config, ConfigError, ConfigProblem, CredentialSource, Environment, Family, LabelsConfig, Language, NodesConfig, Secret,
    SideConfig, VCenterConfig,
};
pub use election::{Election, ElectionError};
pub use start::{CcmOptions, End, RunningCcm, StartError, run};
pub use timings::Timings;
pub use vcenter::VCenterError;
