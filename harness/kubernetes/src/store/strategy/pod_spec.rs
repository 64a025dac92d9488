//! Defaults of a pod's spec, wherever it stands.

use serde_json::{Value, json};

use crate::store::value::{default_to, for_each, part, text};

/// Fills in what a pod's spec at `path` leaves out.
pub fn default_pod_spec(object: &mut Value, path: &[&str]) {
    let mut place = object;
    for step in path {
        let Some(next) = place.get_mut(step) else { return };
        place = next;
    }
    if !place.is_object() {
        return;
    }
    for (field, value) in [
        ("restartPolicy", json!("Always")),
        ("dnsPolicy", json!("ClusterFirst")),
        ("schedulerName", json!("default-scheduler")),
        ("securityContext", json!({})),
        ("terminationGracePeriodSeconds", json!(30)),
    ] {
        default_to(place, &[field], value);
    }
    for containers in ["containers", "initContainers", "ephemeralContainers"] {
        for_each(place, &[containers], default_container);
    }
    for_each(place, &["volumes"], default_volume);
}

fn default_container(container: &mut Value) {
    let image = text(container, "/image");
    let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    let pull = if tag.is_none_or(|tag| tag == "latest") && !image.contains('@') { "Always" } else { "IfNotPresent" };
    default_to(container, &["imagePullPolicy"], pull);
    default_to(container, &["resources"], json!({}));
    default_to(container, &["terminationMessagePath"], "/dev/termination-log");
    default_to(container, &["terminationMessagePolicy"], "File");
    for_each(container, &["ports"], |port| default_to(port, &["protocol"], "TCP"));
    let limits = part(container, "/resources/limits").clone();
    for (resource, limit) in limits.as_object().into_iter().flatten() {
        default_to(container, &["resources", "requests", resource], limit.clone());
    }
}

fn default_volume(volume: &mut Value) {
    for source in ["configMap", "secret", "projected", "downwardAPI"] {
        if volume.get(source).is_some() {
            default_to(volume, &[source, "defaultMode"], 420);
        }
    }
    if volume.get("ephemeral").is_some() {
        default_to(volume, &["ephemeral", "volumeClaimTemplate", "spec", "volumeMode"], "Filesystem");
    }
    let named_only = volume.as_object().is_some_and(|members| members.len() == 1);
    if named_only {
        default_to(volume, &["emptyDir"], json!({}));
    }
}
