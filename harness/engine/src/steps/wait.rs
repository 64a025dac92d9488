//! `wait`: until an object is as it should be.

use kube::api::DynamicObject;
use kube::runtime::wait::await_condition;
use seatrial_scenario::Wait;

use super::{StepFailure, objects, state};
use crate::world::WorldHandle;

/// Watches the object until its state is reached or the time is over.
pub(super) async fn wait(world: &WorldHandle, step: &Wait) -> Result<(), StepFailure> {
    let (api, name, wanted) = (objects::named(world, &step.object), &step.object.name, step.state.value);
    let reached = await_condition(api.clone(), name, move |object: Option<&DynamicObject>| state::is(wanted, object));
    match tokio::time::timeout(step.within, reached).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(source)) => Err(StepFailure::Watch { object: step.object.to_string(), source }),
        Err(_) => {
            let now = api.get_opt(name).await?;
            Err(StepFailure::new(format!(
                "{} is not {} after {}: {}",
                step.object,
                wanted.word(),
                seatrial_scenario::in_words(step.within),
                state::instead_of(wanted, now.as_ref())
            )))
        }
    }
}
