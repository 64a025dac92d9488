//! `scale`: a set shall have so many members.

use kube::api::{Patch, PatchParams};
use seatrial_scenario::ObjectName;
use serde_json::json;

use super::{StepFailure, objects};
use crate::world::WorldHandle;

/// Sets the number of replicas through the scale subresource, as `kubectl scale` does.
pub(super) async fn scale(world: &WorldHandle, object: &ObjectName, replicas: u32) -> Result<(), StepFailure> {
    let patch = Patch::Merge(json!({ "spec": { "replicas": replicas } }));
    objects::named(world, object).patch_scale(&object.name, &PatchParams::default(), &patch).await?;
    Ok(())
}
