//! The life cycle controller: every five seconds, the Nodes that are not ready.
//!
//! A Node whose machine is proven gone is deleted. One whose machine is switched off bears the shutdown taint until it is
//! ready again. Where nothing can be proven, nothing is done. Ready Nodes cost no call to vCenter; all others together
//! one property read for each vCenter, as long as their machines are where they were.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver_host::Host;
use k8s_openapi::api::core::v1::{Node, Taint};
use kubernetes_client::{Announcer, EventType};

use crate::behaviours::Behaviours;
use crate::identity::{BiosUuid, Identity};
use crate::kubernetes::{NodeCache, SHUTDOWN, UNINITIALIZED, WriteError, Writer, is_ready, is_tainted, take_taint};
use crate::pool::{Presence, VCenterPool};
use crate::timings::Timings;

/// The life cycle controller.
pub(crate) struct LifecycleController {
    pub host: Arc<dyn Host>,
    pub cache: NodeCache,
    pub pool: Arc<VCenterPool>,
    pub writer: Writer,
    pub events: Arc<Announcer>,
    pub behaviours: Behaviours,
    pub timings: Timings,
}

impl LifecycleController {
    /// Looks after the Nodes for as long as the process lives.
    pub(crate) async fn look_after_nodes(self: Arc<Self>) {
        self.cache.synced().await;
        let mut said = BTreeMap::new();
        loop {
            self.look(&mut said).await;
            tokio::time::sleep(self.timings.node_monitor).await;
        }
    }

    /// `said` keeps why nothing is known of a Node's machine, so that it is logged once.
    async fn look(&self, said: &mut BTreeMap<String, String>) {
        let mut doubtful: Vec<(BiosUuid, Arc<Node>)> = Vec::new();
        for node in self.cache.list() {
            let name = node.metadata.name.clone().unwrap_or_default();
            if is_ready(&node) {
                said.remove(&name);
                self.untaint(&node).await;
                continue;
            }
            match Identity::of(&node) {
                Identity::ProviderId(uuid) => doubtful.push((uuid, node)),
                // It was never initialised: that no machine is found for it yet says nothing.
                _ if self.behaviours.never_delete_unregistered => {}
                _ => {
                    let presence = self.pool.presence_by_name(&name).await;
                    self.act(&node, &presence, said).await;
                }
            }
        }
        if doubtful.is_empty() {
            return;
        }
        let uuids: Vec<BiosUuid> = doubtful.iter().map(|(uuid, _)| uuid.clone()).collect();
        let presences = self.pool.presences(&uuids).await;
        for (uuid, node) in doubtful {
            if let Some(presence) = presences.get(&uuid) {
                self.act(&node, presence, said).await;
            }
        }
    }

    async fn act(&self, node: &Node, presence: &Presence, said: &mut BTreeMap<String, String>) {
        let name = node.metadata.name.clone().unwrap_or_default();
        if let Presence::Unknown(why) = presence {
            if said.get(&name) != Some(why) {
                self.host.log(&format!("node {name} is not ready, and stays: it is not known whether its machine is there: {why}"));
                said.insert(name, why.clone());
            }
            return;
        }
        said.remove(&name);
        let outcome = match presence {
            Presence::Gone if self.behaviours.delete_what_is_gone => self.delete(node, &name).await,
            Presence::Off if self.behaviours.taint_shutdown_nodes => self.taint(node).await,
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            self.host.log(&format!("node {name}: {error}"));
        }
    }

    async fn delete(&self, node: &Node, name: &str) -> Result<(), WriteError> {
        let message = format!("Deleting node {name} because its machine does not exist in any of the configured vCenters");
        self.events.say(node, EventType::Normal, "DeletingNode", &message).await;
        match self.writer.delete(node).await {
            Err(WriteError::Gone) => Ok(()),
            outcome => outcome,
        }
    }

    async fn taint(&self, node: &Node) -> Result<(), WriteError> {
        if is_tainted(node, SHUTDOWN) || is_tainted(node, UNINITIALIZED) {
            return Ok(());
        }
        let change = |node: &mut Node| {
            if is_tainted(node, SHUTDOWN) || is_ready(node) {
                return false;
            }
            let taint = Taint { key: SHUTDOWN.to_owned(), effect: "NoSchedule".to_owned(), ..Taint::default() };
            node.spec.get_or_insert_default().taints.get_or_insert_default().push(taint);
            true
        };
        self.writer.change(node, change).await
    }

    async fn untaint(&self, node: &Node) {
        if !is_tainted(node, SHUTDOWN) {
            return;
        }
        if let Err(error) = self.writer.change(node, |node| take_taint(node, SHUTDOWN)).await {
            self.host.log(&format!("node {}: the shutdown taint stays: {error}", node.metadata.name.as_deref().unwrap_or_default()));
        }
    }
}
