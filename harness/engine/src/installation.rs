//! The installation of the drivers under test, as their users would make it, and what becomes of it.

use std::sync::Arc;

use seatrial_scenario::Scenario;

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
pub(crate) async fn install(world: &WorldHandle, scenario: &Scenario) -> Result<(), InstallError> {
    let environment = world.environment.as_deref();
    let (csi, ccm) = (environment.and_then(ProcessEnvironment::external_csi), environment.and_then(ProcessEnvironment::external_ccm));
    apply_objects(world, &driver_manifests(scenario, csi.map(Arc::as_ref), ccm.map(Arc::as_ref))).await?;
    if let Some(environment) = environment {
        environment.installed();
        environment.ready(&world.network).await?;
    }
    Ok(())
}
