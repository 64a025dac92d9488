//! `delete`: an object shall go.

use kube::api::DeleteParams;
use seatrial_scenario::ObjectName;

use super::{StepFailure, objects};
use crate::world::World;

/// Asks Kubernetes to delete the object; that it is gone is for `wait` to see.
pub(super) async fn delete(world: &World, object: &ObjectName) -> Result<(), StepFailure> {
    objects::named(world, object).delete(&object.name, &DeleteParams::default()).await?;
    Ok(())
}
