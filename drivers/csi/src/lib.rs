//! The CSI driver for block volumes on vSphere: identity, controller and node services.
//!
//! It is given a [`driver_host::Host`] and touches nothing else, so that the same code runs on an operating system and
//! in a world under one virtual clock. Names, configuration and records are those of the upstream driver.
//!
//! Offered so far: create, delete, attach, detach, stage, publish, statistics, for blank block volumes of one vCenter.
//! Not offered so far: storage policies, topology, snapshots, expansion, file volumes, several vCenters, the syncer.

mod apart;
mod behaviours;
mod config;
mod controller;
mod identity;
mod locks;
mod node;
mod operations;
mod start;
mod status;
mod vcenter;

pub use behaviours::Behaviours;
pub use config::{Config, ConfigError, ConfigProblem, LabelsConfig, Secret, VcenterConfig};
pub use identity::DRIVER_NAME;
pub use operations::DefinitionError;
pub use start::{ControllerOptions, NodeOptions, RunningController, StartError, run_controller, run_node, start_controller};
pub use vcenter::{Refusal, VcenterError};
