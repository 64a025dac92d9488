//! `delete`: an object shall go.

use std::time::Duration;

use kube::api::DeleteParams;
use kube::runtime::conditions::is_deleted;
use kube::runtime::wait::await_condition;
use seatrial_scenario::{Delete, State};

use super::{StepFailure, objects, state};
use crate::world::WorldHandle;

/// How long kubectl would be let wait by a patient user.
const PATIENCE: Duration = Duration::from_secs(300);

/// Asks Kubernetes to delete the object, and waits until that very object is gone, unless the step says otherwise.
pub(super) async fn delete(world: &WorldHandle, step: &Delete) -> Result<(), StepFailure> {
    let (api, name) = (objects::named(world, &step.object), &step.object.name);
    let parameters = if step.force { DeleteParams::default().grace_period(0) } else { DeleteParams::default() };
    let uid = api.get(name).await?.metadata.uid.unwrap_or_default();
    api.delete(name, &parameters).await?;
    if !step.wait {
        return Ok(());
    }
    match tokio::time::timeout(PATIENCE, await_condition(api.clone(), name, is_deleted(&uid))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(source)) => Err(StepFailure::Watch { object: step.object.to_string(), source }),
        Err(_) => {
            let (within, now) = (seatrial_scenario::in_words(PATIENCE), api.get_opt(name).await?);
            let held = state::instead_of(State::Gone, now.as_ref());
            let used = state::users_of(&world.view(), &step.object).unwrap_or_default();
            Err(StepFailure::new(format!("{} is still there after {within}: {held}{used}", step.object)))
        }
    }
}
