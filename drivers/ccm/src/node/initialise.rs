//! Initialising a Node: its machine is found, everything is read, and then written: the addresses first, and the provider
//! id and the labels in the one write that also takes the taint off.
//!
//! The real controller writes the addresses last. Here a Node that may be scheduled to has them already, and a controller
//! that is killed between the two writes finds the taint again.
//!
//! Calls to vCenter for one node: one search at each vCenter (two where its uuid is byte-swapped), one property read; with
//! zones one more property read and one REST call for each chain that is looked at (the first one, as a rule), and for
//! each tag and category that was not seen in the last minute one more.

use k8s_openapi::api::core::v1::Node;
use kubernetes_client::EventType;

use super::facts::Facts;
use super::{NodeController, shown};
use crate::kubernetes::{UNINITIALIZED, WriteError, is_tainted, take_taint};

/// Labels of the instance type, zone and region: today's and yesterday's, which old manifests still select by.
const INSTANCE_TYPE: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
pub(super) const ZONE: [&str; 2] = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];
pub(super) const REGION: [&str; 2] = ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"];

impl NodeController {
    /// Works on the queue for as long as the process lives.
    pub(crate) async fn initialise_nodes(self: std::sync::Arc<Self>) {
        self.cache.synced().await;
        loop {
            let key = self.queue.next().await;
            if self.initialise(&key.name).await {
                self.queue.forget(&key);
                self.queue.done(&key);
            } else {
                self.queue.failed(&key);
            }
        }
    }

    /// Initialises one Node; answers whether it needs nothing more.
    async fn initialise(&self, name: &str) -> bool {
        let Some(node) = self.cache.named(name).filter(|node| is_tainted(node, UNINITIALIZED)) else { return true };
        let facts = match self.facts(&node).await {
            Ok(facts) => facts,
            Err(why) => {
                self.events.say(&*node, EventType::Warning, why.reason(), &why.to_string()).await;
                return false;
            }
        };
        match self.write(&node, &facts).await {
            Ok(()) => {
                self.events.say(&*node, EventType::Normal, "Synced", "Node synced successfully").await;
                true
            }
            Err(WriteError::Gone) => true,
            Err(error) => {
                self.host.log(&format!("node {name}: {error}"));
                false
            }
        }
    }

    async fn write(&self, node: &Node, facts: &Facts) -> Result<(), WriteError> {
        if !self.behaviours.remove_taint_last {
            self.writer.change(node, |node| take_taint(node, UNINITIALIZED)).await?;
        }
        if shown(node) != facts.addresses.as_slice() && !facts.addresses.is_empty() {
            self.writer.addresses(node, &facts.addresses).await?;
        }
        self.writer.change(node, |node| self.write_facts(node, facts)).await
    }

    /// Puts all that is not in the status into a Node; answers whether anything changed.
    fn write_facts(&self, node: &mut Node, facts: &Facts) -> bool {
        let before = node.clone();
        let spec = node.spec.get_or_insert_default();
        if spec.provider_id.as_deref().unwrap_or_default().is_empty() {
            spec.provider_id = Some(facts.provider_id.clone());
        }
        let labels = node.metadata.labels.get_or_insert_default();
        let mut label = |keys: [&str; 2], value: &str| labels.extend(keys.map(|key| (key.to_owned(), value.to_owned())));
        label(INSTANCE_TYPE, &facts.instance_type);
        if let Some(zones) = &facts.zones {
            label(ZONE, &zones.zone);
            label(REGION, &zones.region);
        }
        labels.extend(self.extra_labels.clone());
        take_taint(node, UNINITIALIZED);
        *node != before
    }
}
