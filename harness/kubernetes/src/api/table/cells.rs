//! The cells of tables.

use jiff::Timestamp;
use serde_json::Value;

use crate::store::Resource;
use crate::store::value::{list, part, text};

/// The cell of an object in a column.
pub fn cell(resource: &Resource, object: &Value, column: &str, now: Timestamp) -> Value {
    match column {
        "Name" => return name(object).into(),
        "Age" => return age(text(object, "/metadata/creationTimestamp"), now).into(),
        _ => {}
    }
    match resource.name.plural.as_str() {
        "pods" => pod(object, column),
        "persistentvolumes" => volume(object, column),
        "persistentvolumeclaims" => claim(object, column),
        "nodes" => node(object, column),
        "volumeattachments" | "storageclasses" | "csinodes" | "csidrivers" => storage(object, column),
        "events" => event(object, column, now),
        _ => super::charts::cell(resource, object, column, now).unwrap_or_else(|| other(object, column)),
    }
}

fn name(object: &Value) -> String {
    let name = text(object, "/metadata/name");
    let default = ["storageclass.kubernetes.io~1is-default-class", "ingressclass.kubernetes.io~1is-default-class"]
        .iter()
        .any(|annotation| part(object, &format!("/metadata/annotations/{annotation}")) == "true");
    if default { format!("{name} (default)") } else { name.to_owned() }
}

pub(super) fn or(value: &str, otherwise: &str) -> Value {
    if value.is_empty() { otherwise.into() } else { value.into() }
}

pub(super) fn yes(value: &Value) -> Value {
    (value == true).to_string().into()
}

pub(super) fn joined<'a>(values: impl Iterator<Item = &'a Value>, member: &str) -> String {
    let texts: Vec<&str> = values.filter_map(|value| if member.is_empty() { value.as_str() } else { value[member].as_str() }).collect();
    texts.join(",")
}

fn access_modes(modes: &[Value]) -> String {
    const SHORT: [(&str, &str); 4] =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let found: Vec<&str> = SHORT.iter().filter(|(mode, _)| modes.iter().any(|there| there == mode)).map(|(_, short)| *short).collect();
    found.join(",")
}

fn is_deleting(object: &Value) -> bool {
    !part(object, "/metadata/deletionTimestamp").is_null()
}

fn pod(pod: &Value, column: &str) -> Value {
    let statuses = list(pod, "/status/containerStatuses");
    match column {
        "Ready" => {
            let ready = statuses.iter().filter(|status| status["ready"] == true).count();
            format!("{ready}/{}", list(pod, "/spec/containers").len()).into()
        }
        "Status" => {
            let waiting = statuses.iter().map(|status| text(status, "/state/waiting/reason")).find(|reason| !reason.is_empty());
            let reason = or(text(pod, "/status/reason"), text(pod, "/status/phase"));
            match (is_deleting(pod), waiting) {
                (true, _) if reason == "NodeLost" => "Unknown".into(),
                (true, _) => "Terminating".into(),
                (false, Some(waiting)) => waiting.into(),
                (false, None) => reason,
            }
        }
        "Restarts" => statuses.iter().filter_map(|status| status["restartCount"].as_i64()).max().unwrap_or(0).to_string().into(),
        "IP" => or(text(pod, "/status/podIP"), "<none>"),
        "Node" => or(text(pod, "/spec/nodeName"), "<none>"),
        "Nominated Node" => or(text(pod, "/status/nominatedNodeName"), "<none>"),
        _ => "<none>".into(),
    }
}

fn volume(volume: &Value, column: &str) -> Value {
    match column {
        "Capacity" => text(volume, "/spec/capacity/storage").into(),
        "Access Modes" => access_modes(list(volume, "/spec/accessModes")).into(),
        "Reclaim Policy" => text(volume, "/spec/persistentVolumeReclaimPolicy").into(),
        "Status" if is_deleting(volume) => "Terminating".into(),
        "Status" => text(volume, "/status/phase").into(),
        "Claim" if part(volume, "/spec/claimRef").is_null() => "".into(),
        "Claim" => format!("{}/{}", text(volume, "/spec/claimRef/namespace"), text(volume, "/spec/claimRef/name")).into(),
        "StorageClass" => text(volume, "/spec/storageClassName").into(),
        "VolumeAttributesClass" => or(text(volume, "/spec/volumeAttributesClassName"), "<unset>"),
        "Reason" => text(volume, "/status/reason").into(),
        _ => or(text(volume, "/spec/volumeMode"), "<unset>"),
    }
}

fn claim(claim: &Value, column: &str) -> Value {
    let bound = !text(claim, "/spec/volumeName").is_empty();
    match column {
        "Status" if is_deleting(claim) => "Terminating".into(),
        "Status" => text(claim, "/status/phase").into(),
        "Volume" => text(claim, "/spec/volumeName").into(),
        "Capacity" if bound => text(claim, "/status/capacity/storage").into(),
        "Access Modes" if bound => access_modes(list(claim, "/status/accessModes")).into(),
        "Capacity" | "Access Modes" => "".into(),
        "StorageClass" => text(claim, "/spec/storageClassName").into(),
        "VolumeAttributesClass" => or(text(claim, "/spec/volumeAttributesClassName"), "<unset>"),
        _ => or(text(claim, "/spec/volumeMode"), "<unset>"),
    }
}

