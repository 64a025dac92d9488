//! `wait`: until an object is as it should be.

use std::time::Duration;

use kube::api::DynamicObject;
use kube::runtime::wait::{self, await_condition};
use kube::runtime::watcher;
use seatrial_scenario::Wait;

use super::{StepFailure, objects, state};
use crate::world::WorldHandle;

/// After so long a watch that has broken is begun again.
const AGAIN: Duration = Duration::from_secs(1);

/// Watches the object until its state is reached or the time is over.
pub(super) async fn wait(world: &WorldHandle, step: &Wait) -> Result<(), StepFailure> {
    let (api, name, wanted) = (objects::named(world, &step.object), &step.object.name, step.state.value);
    let reached = async {
        loop {
            match await_condition(api.clone(), name, move |object: Option<&DynamicObject>| state::is(wanted, object)).await {
                Ok(_) => return Ok(()),
                Err(error) if is_refused(&error) => return Err(error),
                // The watch has broken, and its server may come back.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    };
    match tokio::time::timeout(step.within, reached).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(StepFailure::Watch { object: step.object.to_string(), source: Box::new(error) }),
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

/// Whether the API server has answered, and says no.
fn is_refused(error: &wait::Error) -> bool {
    let wait::Error::ProbeFailed(error) = error;
    let (watcher::Error::InitialListFailed(error) | watcher::Error::WatchStartFailed(error) | watcher::Error::WatchFailed(error)) = error
    else {
        return false;
    };
    matches!(error, kube::Error::Api(status) if status.code < 500 && status.code != 410)
}
