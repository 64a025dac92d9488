//! What goes into CreateVolume, and the PersistentVolume that comes of it.

use std::collections::BTreeMap;

use csi_api::v1::{Topology, Volume, VolumeCapability};
use k8s_openapi::api::core::v1::{
    CSIPersistentVolumeSource, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeSpec, SecretReference, VolumeNodeAffinity,
};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::Resource;
use kube::api::ObjectMeta;

use super::super::capability::{capability, mode};
use super::super::driver::Abilities;
use super::request::Prepared;
use crate::loops::support::names::{PROVISIONED_BY, PROVISIONER_FINALIZER};
use crate::loops::support::objects::claim_class;
use crate::loops::support::quantity::quantity;

/// Annotations of a volume: the Secret that its deletion needs.
pub(super) const SECRET_NAME: &str = "volume.kubernetes.io/provisioner-deletion-secret-name";
/// The Secret's namespace.
pub(super) const SECRET_NAMESPACE: &str = "volume.kubernetes.io/provisioner-deletion-secret-namespace";
const MODIFY_SECRET_NAME: &str = "volume.kubernetes.io/controller-modify-secret-name";
const MODIFY_SECRET_NAMESPACE: &str = "volume.kubernetes.io/controller-modify-secret-namespace";

/// Whether the claim asks for a raw device.
pub(super) fn is_block(claim: &PersistentVolumeClaim) -> bool {
    claim.spec.as_ref().and_then(|spec| spec.volume_mode.as_deref()) == Some("Block")
}

/// One capability for each access mode of the claim.
pub(super) fn capabilities(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    abilities: &Abilities,
    fs_type: &str,
) -> Result<Vec<VolumeCapability>, String> {
    let modes = claim.spec.as_ref().and_then(|spec| spec.access_modes.as_deref()).unwrap_or_default();
    let flags = class.mount_options.as_deref().unwrap_or_default();
    let one = |name: &String| {
        Ok(capability(mode(std::slice::from_ref(name), abilities.single_node_multi_writer)?, is_block(claim), fs_type, flags))
    };
    modes.iter().map(one).collect()
}

/// The object that tells the cluster of the volume.
pub(super) fn persistent_volume(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    prepared: Prepared,
    volume: Volume,
    identity: &str,
) -> PersistentVolume {
    let wanted = claim.spec.clone().unwrap_or_default();
    let mut attributes = volume.volume_context;
    attributes.insert("storage.kubernetes.io/csiProvisionerIdentity".into(), identity.to_owned());
    let source = CSIPersistentVolumeSource { volume_handle: volume.volume_id, volume_attributes: Some(attributes), ..prepared.source };
    let mut annotations = BTreeMap::from([(PROVISIONED_BY.to_owned(), source.driver.clone())]);
    annotations.extend(noted(SECRET_NAME, SECRET_NAMESPACE, &prepared.provisioner.unwrap_or_default()));
    annotations.extend(prepared.modifier.iter().flat_map(|secret| noted(MODIFY_SECRET_NAME, MODIFY_SECRET_NAMESPACE, secret)));
    PersistentVolume {
        metadata: ObjectMeta {
            name: Some(prepared.request.name),
            annotations: Some(annotations),
            finalizers: Some(vec![PROVISIONER_FINALIZER.to_owned()]),
            ..Default::default()
        },
        spec: Some(PersistentVolumeSpec {
            access_modes: wanted.access_modes,
            capacity: Some(BTreeMap::from([("storage".to_owned(), quantity(volume.capacity_bytes))])),
            claim_ref: Some(claim.object_ref(&())),
            csi: Some(source),
            mount_options: class.mount_options.clone(),
            node_affinity: affinity(&volume.accessible_topology),
            persistent_volume_reclaim_policy: Some(class.reclaim_policy.clone().unwrap_or_else(|| "Delete".into())),
            storage_class_name: Some(claim_class(claim).to_owned()),
            volume_attributes_class_name: wanted.volume_attributes_class_name.filter(|name| !name.is_empty()),
            volume_mode: Some(wanted.volume_mode.unwrap_or_else(|| "Filesystem".into())),
            ..Default::default()
        }),
        status: None,
    }
}

/// The annotations that name a Secret; empty texts where there is none.
fn noted(name: &str, namespace: &str, secret: &SecretReference) -> [(String, String); 2] {
    [(name.to_owned(), secret.name.clone().unwrap_or_default()), (namespace.to_owned(), secret.namespace.clone().unwrap_or_default())]
}

/// One term for each topology from which the volume can be reached.
fn affinity(topologies: &[Topology]) -> Option<VolumeNodeAffinity> {
    let terms: Vec<NodeSelectorTerm> = topologies
        .iter()
        .filter(|topology| !topology.segments.is_empty())
        .map(|topology| NodeSelectorTerm {
            match_expressions: Some(topology.segments.iter().map(|(key, value)| is(key, value)).collect()),
            match_fields: None,
        })
        .collect();
    (!terms.is_empty()).then_some(VolumeNodeAffinity { required: Some(NodeSelector { node_selector_terms: terms }) })
}

fn is(key: &str, value: &str) -> NodeSelectorRequirement {
    NodeSelectorRequirement { key: key.to_owned(), operator: "In".into(), values: Some(vec![value.to_owned()]) }
}
