//! Where a pod is.

use seatrial_oracle::{Labels, Meaning, View};
use seatrial_scenario::{ExpectPod, Where};
use serde_json::Value;

use crate::steps::StepFailure;

/// Looks at the node that a pod is bound to.
pub(super) fn expect(view: &View, labels: &Labels, step: &ExpectPod) -> Result<(), StepFailure> {
    let Some(pod) = view.get("kubernetes", &format!("pods/default/{}", step.pod)) else {
        return Err(StepFailure::new(format!("there is no pod {}", step.pod)));
    };
    let node = pod.text(&["spec", "nodeName"]);
    let zone = node.and_then(|node| view.get("kubernetes", &format!("nodes/{node}")));
    let zone = zone.and_then(|node| labels.value(Meaning::Zone, |key| node.text(&["metadata", "labels", key])));
    let holds = match &step.on.value {
        Where::None => node.is_none(),
        Where::Anywhere => node.is_some(),
        Where::Node(wanted) => node == Some(wanted),
        Where::NotNode(other) => node.is_some_and(|node| node != other),
        Where::Zone(wanted) => zone == Some(wanted),
    };
    if holds {
        return Ok(());
    }
    let found = match (node, zone) {
        (None, _) => format!("on no node{}", why_not_scheduled(&pod.state)),
        (Some(node), None) => format!("on {node}, which is in no zone"),
        (Some(node), Some(zone)) => format!("on {node} in zone {zone}"),
    };
    Err(StepFailure::new(format!("pod {} is {found} instead of {}", step.pod, step.on.value)))
}

/// What the scheduler has said of a pod that it could not place.
fn why_not_scheduled(pod: &Value) -> String {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let scheduled = conditions.into_iter().flatten().find(|condition| condition["type"] == "PodScheduled");
    let message = scheduled.and_then(|condition| condition["message"].as_str()).filter(|message| !message.is_empty());
    message.map(|message| format!(" (the scheduler says: {message})")).unwrap_or_default()
}
