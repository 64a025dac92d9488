//! What an administrator does to nodes: cordon, drain, taint.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, EvictParams, ListParams, Patch, PatchParams};
use seatrial_scenario::{Drain, Taint, Untaint};
use serde_json::{Value, json};

use super::StepFailure;
use crate::world::WorldHandle;

/// kubectl asks again for an eviction that a budget forbids, and looks whether pods are gone.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Marks a node unschedulable or schedulable.
pub(super) async fn set_unschedulable(world: &WorldHandle, node: &str, unschedulable: bool) -> Result<(), StepFailure> {
    let unschedulable = if unschedulable { json!(true) } else { Value::Null };
    patch(world, node, json!({ "spec": { "unschedulable": unschedulable } })).await
}

async fn patch(world: &WorldHandle, node: &str, patch: Value) -> Result<(), StepFailure> {
    let nodes: Api<Node> = Api::all(world.client.clone());
    nodes.patch(node, &PatchParams::default(), &Patch::Merge(patch)).await?;
    Ok(())
}

/// Cordons a node and evicts its pods; comes back when they are gone.
pub(super) async fn drain(world: &WorldHandle, step: &Drain) -> Result<(), StepFailure> {
    set_unschedulable(world, &step.node, true).await?;
    match tokio::time::timeout(step.within, evict_all(world, &step.node)).await {
        Ok(done) => done,
        Err(_) => {
            let left = pods_on(world, &step.node).await?;
            let names: Vec<String> = left.into_iter().filter_map(|pod| pod.metadata.name).collect();
            let within = seatrial_scenario::in_words(step.within);
            Err(StepFailure::new(format!("{} was not drained within {within}: pods left are {}", step.node, names.join(", "))))
        }
    }
}

async fn evict_all(world: &WorldHandle, node: &str) -> Result<(), StepFailure> {
    loop {
        let pods = pods_on(world, node).await?;
        if pods.is_empty() {
            return Ok(());
        }
        for pod in pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
            evict(world, pod).await?;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Pods of a DaemonSet would come back at once; kubectl leaves them alone when told so.
async fn pods_on(world: &WorldHandle, node: &str) -> Result<Vec<Pod>, StepFailure> {
    let pods: Api<Pod> = Api::all(world.client.clone());
    let list = pods.list(&ListParams::default().fields(&format!("spec.nodeName={node}"))).await?;
    let of_daemon_set = |pod: &Pod| pod.metadata.owner_references.iter().flatten().any(|owner| owner.kind == "DaemonSet");
    Ok(list.items.into_iter().filter(|pod| !of_daemon_set(pod)).collect())
}

async fn evict(world: &WorldHandle, pod: &Pod) -> Result<(), StepFailure> {
    let (Some(name), Some(namespace)) = (&pod.metadata.name, &pod.metadata.namespace) else { return Ok(()) };
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), namespace);
    match pods.evict(name, &EvictParams::default()).await {
        // Somebody was faster, or a disruption budget wants us to wait.
        Err(kube::Error::Api(status)) if status.code == 404 || status.code == 429 => Ok(()),
        other => Ok(other.map(drop)?),
    }
}

/// Puts a taint on a node, in place of one of the same key and effect.
pub(super) async fn taint(world: &WorldHandle, step: &Taint) -> Result<(), StepFailure> {
    let mut taints = taints_of(world, &step.node).await?;
    taints.retain(|taint| taint["key"] != step.key.value || taint["effect"] != step.effect.word());
    let mut taint = json!({ "key": step.key.value, "effect": step.effect.word() });
    if let Some(value) = &step.value {
        taint["value"] = json!(value.value);
    }
    taints.push(taint);
    patch(world, &step.node, json!({ "spec": { "taints": taints } })).await
}

/// Takes taints off a node; breaks when it has none of them, as kubectl does.
pub(super) async fn untaint(world: &WorldHandle, step: &Untaint) -> Result<(), StepFailure> {
    let mut taints = taints_of(world, &step.node).await?;
    let before = taints.len();
    let meant =
        |taint: &Value| taint["key"] == step.key.value && step.effect.as_ref().is_none_or(|effect| taint["effect"] == effect.value.word());
    taints.retain(|taint| !meant(taint));
    if taints.len() == before {
        return Err(StepFailure::new(format!("node {} has no taint {}", step.node, step.key)));
    }
    patch(world, &step.node, json!({ "spec": { "taints": taints } })).await
}

async fn taints_of(world: &WorldHandle, node: &str) -> Result<Vec<Value>, StepFailure> {
    let nodes: Api<Node> = Api::all(world.client.clone());
    let node = nodes.get(node).await?;
    let taints = node.spec.and_then(|spec| spec.taints).unwrap_or_default();
    let written = taints.iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>();
    written.map_err(StepFailure::Taint)
}
