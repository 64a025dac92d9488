//! The look at all nodes, each 5 s.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, ObjectReference};
use kube::ResourceExt;
use tokio::time::Instant;

use super::health::Look;
use super::no_execute::has_no_execute_taint;
use super::zones::{Turn, zone_of};
use super::{Controller, ready_condition, ready_status};
use crate::client::{EventType, ObjectKey, now};

/// Where kubelets keep their leases.
const LEASES: &str = "kube-node-lease";

/// A zone's nodes: ready, and not.
type Counts = BTreeMap<String, (usize, usize)>;

impl Controller {
    pub(super) async fn watch(self) {
        self.nodes.synced().await;
        self.leases.synced().await;
        self.pods.synced().await;
        let mut next = Instant::now();
        loop {
            self.look_at_all().await;
            next += self.timings.node_monitor_period;
            // A round that took longer than a period is followed by the next one at once, once.
            next = next.max(Instant::now());
            tokio::time::sleep_until(next).await;
        }
    }

    async fn look_at_all(&self) {
        let nodes = self.nodes.list();
        let turns = self.nodes.turns();
        // While no node changes and all are well, only their leases are looked at.
        let calm = self.state().calm_since == Some(turns);
        if calm && nodes.iter().all(|node| self.health_of(node) == Look::Alive) {
            return;
        }
        self.greet(&nodes);
        let mut all_well = true;
        let mut counts = Counts::new();
        for node in &nodes {
            let observed = ready_status(node).to_owned();
            let current = match self.health_of(node) {
                Look::Alive => node.clone(),
                Look::Silent => match self.set_unknown(node).await {
                    Ok(written) => written,
                    Err(error) => {
                        self.process.log(&format!("node monitor: {error}"));
                        all_well = false;
                        continue;
                    }
                },
            };
            let ready = ready_status(&current) == "True";
            all_well &= ready && observed == "True";
            if ready_condition(&current).is_some() {
                let count = counts.entry(zone_of(node)).or_default();
                if ready { count.0 += 1 } else { count.1 += 1 }
            }
            self.process_evictions(node, &observed).await;
            if !ready {
                if observed == "True" {
                    let message = format!("Node {} status is now: NodeNotReady", node.name_any());
                    self.events.write(node.as_ref(), EventType::Normal, "NodeNotReady", message);
                }
                self.mark_pods_not_ready(node).await;
            }
        }
        self.weigh(&nodes, &counts).await;
        // A node that is well may still have taints that could not be taken: then there is no calm.
        all_well &= nodes.iter().all(|node| !has_no_execute_taint(node));
        self.state().calm_since = all_well.then_some(turns);
    }

    /// Takes notice of nodes that came and went.
    fn greet(&self, nodes: &[Arc<Node>]) {
        let mut state = self.state();
        for node in nodes {
            state.zones.add(&zone_of(node), &self.timings);
            let lease = self.leases.get(&ObjectKey::new(LEASES, &node.name_any()));
            if state.observed.welcome(node, lease.as_deref(), self.age_of(node)) {
                let name = node.name_any();
                let message = format!("Node {name} event: Registered Node {name} in Controller");
                self.events.write(node.as_ref(), EventType::Normal, "RegisteredNode", message);
            }
        }
        let present = nodes.iter().map(|node| (node.name_any(), node.uid().unwrap_or_default())).collect();
        for (name, uid) in state.observed.farewell(&present) {
            let message = format!("Node {name} event: Removing Node {name} from Controller");
            state.zones.forget(&name);
            let about = ObjectReference { kind: Some("Node".into()), name: Some(name), uid: Some(uid), ..Default::default() };
            self.events.write_about(about, EventType::Normal, "RemovingNode", message);
        }
    }

    fn age_of(&self, node: &Node) -> Duration {
        let created = node.metadata.creation_timestamp.as_ref().map(|time| time.0);
        let age = created.map_or(0, |at| now(&self.process).0.as_second() - at.as_second());
        Duration::from_secs(u64::try_from(age).unwrap_or(0))
    }

    fn health_of(&self, node: &Node) -> Look {
        let grace = if ready_condition(node).is_some() { self.timings.node_monitor_grace } else { self.timings.node_startup_grace };
        let name = node.metadata.name.as_deref().unwrap_or_default();
        let lease = self.leases.get(&ObjectKey::new(LEASES, name));
        self.state().observed.look(node, lease.as_deref(), grace)
    }

    /// Queues a node for a `NoExecute` taint, or takes the taint from it.
    async fn process_evictions(&self, node: &Node, observed: &str) {
        if observed == "True" {
            self.state().zones.forget(&node.name_any());
            self.take_no_execute_taints(node).await;
            return;
        }
        if self.swap_no_execute_taint(node, observed).await {
            return;
        }
        if self.state().zones.enqueue(&zone_of(node), &node.name_any()) {
            self.queued.notify_one();
        }
    }

    /// Sets the rates of the zones by how much of each is down.
    async fn weigh(&self, nodes: &[Arc<Node>], counts: &Counts) {
        let turn = {
            let mut state = self.state();
            let turn = state.zones.count(counts, &self.timings);
            if turn == Turn::NotAllDown {
                state.observed.forgive_all();
            }
            turn
        };
        match turn {
            Turn::None => {}
            Turn::AllDown => {
                self.process.log("node monitor: all nodes are not ready, entering master disruption mode");
                for node in nodes {
                    self.state().zones.forget(&node.name_any());
                    self.take_no_execute_taints(node).await;
                }
            }
            Turn::NotAllDown => self.process.log("node monitor: exiting master disruption mode"),
        }
        if self.state().zones.next_due().is_some() {
            self.queued.notify_one();
        }
    }
}
