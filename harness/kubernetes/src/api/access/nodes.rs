//! The node authorizer, in a simple form: what a kubelet may do.
//!
//! Modelled: the verbs of a kubelet; its own Node, Lease and CSINode only; secrets, config maps and claims only where a pod
//! that is bound to it names them, one by one. Relaxed: volumes and attachments are not followed to its pods, pods of
//! other nodes may be read. Where the real server's NodeRestriction admission refuses, this is an ordinary 403.

use seatrial_wires::Identity;
use serde_json::Value;

use super::Attributes;
use crate::store::Store;
use crate::store::value::{list, text};

/// Group, resource with subresource, verbs.
const RULES: [(&str, &str, &str); 21] = [
    ("", "services", "get list watch"),
    ("", "nodes", "create get list watch"),
    ("", "events", "create update patch"),
    ("events.k8s.io", "events", "create update patch"),
    ("", "pods", "get list watch create delete"),
    ("", "pods/status", "get update patch"),
    ("", "pods/eviction", "create"),
    ("", "serviceaccounts", "get"),
    ("", "serviceaccounts/token", "create"),
    ("", "persistentvolumes", "get"),
    ("", "persistentvolumeclaims/status", "get update patch"),
    ("storage.k8s.io", "volumeattachments", "get"),
    ("storage.k8s.io", "csidrivers", "get list watch"),
    ("storage.k8s.io", "csinodes", "create"),
    ("coordination.k8s.io", "leases", "create"),
    ("authentication.k8s.io", "tokenreviews", "create"),
    ("authorization.k8s.io", "subjectaccessreviews", "create"),
    ("authorization.k8s.io", "localsubjectaccessreviews", "create"),
    ("node.k8s.io", "runtimeclasses", "get list watch"),
    ("certificates.k8s.io", "certificatesigningrequests", "create get list watch"),
    ("discovery.k8s.io", "endpointslices", "get list watch"),
];

/// The same, of the object that bears the node's own name.
const OWN: [(&str, &str, &str); 4] = [
    ("", "nodes", "update patch"),
    ("", "nodes/status", "get update patch"),
    ("storage.k8s.io", "csinodes", "get update patch delete"),
    ("coordination.k8s.io", "leases", "get update patch delete"),
];

/// Whether a kubelet may do it; false for everybody else.
pub(super) fn allows(store: &Store, user: &Identity, asked: &Attributes) -> bool {
    let of_nodes = user.groups.iter().any(|group| group == "system:nodes");
    let Some(node) = user.name.strip_prefix("system:node:").filter(|_| of_nodes) else { return false };
    let combined = asked.combined();
    let covers = |(group, resource, verbs): &(&str, &str, &str)| {
        *group == asked.group && *resource == combined && verbs.split(' ').any(|verb| verb == asked.verb)
    };
    if asked.group == "coordination.k8s.io" && asked.namespace != "kube-node-lease" {
        return false;
    }
    RULES.iter().any(covers) || (asked.name == node && OWN.iter().any(covers)) || may_read_for_a_pod(store, node, asked)
}

fn may_read_for_a_pod(store: &Store, node: &str, asked: &Attributes) -> bool {
    let reads = matches!(asked.verb.as_str(), "get" | "list" | "watch") && asked.group.is_empty() && asked.subresource.is_empty();
    if !reads || asked.name.is_empty() {
        return false;
    }
    let of_node = |pod: &&std::sync::Arc<Value>| text(pod, "/spec/nodeName") == node && text(pod, "/metadata/namespace") == asked.namespace;
    let keys: &[&str] = match asked.resource.as_str() {
        "secrets" => &["secretName", "secretRef", "secretKeyRef", "secret", "imagePullSecrets"],
        "configmaps" => &["configMap", "configMapRef", "configMapKeyRef"],
        "persistentvolumeclaims" => &["claimName"],
        _ => return false,
    };
    store.objects("", "pods").filter(of_node).any(|pod| {
        let ephemeral = |volume: &Value| {
            !volume["ephemeral"].is_null() && format!("{}-{}", text(pod, "/metadata/name"), text(volume, "/name")) == asked.name
        };
        names(&pod["spec"], keys, &asked.name)
            || (asked.resource == "persistentvolumeclaims" && list(pod, "/spec/volumes").iter().any(ephemeral))
    })
}

/// Whether somewhere in `value` one of these members bears the name, by itself or as its `name`.
fn names(value: &Value, keys: &[&str], name: &str) -> bool {
    let is = |value: &Value| *value == name || value["name"] == name || list(value, "").iter().any(|one| one["name"] == name);
    match value {
        Value::Object(members) => {
            members.iter().any(|(key, value)| (keys.contains(&key.as_str()) && is(value)) || names(value, keys, name))
        }
        Value::Array(elements) => elements.iter().any(|element| names(element, keys, name)),
        _ => false,
    }
}
