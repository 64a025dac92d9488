//! `NoSchedule` taints that follow from a node's conditions.
//!
//! Modelled: taints for Ready (False: not-ready, Unknown: unreachable), memory, disk and PID pressure and an
//! unavailable network, and for a node that is marked unschedulable; they come and go as the conditions do, and
//! admission's not-ready taint goes when the node is Ready. 8 workers. Nothing is left out.

use k8s_openapi::api::core::v1::{Node, Taint};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use seatrial_wires::Process;
use serde_json::json;

use super::super::shared::Informers;
use super::super::support::names::{NOT_READY, UNREACHABLE};
use super::super::support::{During, LoopError};
use super::taints_of;
use crate::client::{BackoffLimits, Informer, Next, ObjectKey, WorkQueue};

const WORKERS: usize = 8;
const NO_SCHEDULE: &str = "NoSchedule";

/// Condition, its status, and the taint that follows.
const CONDITION_TAINTS: [(&str, &str, &str); 6] = [
    ("Ready", "False", NOT_READY),
    ("Ready", "Unknown", UNREACHABLE),
    ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
    ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
];
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    nodes: Informer<Node>,
    queue: WorkQueue<ObjectKey>,
}

pub(super) fn run(process: &Process, shared: &Informers) {
    let controller = Controller {
        process: process.clone(),
        nodes: shared.nodes.clone(),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        client: shared.client.clone(),
    };
    process.spawn("node taints", controller.run());
}

impl Controller {
    async fn run(self) {
        self.nodes.synced().await;
        let queue = self.queue.clone();
        self.nodes.on_change(move |delta| {
            // A heartbeat changes no taint.
            let (before, after) = (delta.before.as_deref(), delta.after.as_deref());
            if after.is_some_and(|node| before.is_none_or(|before| picture(before) != picture(node))) {
                queue.add(delta.key.clone());
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "node taints", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(node) = self.nodes.get(key) else {
            return Ok(Next::Forget);
        };
        let before = taints_of(&node);
        let after = with_condition_taints(&node);
        if before == after {
            return Ok(Next::Forget);
        }
        // The version makes it a conflict when somebody else has changed the taints meanwhile.
        let version = node.resource_version();
        let patch = Patch::Merge(json!({ "metadata": { "resourceVersion": version }, "spec": { "taints": after } }));
        let api: Api<Node> = Api::all(self.client.clone());
        let written = api.patch(&key.name, &PatchParams::default(), &patch).await;
        let written = written.during(|| format!("change the taints of node {}", key.name))?;
        self.nodes.remember(written);
        Ok(Next::Forget)
    }
}

/// What decides on a node's taints, and the taints themselves.
fn picture(node: &Node) -> (Vec<&'static str>, Option<&[Taint]>) {
    (wanted_keys(node), node.spec.as_ref().and_then(|spec| spec.taints.as_deref()))
}

/// The node's taints with those that follow from its conditions put right; others stay as they are.
fn with_condition_taints(node: &Node) -> Vec<Taint> {
    let ours = |taint: &Taint| {
        let follows = taint.key == UNSCHEDULABLE || CONDITION_TAINTS.iter().any(|(_, _, key)| *key == taint.key);
        follows && taint.effect == NO_SCHEDULE
    };
    let wanted = wanted_keys(node);
    let mut taints: Vec<Taint> = taints_of(node).into_iter().filter(|taint| !ours(taint) || wanted.contains(&taint.key.as_str())).collect();
    for key in wanted {
        if !taints.iter().any(|taint| taint.key == key && taint.effect == NO_SCHEDULE) {
            taints.push(Taint { key: key.to_owned(), effect: NO_SCHEDULE.to_owned(), ..Taint::default() });
        }
    }
    taints
}

fn wanted_keys(node: &Node) -> Vec<&'static str> {
    let conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let conditions: Vec<(&str, &str)> = conditions.map(|condition| (condition.type_.as_str(), condition.status.as_str())).collect();
    let mut keys: Vec<&'static str> =
        CONDITION_TAINTS.iter().filter(|(kind, status, _)| conditions.contains(&(*kind, *status))).map(|(_, _, key)| *key).collect();
    // A node that has never said how it is keeps the taint that admission gave it.
    if !conditions.iter().any(|(kind, _)| *kind == "Ready") {
        keys.push(CONDITION_TAINTS[0].2);
    }
    if node.spec.as_ref().and_then(|spec| spec.unschedulable) == Some(true) {
        keys.push(UNSCHEDULABLE);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(ready: Option<&str>, taints: &[(&str, &str)]) -> Node {
        let conditions: Vec<_> = ready.map(|status| json!({ "type": "Ready", "status": status })).into_iter().collect();
        let taints: Vec<_> = taints.iter().map(|(key, effect)| json!({ "key": key, "effect": effect })).collect();
        serde_json::from_value(json!({ "metadata": {}, "spec": { "taints": taints }, "status": { "conditions": conditions } })).unwrap()
    }

    fn keys(node: &Node) -> Vec<String> {
        with_condition_taints(node).into_iter().map(|taint| format!("{}:{}", taint.key, taint.effect)).collect()
    }

    #[test]
    fn a_ready_node_loses_the_taint_of_its_birth_and_nothing_else() {
        let born = [("node.kubernetes.io/not-ready", "NoSchedule"), ("mine", "NoSchedule"), ("node.kubernetes.io/not-ready", "NoExecute")];
        assert_eq!(keys(&node(Some("True"), &born)), ["mine:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"]);
        assert_eq!(keys(&node(None, &born)).len(), 3);
    }

    #[test]
    fn a_node_that_is_unknown_is_unreachable() {
        let before = [("node.kubernetes.io/not-ready", "NoSchedule")];
        assert_eq!(keys(&node(Some("Unknown"), &before)), ["node.kubernetes.io/unreachable:NoSchedule"]);
    }
}
