//! `apply`: objects come to be as their manifest says.

use kube::api::{DynamicObject, Patch, PatchParams, PostParams};
use serde_json::Value;

use super::{StepFailure, objects};
use crate::world::WorldHandle;

/// Creates each object, or merges the manifest into the one that is there.
pub(crate) async fn apply_objects(world: &WorldHandle, manifest: &[Value]) -> Result<(), StepFailure> {
    for object in manifest {
        apply(world, object).await?;
    }
    Ok(())
}

async fn apply(world: &WorldHandle, object: &Value) -> Result<(), StepFailure> {
    let api = objects::of_manifest(world, object).await?;
    let wanted: DynamicObject = serde_json::from_value(object.clone()).map_err(StepFailure::Manifest)?;
    match api.create(&PostParams::default(), &wanted).await {
        Err(kube::Error::Api(status)) if status.reason == "AlreadyExists" => {
            let name = wanted.metadata.name.as_deref().unwrap_or_default();
            api.patch(name, &PatchParams::default(), &Patch::Merge(object)).await?;
            Ok(())
        }
        other => Ok(other.map(drop)?),
    }
}
