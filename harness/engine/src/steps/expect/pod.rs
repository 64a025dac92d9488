//! Where a pod is.

use seatrial_oracle::View;
use seatrial_scenario::{ExpectPod, Where};

use super::node::ZONE;
use crate::steps::StepFailure;

/// Looks at the node that a pod is bound to.
pub(super) fn expect(view: &View, step: &ExpectPod) -> Result<(), StepFailure> {
    let Some(pod) = view.get("kubernetes", &format!("pods/default/{}", step.pod)) else {
        return Err(StepFailure::new(format!("there is no pod {}", step.pod)));
    };
    let node = pod.text(&["spec", "nodeName"]);
    let zone = node.and_then(|node| view.get("kubernetes", &format!("nodes/{node}")));
    let zone = zone.and_then(|node| node.text(&["metadata", "labels", ZONE]));
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
        (None, _) => "on no node".to_owned(),
        (Some(node), None) => format!("on {node}, which is in no zone"),
        (Some(node), Some(zone)) => format!("on {node} in zone {zone}"),
    };
    Err(StepFailure::new(format!("pod {} is {found} instead of {}", step.pod, step.on.value)))
}
