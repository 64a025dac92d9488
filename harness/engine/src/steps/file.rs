//! `write` and `read`: bytes in a file of a pod.

use std::sync::Arc;

use seatrial_node::SimulatedMachine;

use super::StepFailure;
use crate::world::WorldHandle;

/// Puts bytes into a file, through the mounts of the pod's node.
pub(super) async fn write(world: &WorldHandle, pod: &str, path: &str, text: &str) -> Result<(), StepFailure> {
    let node = node_of(world, pod)?;
    Ok(node.write_in_pod("default", pod, path, text.as_bytes()).await?)
}

/// Looks that a file holds these bytes.
pub(super) fn read(world: &WorldHandle, pod: &str, path: &str, text: &str) -> Result<(), StepFailure> {
    let node = node_of(world, pod)?;
    let found = node.read_in_pod("default", pod, path)?;
    if found == text.as_bytes() {
        return Ok(());
    }
    Err(StepFailure::new(format!("{path} in pod {pod} holds {:?} instead of {text:?}", String::from_utf8_lossy(&found))))
}

fn node_of(world: &WorldHandle, pod: &str) -> Result<Arc<SimulatedMachine>, StepFailure> {
    let view = world.view();
    let Some(object) = view.get("kubernetes", &format!("pods/default/{pod}")) else {
        return Err(StepFailure::new(format!("there is no pod {pod}")));
    };
    let Some(name) = object.text(&["spec", "nodeName"]) else { return Err(StepFailure::new(format!("pod {pod} is on no node"))) };
    let missing = || StepFailure::new(format!("pod {pod} is on node {name}, which this world does not have"));
    world.injector.nodes().get(name).map(|slot| slot.machine()).ok_or_else(missing)
}
