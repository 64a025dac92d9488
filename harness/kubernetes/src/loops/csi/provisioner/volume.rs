//! What goes into CreateVolume, and the PersistentVolume that comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use csi_api::v1::{Topology, Volume, VolumeCapability};
use k8s_openapi::api::core::v1::{
    CSIPersistentVolumeSource, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeSpec, VolumeNodeAffinity,
};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::ObjectMeta;
use kube::{Resource, ResourceExt};

use super::super::capability::{capability, mode};
use super::super::driver::Abilities;
use crate::loops::support::names::{PROVISIONED_BY, PROVISIONER_FINALIZER};
use crate::loops::support::objects::claim_class;
use crate::loops::support::quantity::quantity;

/// Parameters with this prefix are the sidecar's, not the driver's.
const PREFIX: &str = "csi.storage.k8s.io/";
const SECRET_NAME: &str = "volume.kubernetes.io/provisioner-deletion-secret-name";
const SECRET_NAMESPACE: &str = "volume.kubernetes.io/provisioner-deletion-secret-namespace";

/// A volume that the driver has made, and for whom.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) claim: Arc<PersistentVolumeClaim>,
    pub(super) class: Arc<StorageClass>,
    pub(super) volume: Volume,
    pub(super) fs_type: String,
}

/// The class's file system, else the sidecar's default.
pub(super) fn fs_type(class: &StorageClass, default: &str) -> String {
    let parameters = class.parameters.as_ref();
    let named = parameters.and_then(|all| all.get("csi.storage.k8s.io/fstype").or_else(|| all.get("fstype")));
    named.cloned().unwrap_or_else(|| default.to_owned())
}

fn is_block(claim: &PersistentVolumeClaim) -> bool {
    claim.spec.as_ref().and_then(|spec| spec.volume_mode.as_deref()) == Some("Block")
}

/// One capability for each access mode of the claim.
pub(super) fn capabilities(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    abilities: &Abilities,
    default_fs_type: &str,
) -> Result<Vec<VolumeCapability>, String> {
    let modes = claim.spec.as_ref().and_then(|spec| spec.access_modes.as_deref()).unwrap_or_default();
    let fs_type = fs_type(class, default_fs_type);
    let flags = class.mount_options.as_deref().unwrap_or_default();
    let one = |name: &String| {
        let mode = mode(name, abilities.single_node_multi_writer).ok_or_else(|| format!("unsupported access mode {name}"))?;
        Ok(capability(mode, is_block(claim), &fs_type, flags))
    };
    modes.iter().map(one).collect()
}

/// The class's parameters without the sidecar's own, and the names that drivers like to know.
pub(super) fn parameters(claim: &PersistentVolumeClaim, class: &StorageClass, volume: &str, metadata: bool) -> BTreeMap<String, String> {
    let given = class.parameters.clone().unwrap_or_default();
    let mut parameters: BTreeMap<_, _> = given.into_iter().filter(|(key, _)| !key.starts_with(PREFIX) && key != "fstype").collect();
    if metadata {
        parameters.insert("csi.storage.k8s.io/pvc/name".into(), claim.name_any());
        parameters.insert("csi.storage.k8s.io/pvc/namespace".into(), claim.namespace().unwrap_or_default());
        parameters.insert("csi.storage.k8s.io/pv/name".into(), volume.to_owned());
    }
    parameters
}

/// The object that tells the cluster of the volume.
pub(super) fn persistent_volume(made: &Made, driver: &str, identity: &str) -> PersistentVolume {
    let (claim, class, volume) = (made.claim.as_ref(), made.class.as_ref(), &made.volume);
    let wanted = claim.spec.clone().unwrap_or_default();
    let mut attributes = volume.volume_context.clone();
    attributes.insert("storage.kubernetes.io/csiProvisionerIdentity".into(), identity.to_owned());
    let source = CSIPersistentVolumeSource {
        driver: driver.to_owned(),
        volume_handle: volume.volume_id.clone(),
        volume_attributes: Some(attributes),
        fs_type: (!is_block(claim)).then(|| made.fs_type.clone()).filter(|name| !name.is_empty()),
        ..Default::default()
    };
    let annotations = [(PROVISIONED_BY, driver), (SECRET_NAME, ""), (SECRET_NAMESPACE, "")];
    PersistentVolume {
        metadata: ObjectMeta {
            name: Some(made.name.clone()),
            annotations: Some(annotations.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
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
