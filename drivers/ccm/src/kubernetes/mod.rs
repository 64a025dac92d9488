//! What is said of Nodes and written to them.

mod write;

pub(crate) use write::{WriteError, Writer};

use k8s_openapi::api::core::v1::{Node, Taint};
use kubernetes_client::{Informer, ObjectKey, WorkQueue};

/// All Nodes.
pub(crate) type NodeCache = Informer<Node>;

/// The Nodes that are to be worked on.
pub(crate) type Queue = WorkQueue<ObjectKey>;

/// What a kubelet with an external cloud provider registers with.
pub(crate) const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";

/// What a node whose machine is switched off bears.
pub(crate) const SHUTDOWN: &str = "node.cloudprovider.kubernetes.io/shutdown";

/// Whether a Node bears a taint with this key.
pub(crate) fn is_tainted(node: &Node, key: &str) -> bool {
    taints(node).iter().any(|taint| taint.key == key)
}

fn taints(node: &Node) -> &[Taint] {
    node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default()
}

/// Takes all taints with this key off; answers whether there was one.
pub(crate) fn take_taint(node: &mut Node, key: &str) -> bool {
    let Some(taints) = node.spec.as_mut().and_then(|spec| spec.taints.as_mut()) else { return false };
    let before = taints.len();
    taints.retain(|taint| taint.key != key);
    taints.len() < before
}

/// Whether kubelet says that the Node is ready.
pub(crate) fn is_ready(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
