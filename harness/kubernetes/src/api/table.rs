//! Tables: what `kubectl get` prints.
//!
//! Modelled: the columns of the storage kinds, pods, nodes, StatefulSets, namespaces, leases and events; other kinds
//! have a name and an age. Not modelled: printer columns of definitions, descriptions of columns.

mod cells;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::store::Resource;

/// A column: its name, and whether only `-o wide` shows it.
type Column = (&'static str, bool);

/// Shown always.
const fn narrow(name: &'static str) -> Column {
    (name, false)
}

/// Shown by `-o wide`.
const fn wide(name: &'static str) -> Column {
    (name, true)
}

/// The columns of a kind.
fn columns(resource: &Resource) -> Vec<Column> {
    let (shown, hidden): (&[&'static str], &[&'static str]) = match resource.name.to_string().as_str() {
        "pods" => (&["Name", "Ready", "Status", "Restarts", "Age"], &["IP", "Node", "Nominated Node", "Readiness Gates"]),
        "persistentvolumes" => (
            &[
                "Name",
                "Capacity",
                "Access Modes",
                "Reclaim Policy",
                "Status",
                "Claim",
                "StorageClass",
                "VolumeAttributesClass",
                "Reason",
                "Age",
            ],
            &["VolumeMode"],
        ),
        "persistentvolumeclaims" => {
            (&["Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age"], &["VolumeMode"])
        }
        "nodes" => (
            &["Name", "Status", "Roles", "Age", "Version"],
            &["Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"],
        ),
        "volumeattachments.storage.k8s.io" => (&["Name", "Attacher", "PV", "Node", "Attached", "Age"], &[]),
        "storageclasses.storage.k8s.io" => {
            (&["Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"], &[])
        }
        "csinodes.storage.k8s.io" => (&["Name", "Drivers", "Age"], &[]),
        "csidrivers.storage.k8s.io" => {
            (&["Name", "AttachRequired", "PodInfoOnMount", "StorageCapacity", "TokenRequests", "RequiresRepublish", "Modes", "Age"], &[])
        }
        "deployments.apps" => (&["Name", "Ready", "Up-to-date", "Available", "Age"], &["Containers", "Images"]),
        "replicasets.apps" => (&["Name", "Desired", "Current", "Ready", "Age"], &["Containers", "Images"]),
        "volumeattributesclasses.storage.k8s.io" => (&["Name", "DriverName", "Age"], &[]),
        "statefulsets.apps" => (&["Name", "Ready", "Age"], &["Containers", "Images"]),
        "namespaces" => (&["Name", "Status", "Age"], &[]),
        "leases.coordination.k8s.io" => (&["Name", "Holder", "Age"], &[]),
        "events" => (&["Last Seen", "Type", "Reason", "Object", "Message"], &["Source", "Count", "Name"]),
        _ => (&["Name", "Age"], &[]),
    };
    shown.iter().map(|name| narrow(name)).chain(hidden.iter().map(|name| wide(name))).collect()
}

/// A table of these objects; `heads` is false for the later events of a watch.
pub fn table(resource: &Resource, objects: &[Value], metadata: &Value, now: Timestamp, heads: bool) -> Value {
    let columns = columns(resource);
    let definition = |(name, wide): &Column| {
        let format = if *name == "Name" { "name" } else { "" };
        let kind = if *name == "Drivers" || *name == "Count" { "integer" } else { "string" };
        json!({"name": name, "type": kind, "format": format, "description": "", "priority": i32::from(*wide)})
    };
    let definitions: Vec<Value> = if heads { columns.iter().map(definition).collect() } else { Vec::new() };
    let row = |object: &Value| {
        let cells: Vec<Value> = columns.iter().map(|(name, _)| cells::cell(resource, object, name, now)).collect();
        let object = json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]});
        json!({"cells": cells, "object": object})
    };
    let rows: Vec<Value> = objects.iter().map(row).collect();
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": definitions, "rows": rows})
}
