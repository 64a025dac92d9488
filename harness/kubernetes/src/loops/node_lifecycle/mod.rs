//! The node life cycle controller: who lives, who is to be left alone, whose pods shall go.
//!
//! Modelled: signs of life (a renewed lease, a Ready condition with a new heartbeat), timed by this controller's own
//! clock when it looks, each 5 s; silent nodes' conditions set to Unknown and their pods to not ready; `NoSchedule`
//! taints from conditions; `NoExecute` taints through a queue for each zone, whose rate depends on how much of the
//! zone is down (and which stands still when all zones are); the events of it. What it has observed is lost with the
//! process: a restart gives every node its grace anew.
//!
//! Not modelled: the labels for operating system and architecture that it copies from old names to new ones.

mod condition_taints;
mod health;
mod limiter;
mod monitor;
mod no_execute;
mod pods;
mod unknown;
mod zones;

use std::sync::{Arc, Mutex, MutexGuard};

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Node, NodeCondition, Pod, Taint};
use seatrial_wires::Process;
use tokio::sync::Notify;

use self::health::Observed;
use self::zones::Zones;
use super::shared::Informers;
use super::timings::Timings;
use crate::client::{EventWriter, Informer};

/// What is in memory only.
#[derive(Default)]
struct State {
    observed: Observed,
    zones: Zones,
    /// At which turn of the nodes' cache all of them were well.
    calm_since: Option<u64>,
}

struct Parts {
    process: Process,
    client: kube::Client,
    timings: Timings,
    nodes: Informer<Node>,
    pods: Informer<Pod>,
    leases: Informer<Lease>,
    events: EventWriter,
    state: Mutex<State>,
    /// Rings when a node waits for a `NoExecute` taint.
    queued: Notify,
}

#[derive(Clone)]
struct Controller(Arc<Parts>);

impl std::ops::Deref for Controller {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, shared: &Informers, timings: Timings) {
    condition_taints::run(process, shared);
    let controller = Controller(Arc::new(Parts {
        process: process.clone(),
        client: shared.client.clone(),
        timings,
        nodes: shared.nodes.clone(),
        pods: shared.pods.clone(),
        leases: shared.node_leases.clone(),
        events: EventWriter::start(process, &shared.client, "node-controller", None),
        state: Mutex::default(),
        queued: Notify::new(),
    }));
    process.spawn("node monitor", controller.clone().watch());
    process.spawn("node evictions", controller.give_no_execute_taints());
}

impl Controller {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the controller's state is locked")
    }
}

fn taints_of(node: &Node) -> Vec<Taint> {
    node.spec.as_ref().and_then(|spec| spec.taints.clone()).unwrap_or_default()
}

/// The node's Ready condition.
fn ready_condition(node: &Node) -> Option<&NodeCondition> {
    let conditions = node.status.as_ref()?.conditions.as_deref()?;
    conditions.iter().find(|condition| condition.type_ == "Ready")
}

/// True, False or Unknown; Unknown for a node that has never said.
fn ready_status(node: &Node) -> &str {
    ready_condition(node).map_or("Unknown", |condition| condition.status.as_str())
}
