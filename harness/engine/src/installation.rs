//! The installation of the drivers under test, as their users would make it, and what becomes of it.

use std::sync::Arc;

use seatrial_kubernetes::snapshot_api;

use crate::run::RunSpec;
use crate::steps::{StepFailure, Unsettled, apply_objects};
use crate::world::processes::{NotReady, ProcessEnvironment};
use crate::world::{WorldHandle, driver_manifests};

/// Why the drivers could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// An object of the installation was refused.
    #[error(transparent)]
    Apply(#[from] StepFailure),
    /// A driver's program does not serve.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// What was installed does not come to rest.
    #[error(transparent)]
    Unsettled(#[from] Unsettled),
}

/// Applies what the drivers' installation consists of; programs are started after that, as their users would.
///
/// # Errors
/// What could not be applied, or which driver did not become ready.
pub(crate) async fn install(world: &WorldHandle, spec: &RunSpec) -> Result<(), InstallError> {
    let environment = world.environment.as_deref();
    let (csi, ccm) = (environment.and_then(ProcessEnvironment::external_csi), environment.and_then(ProcessEnvironment::external_ccm));
    if spec.uses_snapshots() && spec.mode.installs_snapshot_api() {
        apply_objects(world, snapshot_api::definitions()).await?;
    }
    apply_objects(world, &driver_manifests(&spec.scenario, csi.map(Arc::as_ref), ccm.map(Arc::as_ref))).await?;
    if let Some(environment) = environment {
        environment.installed();
        environment.ready(&world.network).await?;
    }
    Ok(())
}
