//! Readings of pods, claims, volumes and nodes.

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod, Volume};
use kube::{Resource, ResourceExt};

use super::names::{BIND_COMPLETED, BOUND_BY_CONTROLLER, SELECTED_NODE};
use crate::client::ObjectKey;

/// The claims that a pod uses, in the order of its volumes; those of generic ephemeral volumes included.
pub(crate) fn claims_of(pod: &Pod) -> Vec<ObjectKey> {
    let namespace = pod.namespace().unwrap_or_default();
    let volumes = pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten());
    volumes
        .filter_map(|volume| {
            if let Some(source) = &volume.persistent_volume_claim {
                return Some(ObjectKey::new(&namespace, &source.claim_name));
            }
            ephemeral_claim(pod, volume).map(|name| ObjectKey::new(&namespace, &name))
        })
        .collect()
}

/// The name of the claim of a generic ephemeral volume; nothing for volumes of another kind.
pub fn ephemeral_claim(pod: &Pod, volume: &Volume) -> Option<String> {
    volume.ephemeral.as_ref().map(|_| format!("{}-{}", pod.name_any(), volume.name))
}

/// The node that a pod is on.
pub(crate) fn node_of(pod: &Pod) -> Option<&str> {
    pod.spec.as_ref()?.node_name.as_deref().filter(|name| !name.is_empty())
}

/// Whether the pod has ended for good.
pub(crate) fn is_terminal(pod: &Pod) -> bool {
    matches!(pod_phase(pod), "Succeeded" | "Failed")
}

/// The pod's phase.
pub(crate) fn pod_phase(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// Whether somebody has asked for the object's deletion.
pub(crate) fn is_deleting<K: Resource>(object: &K) -> bool {
    object.meta().deletion_timestamp.is_some()
}

/// The annotation's text, empty when it is not there.
pub(crate) fn annotation<'a, K: Resource>(object: &'a K, name: &str) -> &'a str {
    object.meta().annotations.as_ref().and_then(|all| all.get(name)).map_or("", String::as_str)
}

/// Whether the annotation is there.
pub(crate) fn has_annotation<K: Resource>(object: &K, name: &str) -> bool {
    object.meta().annotations.as_ref().is_some_and(|all| all.contains_key(name))
}

/// Whether the finalizer is there.
pub(crate) fn has_finalizer<K: Resource>(object: &K, name: &str) -> bool {
    object.meta().finalizers.iter().flatten().any(|finalizer| finalizer == name)
}

/// The object's uid.
pub(crate) fn uid<K: Resource>(object: &K) -> &str {
    object.meta().uid.as_deref().unwrap_or_default()
}

/// The class that a claim asks for; empty for none.
pub(crate) fn claim_class(claim: &PersistentVolumeClaim) -> &str {
    claim.spec.as_ref().and_then(|spec| spec.storage_class_name.as_deref()).unwrap_or_default()
}

/// The volume that a claim names; empty for none.
pub(crate) fn claim_volume(claim: &PersistentVolumeClaim) -> &str {
    claim.spec.as_ref().and_then(|spec| spec.volume_name.as_deref()).unwrap_or_default()
}

/// The claim's phase.
pub(crate) fn claim_phase(claim: &PersistentVolumeClaim) -> &str {
    claim.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// The node that the scheduler chose for provisioning; empty for none.
pub(crate) fn selected_node(claim: &PersistentVolumeClaim) -> &str {
    annotation(claim, SELECTED_NODE)
}

/// Whether claim and volume are joined and the controller has finished with the claim.
pub(crate) fn is_fully_bound(claim: &PersistentVolumeClaim) -> bool {
    !claim_volume(claim).is_empty() && has_annotation(claim, BIND_COMPLETED)
}

/// Whether the controller, not a user, joined the object to its other half.
pub(crate) fn is_bound_by_controller<K: Resource>(object: &K) -> bool {
    has_annotation(object, BOUND_BY_CONTROLLER)
}

/// The volume's phase.
pub(crate) fn volume_phase(volume: &PersistentVolume) -> &str {
    volume.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// The class that a volume belongs to; empty for none.
pub(crate) fn volume_class(volume: &PersistentVolume) -> &str {
    volume.spec.as_ref().and_then(|spec| spec.storage_class_name.as_deref()).unwrap_or_default()
}

/// The claim that a volume is reserved for, with the uid if it is joined to it.
pub(crate) fn claim_of(volume: &PersistentVolume) -> Option<(ObjectKey, &str)> {
    let reference = volume.spec.as_ref()?.claim_ref.as_ref()?;
    let key = ObjectKey::new(reference.namespace.as_deref().unwrap_or_default(), reference.name.as_deref().unwrap_or_default());
    Some((key, reference.uid.as_deref().unwrap_or_default()))
}

/// Whether the volume is reserved for this claim: by name, and by uid where it has one.
pub(crate) fn is_reserved_for(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    claim_of(volume).is_some_and(|(key, of)| key == ObjectKey::of(claim) && (of.is_empty() || of == uid(claim)))
}

/// Whether the node's Ready condition is True.
pub(crate) fn is_ready(node: &Node) -> bool {
    let conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
