//! `patch`: an object is changed by a merge patch.

use kube::api::{Patch as Change, PatchParams};
use seatrial_scenario::Patch;

use super::{StepFailure, objects};
use crate::world::WorldHandle;

/// Sends the patch, as `kubectl patch --type merge` does.
pub(super) async fn patch(world: &WorldHandle, step: &Patch) -> Result<(), StepFailure> {
    objects::named(world, &step.object).patch(&step.object.name, &PatchParams::default(), &Change::Merge(&step.patch)).await?;
    Ok(())
}
