//! The CSI driver for block volumes on vSphere: identity, controller and node services.
//!
//! It is given a [`driver_host::Host`] and touches nothing else, so that the same code runs on an operating system and
//! in a world under one virtual clock. Names, configuration and records are those of the upstream driver.
//!
//! Offered so far: create, delete, attach, detach, stage, publish, statistics, for blank block volumes; several vCenters,
//! topology, storage policies, encryption and the change of a volume's key provider. Not offered so far: snapshots, expansion, file volumes, the syncer.

mod behaviours;
mod cluster_id;
mod config;
mod controller;
mod detached;
mod identity;
mod locks;
mod names;
mod node;
mod nodes;
mod operations;
mod options;
mod pool;
#[cfg(feature = "os")]
pub mod program;
mod start;
mod status;
mod topology;
mod vcenter;

/// The accounts and roles that the driver's programs need in Kubernetes: YAML, several documents.
pub const RBAC: &str = include_str!("../manifests/rbac.yaml");

pub use behaviours::Behaviours;
pub use cluster_id::ClusterIdError;
pub use config::{Category, Config, ConfigError, ConfigProblem, Environment, LabelsConfig, Secret, VCenterConfig};
pub use kubernetes_client::DefinitionError;
pub use names::DRIVER_NAME;
pub use options::{ControllerOptions, NodeOptions};
pub use start::{RunningController, StartError, run_controller, run_node, start_controller};
pub use vcenter::{Refusal, VCenterError};
