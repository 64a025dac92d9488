//! `wait`: until an object is as it should be.

use kube::api::DynamicObject;
use kube::runtime::wait::await_condition;
use seatrial_scenario::{State, Wait};
use serde_json::Value;

use super::{StepFailure, objects};
use crate::world::WorldHandle;

/// Watches the object until its state is reached or the time is over.
pub(super) async fn wait(world: &WorldHandle, step: &Wait) -> Result<(), StepFailure> {
    let (api, name, state) = (objects::named(world, &step.object), &step.object.name, step.state.value);
    let reached = await_condition(api.clone(), name, move |object: Option<&DynamicObject>| is(state, object));
    match tokio::time::timeout(step.within, reached).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(StepFailure::new(format!("watching {} failed: {error}", step.object))),
        Err(_) => {
            let now = api.get_opt(name).await?;
            Err(StepFailure::new(format!(
                "{} is not {} after {}: {}",
                step.object,
                state.word(),
                seatrial_scenario::in_words(step.within),
                in_words(now.as_ref())
            )))
        }
    }
}

fn is(state: State, object: Option<&DynamicObject>) -> bool {
    let Some(object) = object else { return state == State::Gone };
    let data = &object.data;
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let number = |pointer: &str| data.pointer(pointer).and_then(Value::as_i64);
    let unknown = || condition(data, "Ready") == Some("Unknown");
    match state {
        State::Gone => false,
        State::Present => true,
        State::Pending => text("/status/phase") == "Pending",
        State::Lost => text("/status/phase") == "Lost",
        State::Available => text("/status/phase") == "Available",
        State::Released => text("/status/phase") == "Released",
        State::Failed => text("/status/phase") == "Failed",
        State::Terminating => object.metadata.deletion_timestamp.is_some(),
        State::Attached => data.pointer("/status/attached").and_then(Value::as_bool) == Some(true),
        State::Unschedulable => data.pointer("/spec/unschedulable").and_then(Value::as_bool) == Some(true),
        State::NotReady => condition(data, "Ready") == Some("False") || unknown(),
        State::Initialized => !text("/spec/providerID").is_empty() && !has_taint(data, UNINITIALIZED),
        State::Ready if condition(data, "Ready").is_some() => condition(data, "Ready") == Some("True"),
        State::Ready if data.pointer("/status/readyToUse").is_some() => data.pointer("/status/readyToUse") == Some(&Value::Bool(true)),
        State::Bound => text("/status/phase") == "Bound",
        State::Running => text("/status/phase") == "Running",
        State::Ready => {
            let wanted = number("/spec/replicas").unwrap_or(1);
            let seen = number("/status/observedGeneration") >= object.metadata.generation;
            let all = |pointer| number(pointer).unwrap_or(0) == wanted;
            seen && all("/status/replicas") && all("/status/readyReplicas") && all("/status/updatedReplicas")
        }
    }
}

/// The taint of a node that no cloud controller manager has looked at.
const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";

fn has_taint(data: &Value, key: &str) -> bool {
    let taints = data.pointer("/spec/taints").and_then(Value::as_array);
    taints.into_iter().flatten().any(|taint| taint["key"] == key)
}

/// The status of an object's condition.
pub(crate) fn condition<'a>(data: &'a Value, kind: &str) -> Option<&'a str> {
    let conditions = data.pointer("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind)?["status"].as_str()
}

/// The state that was found instead.
fn in_words(object: Option<&DynamicObject>) -> String {
    match object {
        None => "it is not there".to_owned(),
        Some(object) => match object.data.get("status") {
            Some(status) => format!("its status is {status}"),
            None => "it has no status".to_owned(),
        },
    }
}