fn node(node: &Value, column: &str) -> Value {
    let address = |kind: &str| {
        let found = list(node, "/status/addresses").iter().find(|address| address["type"] == kind);
        or(found.map_or("", |address| text(address, "/address")), "<none>")
    };
    match column {
        "Status" => {
            let ready = list(node, "/status/conditions").iter().find(|condition| condition["type"] == "Ready");
            let word = match ready.map(|condition| text(condition, "/status")) {
                Some("True") => "Ready",
                Some(_) => "NotReady",
                None => "Unknown",
            };
            let disabled = if part(node, "/spec/unschedulable") == true { ",SchedulingDisabled" } else { "" };
            format!("{word}{disabled}").into()
        }
        "Roles" => {
            let labels = part(node, "/metadata/labels").as_object().into_iter().flatten();
            let roles: Vec<&str> = labels.filter_map(|(label, _)| label.strip_prefix("node-role.kubernetes.io/")).collect();
            or(&roles.join(","), "<none>")
        }
        "Version" => text(node, "/status/nodeInfo/kubeletVersion").into(),
        "Internal-IP" => address("InternalIP"),
        "External-IP" => address("ExternalIP"),
        "OS-Image" => or(text(node, "/status/nodeInfo/osImage"), "<unknown>"),
        "Kernel-Version" => or(text(node, "/status/nodeInfo/kernelVersion"), "<unknown>"),
        _ => or(text(node, "/status/nodeInfo/containerRuntimeVersion"), "<unknown>"),
    }
}

fn storage(object: &Value, column: &str) -> Value {
    match column {
        "Attacher" => text(object, "/spec/attacher").into(),
        "PV" => text(object, "/spec/source/persistentVolumeName").into(),
        "Node" => text(object, "/spec/nodeName").into(),
        "Attached" => yes(part(object, "/status/attached")),
        "Provisioner" => text(object, "/provisioner").into(),
        "ReclaimPolicy" => text(object, "/reclaimPolicy").into(),
        "VolumeBindingMode" => text(object, "/volumeBindingMode").into(),
        "AllowVolumeExpansion" => yes(part(object, "/allowVolumeExpansion")),
        "Drivers" => list(object, "/spec/drivers").len().into(),
        "AttachRequired" => yes(part(object, "/spec/attachRequired")),
        "PodInfoOnMount" => yes(part(object, "/spec/podInfoOnMount")),
        "StorageCapacity" => yes(part(object, "/spec/storageCapacity")),
        "RequiresRepublish" => yes(part(object, "/spec/requiresRepublish")),
        "TokenRequests" => or(&joined(list(object, "/spec/tokenRequests").iter(), "audience"), "<unset>"),
        _ => or(&joined(list(object, "/spec/volumeLifecycleModes").iter(), ""), "<none>"),
    }
}

fn event(event: &Value, column: &str, now: Timestamp) -> Value {
    match column {
        "Last Seen" => {
            let seen = ["/lastTimestamp", "/firstTimestamp", "/eventTime"].map(|pointer| text(event, pointer));
            age(seen.into_iter().find(|time| !time.is_empty()).unwrap_or_default(), now).into()
        }
        "Type" => text(event, "/type").into(),
        "Reason" => text(event, "/reason").into(),
        "Object" => format!("{}/{}", text(event, "/involvedObject/kind").to_lowercase(), text(event, "/involvedObject/name")).into(),
        "Message" => text(event, "/message").trim().into(),
        "Count" => part(event, "/count").as_i64().unwrap_or(1).into(),
        _ => text(event, "/source/component").into(),
    }
}

fn other(object: &Value, column: &str) -> Value {
    let containers = || list(object, "/spec/template/spec/containers").iter();
    let count = |pointer: &str| part(object, pointer).as_i64().unwrap_or(0);
    match column {
        "Ready" if matches!(text(object, "/kind"), "ReplicaSet" | "ReplicationController") => count("/status/readyReplicas").into(),
        "Ready" => format!("{}/{}", count("/status/readyReplicas"), count("/spec/replicas")).into(),
        "Desired" => count("/spec/replicas").into(),
        "Current" => count("/status/replicas").into(),
        "Up-to-date" => count("/status/updatedReplicas").into(),
        "Available" => count("/status/availableReplicas").into(),
        "DriverName" => text(object, "/driverName").into(),
        "Containers" => joined(containers(), "name").into(),
        "Images" => joined(containers(), "image").into(),
        "Status" => text(object, "/status/phase").into(),
        "Holder" => text(object, "/spec/holderIdentity").into(),
        _ => "".into(),
    }
}

/// How long ago, in the two largest units that say something.
pub(super) fn age(since: &str, now: Timestamp) -> String {
    let Ok(since) = since.parse::<Timestamp>() else { return "<unknown>".to_owned() };
    let seconds = now.duration_since(since).as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: i64, unit: &str, small: i64, below: &str| {
        if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{below}") }
    };
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        _ if minutes < 10 => two(minutes, "m", seconds % 60, "s"),
        _ if minutes < 180 => format!("{minutes}m"),
        _ if hours < 8 => two(hours, "h", minutes % 60, "m"),
        _ if hours < 48 => format!("{hours}h"),
        _ if days < 8 => two(days, "d", hours % 24, "h"),
        _ if days < 730 => format!("{days}d"),
        _ if days < 2920 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn ages_are_told_in_two_units_at_most() {
        let since = seatrial_journal::epoch();
        let table = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (150, "2m30s"),
            (900, "15m"),
            (4 * 3600, "4h"),
            (4 * 3600 + 300, "4h5m"),
            (30 * 3600, "30h"),
            (3 * 86_400 + 7200, "3d2h"),
            (100 * 86_400, "100d"),
            (800 * 86_400, "2y70d"),
        ];
        for (seconds, expected) in table {
            assert_eq!(age(&since.to_string(), since + Duration::from_secs(seconds)), expected);
        }
    }
}
