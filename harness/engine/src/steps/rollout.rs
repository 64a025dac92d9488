//! A driver's pod that is replaced: its containers are asked to end, and start anew.
//!
//! One that ends is started again by the supervisor, as a container of the pod that takes its place; where the step names another driver, as
//! that one's. What is asked is what the pod is made of: the driver, and for CSI its sidecars. Not modelled: two pods beside each other (`maxSurge`), and a grace period that is too short.

use std::collections::BTreeSet;
use std::time::Duration;

use seatrial_scenario::{DriverName, Rollout};

use super::{StepFailure, apply_objects};
use crate::world::{CCM, CONTROLLER, WorldHandle};

/// From the end of a sidecar of ours until the new pod's starts.
const RESTART: Duration = Duration::from_secs(5);

/// The sidecars of a CSI controller's pod, where they are ours.
const SIDECARS: [&str; 4] = ["csi-provisioner", "csi-attacher", "csi-resizer", "csi-snapshotter"];

/// Replaces it. Another driver is installed before, as its users would.
pub(super) async fn rollout(world: &WorldHandle, step: &Rollout) -> Result<(), StepFailure> {
    let driver = step.driver.value;
    let mut exchanged = BTreeSet::new();
    if let Some(to) = &step.to {
        apply_objects(world, &world.installation_of(driver, to)).await?;
        exchanged = world.succeed(driver, to)?;
    }
    world.configurations.add_variables(driver, &step.environment);
    let asked = match &world.environment {
        Some(environment) => environment.ask(&world.network, |process| is_of(driver, process) || exchanged.contains(process)),
        None => {
            world.configurations.ask_to_end(driver);
            Vec::new()
        }
    };
    if driver == DriverName::Csi {
        let is_sidecar = |process: &String| SIDECARS.iter().any(|name| process.starts_with(name)) && !asked.contains(process);
        for name in world.network.names().into_iter().filter(is_sidecar) {
            world.supervisor.kill(&name, Some(RESTART));
        }
    }
    Ok(())
}

/// Whether a child belongs to a driver's pod. Whoever else is a child has a name that nobody else has.
fn is_of(driver: DriverName, process: &str) -> bool {
    match driver {
        DriverName::Ccm => process == CCM || process.starts_with("ccm-"),
        DriverName::Csi => process == CONTROLLER || (process.starts_with("csi-") && !process.starts_with("csi-node/")),
    }
}
