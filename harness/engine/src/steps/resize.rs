//! `resize`: a claim shall have another size.

use kube::api::{Api, DynamicObject, ListParams, Patch, PatchParams};
use seatrial_scenario::{ObjectKind, ObjectName, Resize};
use serde_json::{Value, json};

use super::{StepFailure, objects};
use crate::world::WorldHandle;

/// Asks for the size, as `kubectl patch` would; of a StatefulSet, for that of each claim that its pods have.
pub(super) async fn resize(world: &WorldHandle, step: &Resize) -> Result<(), StepFailure> {
    let claims = match step.object.kind {
        ObjectKind::StatefulSet => claims_of_set(world, &step.object).await?,
        _ => vec![step.object.name.clone()],
    };
    if claims.is_empty() {
        return Err(StepFailure::new(format!("{} has no claims", step.object)));
    }
    let named = ObjectName { kind: ObjectKind::PersistentVolumeClaim, ..step.object.value.clone() };
    let api = objects::named(world, &named);
    let patch = Patch::Merge(json!({"spec": {"resources": {"requests": {"storage": step.size.text}}}}));
    for claim in claims {
        let answer = api.patch(&claim, &PatchParams::default(), &patch).await;
        match (answer, &step.refused) {
            (answer, None) => drop(answer?),
            (Ok(_), Some(_)) => return Err(StepFailure::new(format!("the API server takes {} for the size of claim {claim}", step.size))),
            (Err(error), Some(words)) if !error.to_string().contains(words.as_str()) => {
                return Err(StepFailure::new(format!("{error} is what the API server says of claim {claim}, without {:?}", words.value)));
            }
            (Err(_), Some(_)) => {}
        }
    }
    Ok(())
}

/// The claims that a set's templates have made, in the order of their names.
async fn claims_of_set(world: &WorldHandle, set: &ObjectName) -> Result<Vec<String>, StepFailure> {
    let templates: Vec<String> = {
        let found = objects::named(world, set).get(&set.name).await?;
        let templates = found.data.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array).cloned().unwrap_or_default();
        let name = |template: &Value| template.pointer("/metadata/name").and_then(Value::as_str).map(str::to_owned);
        templates.iter().filter_map(name).collect()
    };
    let named = ObjectName { kind: ObjectKind::PersistentVolumeClaim, ..set.clone() };
    let claims: Api<DynamicObject> = objects::named(world, &named);
    let found = claims.list(&ListParams::default()).await?.items.into_iter().filter_map(|claim| claim.metadata.name);
    let of_set = |claim: &String| {
        templates.iter().any(|template| {
            let ordinal = claim.strip_prefix(&format!("{template}-{}-", set.name));
            ordinal.is_some_and(|ordinal| ordinal.parse::<u32>().is_ok())
        })
    };
    Ok(found.filter(of_set).collect())
}
