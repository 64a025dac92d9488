//! Tables: what `kubectl get` prints.
//!
//! Modelled: the columns of the built-in kinds, and those that definitions declare. Not modelled: descriptions of columns,
//! the types of a few cells.

mod cells;
mod charts;
mod declared;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::accept::Included;
use crate::store::Resource;
use crate::store::value::{part, text};

/// A column.
#[derive(Clone, Copy, Debug)]
struct Column<'a> {
    name: &'a str,
    kind: &'a str,
    format: &'a str,
    /// Whether only `-o wide` shows it.
    wide: bool,
    /// Where a definition finds its value.
    path: Option<&'a str>,
}

/// Cells that are numbers or flags, wherever they stand.
const INTEGERS: [&str; 8] = ["Drivers", "Count", "Desired", "Current", "Up-to-date", "Available", "Active", "Allowed Disruptions"];

/// Of a built-in kind.
const fn column(name: &'static str, wide: bool) -> Column<'static> {
    Column { name, kind: "", format: "", wide, path: None }
}

/// What a definition declares; the name stands before it.
fn of_definition(columns: &[Value]) -> Vec<Column<'_>> {
    let mut all = vec![column("Name", false)];
    all.extend(columns.iter().map(|column| Column {
        name: text(column, "/name"),
        kind: text(column, "/type"),
        format: text(column, "/format"),
        wide: part(column, "/priority").as_i64().unwrap_or(0) > 0,
        path: Some(text(column, "/jsonPath")),
    }));
    all
}

/// The columns of a kind.
fn columns(resource: &Resource) -> Vec<Column<'_>> {
    if let Some(columns) = resource.strategy.columns() {
        return of_definition(columns);
    }
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
        "replicasets.apps" | "replicationcontrollers" => (&["Name", "Desired", "Current", "Ready", "Age"], &["Containers", "Images"]),
        "volumeattributesclasses.storage.k8s.io" => (&["Name", "DriverName", "Age"], &[]),
        "statefulsets.apps" => (&["Name", "Ready", "Age"], &["Containers", "Images"]),
        "namespaces" => (&["Name", "Status", "Age"], &[]),
        "leases.coordination.k8s.io" => (&["Name", "Holder", "Age"], &[]),
        "events" => (&["Last Seen", "Type", "Reason", "Object", "Message"], &["Source", "Count", "Name"]),
        _ => of_charts(resource),
    };
    shown.iter().map(|name| column(name, false)).chain(hidden.iter().map(|name| column(name, true))).collect()
}

type Names = (&'static [&'static str], &'static [&'static str]);

/// The columns of what Helm charts bring along.
fn of_charts(resource: &Resource) -> Names {
    match resource.name.plural.as_str() {
        "daemonsets" => (
            &["Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age"],
            &["Containers", "Images", "Selector"],
        ),
        "jobs" => (&["Name", "Status", "Completions", "Duration", "Age"], &["Containers", "Images", "Selector"]),
        "cronjobs" => {
            (&["Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"], &["Containers", "Images", "Selector"])
        }
        "horizontalpodautoscalers" => (&["Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"], &[]),
        "networkpolicies" => (&["Name", "Pod-Selector", "Age"], &[]),
        "ingresses" => (&["Name", "Class", "Hosts", "Address", "Ports", "Age"], &[]),
        "ingressclasses" => (&["Name", "Controller", "Parameters", "Age"], &[]),
        "poddisruptionbudgets" => (&["Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"], &[]),
        "resourcequotas" => (&["Name", "Request", "Limit", "Age"], &[]),
        "priorityclasses" => (&["Name", "Value", "Global-Default", "Age", "PreemptionPolicy"], &[]),
        "runtimeclasses" => (&["Name", "Handler", "Age"], &[]),
        "services" => (&["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"], &["Selector"]),
        "endpoints" => (&["Name", "Endpoints", "Age"], &[]),
        "endpointslices" => (&["Name", "AddressType", "Ports", "Endpoints", "Age"], &[]),
        "configmaps" => (&["Name", "Data", "Age"], &[]),
        "secrets" => (&["Name", "Type", "Data", "Age"], &[]),
        "mutatingwebhookconfigurations" | "validatingwebhookconfigurations" => (&["Name", "Webhooks", "Age"], &[]),
        "rolebindings" | "clusterrolebindings" => (&["Name", "Role", "Age"], &["Users", "Groups", "ServiceAccounts"]),
        "roles" | "clusterroles" | "customresourcedefinitions" => (&["Name", "Created At"], &[]),
        "controllerrevisions" => (&["Name", "Controller", "Revision", "Age"], &[]),
        _ => (&["Name", "Age"], &[]),
    }
}

impl Column<'_> {
    fn cell(&self, resource: &Resource, object: &Value, now: Timestamp) -> Value {
        match self.path {
            Some(path) => declared::cell(object, path, self.kind, now),
            None => cells::cell(resource, object, self.name, now),
        }
    }
}

/// A table of these objects; `heads` is false for the later events of a watch.
pub fn table(resource: &Resource, objects: &[Value], metadata: &Value, now: Timestamp, heads: bool, included: Included) -> Value {
    let columns = columns(resource);
    let definition = |column: &Column<'_>| {
        let Column { name, kind, format, wide, .. } = *column;
        let format = if name == "Name" { "name" } else { format };
        let kind = if !kind.is_empty() {
            kind
        } else if INTEGERS.contains(&name) {
            "integer"
        } else {
            "string"
        };
        json!({"name": name, "type": kind, "format": format, "description": "", "priority": i32::from(wide)})
    };
    let definitions: Vec<Value> = if heads { columns.iter().map(definition).collect() } else { Vec::new() };
    let row = |object: &Value| {
        let cells: Vec<Value> = columns.iter().map(|column| column.cell(resource, object, now)).collect();
        json!({"cells": cells, "object": included.of(object)})
    };
    let rows: Vec<Value> = objects.iter().map(row).collect();
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": definitions, "rows": rows})
}
