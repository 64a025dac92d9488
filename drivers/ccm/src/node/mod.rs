//! The node controller: initialises new Nodes, and keeps the addresses of all of them.

mod facts;
mod initialise;
mod refresh;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driver_host::Host;
use k8s_openapi::api::core::v1::{Node, NodeAddress};
use kubernetes_client::{Announcer, Delta};

pub(crate) use facts::NotYet;

use crate::addresses;
use crate::behaviours::Behaviours;
use crate::config::NodesConfig;
use crate::kubernetes::{NodeCache, Queue, UNINITIALIZED, Writer, is_tainted};
use crate::pool::VCenterPool;
use crate::timings::Timings;

/// What kubelet was told of its node's addresses.
const PROVIDED_IP: &str = "alpha.kubernetes.io/provided-node-ip";

/// The node controller.
pub(crate) struct NodeController {
    pub host: Arc<dyn Host>,
    pub cache: NodeCache,
    pub queue: Queue,
    pub pool: Arc<VCenterPool>,
    pub writer: Writer,
    pub events: Arc<Announcer>,
    pub nodes: NodesConfig,
    /// Labels that every Node gets.
    pub extra_labels: BTreeMap<String, String>,
    pub behaviours: Behaviours,
    pub timings: Timings,
}

/// What a change of a Node means to the queue.
pub(crate) fn listen(queue: &Queue, events: &Announcer, delta: &Delta<Node>) {
    match &delta.after {
        Some(node) if is_tainted(node, UNINITIALIZED) => queue.add_unless_waiting(delta.key.clone()),
        Some(_) => queue.remove(&delta.key),
        None => {
            queue.remove(&delta.key);
            events.forget(&delta.key.name);
        }
    }
}

impl NodeController {
    /// The addresses that a Node gets of those that its machine has: those that kubelet was told of rule.
    fn preferred(&self, node: &Node, found: Vec<NodeAddress>) -> Result<Vec<NodeAddress>, NotYet> {
        let provided = node.metadata.annotations.as_ref().and_then(|annotations| annotations.get(PROVIDED_IP));
        let Some(provided) = provided.filter(|text| !text.is_empty()) else { return Ok(found) };
        let listed = || {
            let addresses = found.iter().filter(|address| address.type_ != "Hostname").map(|address| address.address.as_str());
            addresses.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
        };
        let missing = NotYet::ProvidedAddress { provided: provided.clone(), found: listed() };
        addresses::prefer(provided, found).ok_or(missing)
    }
}

/// The addresses that the Node shows.
fn shown(node: &Node) -> &[NodeAddress] {
    node.status.as_ref().and_then(|status| status.addresses.as_deref()).unwrap_or_default()
}
