//! `delete`: an object shall go.

use kube::api::DeleteParams;
use seatrial_scenario::Delete;

use super::{StepFailure, objects};
use crate::world::World;

/// Asks Kubernetes to delete the object; that it is gone is for `wait` to see.
pub(super) async fn delete(world: &World, step: &Delete) -> Result<(), StepFailure> {
    let parameters = if step.force { DeleteParams::default().grace_period(0) } else { DeleteParams::default() };
    objects::named(world, &step.object).delete(&step.object.name, &parameters).await?;
    Ok(())
}
