//! The node's status: looked at each ten seconds, written when it differs or after five minutes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use k8s_openapi::api::core::v1::{Node, NodeAddress, NodeCondition};
use kube::api::{Api, Patch, PatchParams};
use seatrial_kubernetes::client::{EventType, now, reason_of};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{HEARTBEAT_LIMIT, jittered};
use crate::kubelet::core::Core;

/// How often one look tries to write.
const TRIES: usize = 5;

/// Keeps the status for as long as the process lives.
pub(in crate::kubelet) async fn keep_status(core: Arc<Core>) {
    let mut reported: Option<Instant> = None;
    let mut draws = core.process.generator("node status");
    loop {
        for attempt in 0..TRIES {
            let due = reported.is_none_or(|at| at.elapsed() >= core.config.timings.node_status_report);
            let synced = tokio::time::timeout(HEARTBEAT_LIMIT, sync(&core, attempt == 0, due)).await;
            match synced {
                Ok(Ok(written)) => {
                    if written {
                        reported = Some(Instant::now());
                    }
                    break;
                }
                Ok(Err(error)) => core.process.log(&format!("error updating node status, will retry: {}", reason_of(&error))),
                Err(_) => core.process.log("error updating node status, will retry: no answer in time"),
            }
        }
        let pause = jittered(&mut draws, core.config.timings.node_status_update);
        // Woken early or not, it looks again.
        drop(tokio::time::timeout(pause, core.status_wake.notified()).await);
    }
}

/// Writes the status when it differs or is `due`; answers whether it did.
async fn sync(core: &Core, from_cache: bool, due: bool) -> Result<bool, kube::Error> {
    let nodes: Api<Node> = Api::all(core.client.clone());
    let name = &core.config.node_name;
    let cached = core.node.named(name).filter(|_| from_cache);
    let node = match cached {
        Some(node) => node,
        None => Arc::new(nodes.get(name).await?),
    };
    let in_use = volumes_in_use(core, &node);
    let rebooted = has_rebooted(core, &node);
    let moved = is_another_machine(core, &node) || new_addresses(core, &node).is_some();
    let differs = rebooted || moved || in_use != listed_in_use(&node) || conditions_differ(core, &node);
    if differs || due {
        let patch = json!({ "status": patch_of(core, &node, &conditions(core, Some(&node)), &in_use) });
        let written = nodes.patch_status(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
        core.node.remember(written);
        if rebooted {
            let message = format!("Node {name} has been rebooted, boot id: {}", core.machine().boot_id());
            core.events.write(node.as_ref(), EventType::Warning, "Rebooted", message);
        }
    }
    // Nothing to tell is no reason to wake the volume manager.
    if core.volumes.look(|state| state.is_news_of_in_use(&in_use)) {
        core.volumes.change(|state| state.reported_in_use(&in_use));
    }
    Ok(differs || due)
}

/// Whether the machine has booted since the status was written.
fn has_rebooted(core: &Core, node: &Node) -> bool {
    let shown = node.status.as_ref().and_then(|status| status.node_info.as_ref());
    shown.is_some_and(|shown| shown.boot_id != core.machine().boot_id())
}

/// Whether the status was written on another machine, whose name this one has.
fn is_another_machine(core: &Core, node: &Node) -> bool {
    let shown = node.status.as_ref().and_then(|status| status.node_info.as_ref());
    shown.is_some_and(|shown| shown.system_uuid != core.config.system_uuid)
}

/// The addresses, where it is kubelet that tells them and the status shows others.
fn new_addresses(core: &Core, node: &Node) -> Option<Vec<NodeAddress>> {
    let shown = node.status.as_ref().and_then(|status| status.addresses.as_ref());
    addresses(core).filter(|own| Some(own) != shown)
}

fn patch_of(core: &Core, node: &Node, conditions: &[NodeCondition], in_use: &BTreeSet<String>) -> Value {
    let volumes = if in_use.is_empty() { Value::Null } else { json!(in_use) };
    let mut patch = json!({ "conditions": conditions, "volumesInUse": volumes });
    if has_rebooted(core, node) || is_another_machine(core, node) {
        patch["nodeInfo"] = json!({ "bootID": core.machine().boot_id(), "systemUUID": core.config.system_uuid });
    }
    if let Some(addresses) = new_addresses(core, node) {
        patch["addresses"] = json!(addresses);
    }
    patch
}

/// What is in use. Until a restarted kubelet knows all its pods, what the status lists stays listed.
fn volumes_in_use(core: &Core, node: &Node) -> BTreeSet<String> {
    let (mut in_use, sure) = core.volumes.look(|state| (state.in_use(), state.knows_all_pods()));
    if !sure {
        in_use.extend(listed_in_use(node));
    }
    in_use
}

fn listed_in_use(node: &Node) -> BTreeSet<String> {
    let listed = node.status.as_ref().and_then(|status| status.volumes_in_use.as_ref());
    listed.into_iter().flatten().cloned().collect()
}

/// The node's addresses; with an external cloud provider it is the one to tell them.
pub(super) fn addresses(core: &Core) -> Option<Vec<NodeAddress>> {
    let address = |type_: &str, address: &str| NodeAddress { type_: type_.to_owned(), address: address.to_owned() };
    let own = || vec![address("InternalIP", &core.config.node_ip), address("Hostname", &core.config.node_name)];
    (!core.config.external_cloud_provider).then(own)
}

/// Type, status, reason and message of the four conditions.
fn wanted_conditions(core: &Core) -> [(&'static str, &'static str, &'static str, &'static str); 4] {
    let ready = if core.csi_node_exists.load(Ordering::Relaxed) {
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status")
    } else {
        ("Ready", "False", "KubeletNotReady", "CSINode is not yet initialized")
    };
    [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ready,
    ]
}

/// The four conditions, with a heartbeat now; a transition is only noted where the node shows something else.
pub(super) fn conditions(core: &Core, node: Option<&Node>) -> Vec<NodeCondition> {
    let heartbeat = now(&core.process);
    let condition = |(type_, status, reason, message): (&str, &str, &str, &str)| {
        let shown = node.and_then(|node| shown_condition(node, type_)).filter(|shown| shown.status == status);
        let since = shown.and_then(|shown| shown.last_transition_time.clone());
        NodeCondition {
            type_: type_.to_owned(),
            status: status.to_owned(),
            reason: Some(reason.to_owned()),
            message: Some(message.to_owned()),
            last_heartbeat_time: Some(heartbeat.clone()),
            last_transition_time: Some(since.unwrap_or_else(|| heartbeat.clone())),
        }
    };
    wanted_conditions(core).map(condition).into()
}

fn conditions_differ(core: &Core, node: &Node) -> bool {
    wanted_conditions(core).iter().any(|(type_, status, reason, message)| {
        shown_condition(node, type_).is_none_or(|shown| {
            shown.status != *status || shown.reason.as_deref() != Some(*reason) || shown.message.as_deref() != Some(*message)
        })
    })
}

fn shown_condition<'a>(node: &'a Node, type_: &str) -> Option<&'a NodeCondition> {
    let conditions = node.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == type_)
}
