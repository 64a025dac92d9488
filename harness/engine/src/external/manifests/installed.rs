//! What of a driver's manifests is installed in Kubernetes before it starts: all but its workloads, which are processes here.

use std::collections::BTreeSet;

use seatrial_kubernetes::dry_cluster::DryCluster;
use serde_json::{Value, json};

use super::objects::{Objects, namespace_of};
use crate::manifest::text;

/// What makes pods.
const WORKLOADS: [&str; 8] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob"];
/// Namespaces of every cluster.
const THERE: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// The objects as texts that the reader of manifests takes, namespaces first; and what is left out, in words.
pub(super) fn installed(objects: &Objects) -> (String, Vec<String>) {
    let mut cluster = DryCluster::default();
    objects.iter().for_each(|object| cluster.add(object.value));
    let (mut first, mut then, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let mut needed = BTreeSet::new();
    let mut there: BTreeSet<&str> = THERE.into();
    for object in objects.iter() {
        let kind = object.text("kind");
        if WORKLOADS.contains(&kind) {
            continue;
        }
        let Some(resource) = cluster.served(object.text("apiVersion"), kind) else {
            left_out.push(format!("{}: {object} is not installed: the API server here does not serve {kind}", object.place()));
            continue;
        };
        if resource.namespaced {
            needed.insert(namespace_of(object.value));
        }
        if kind == "Namespace" {
            there.insert(text(object.value, "/metadata/name"));
        }
        if matches!(kind, "Namespace" | "CustomResourceDefinition") {
            first.push(object.value.clone());
        } else {
            then.push(object.value.clone());
        }
    }
    let missing = needed.difference(&there).map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}));
    let all: Vec<Value> = missing.chain(first).chain(then).collect();
    (all.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n"), left_out)
}
