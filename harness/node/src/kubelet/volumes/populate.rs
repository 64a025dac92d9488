//! What a pod wants mounted: its claims, read live, and the volumes that they are bound to.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeClaim, Pod, PodSpec, Volume};
use kube::api::Api;
use kube::{Resource, ResourceExt};
use seatrial_kubernetes::client::{ObjectKey, reason_of};
use seatrial_kubernetes::loops::ephemeral_claim;
use seatrial_kubernetes::loops::quantity_in_bytes;

use super::identity::{Identity, VolumeSpec, attachment_name};
use crate::kubelet::core::Core;

const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// Why a pod's volumes are not known.
#[derive(Debug, thiserror::Error)]
pub(in crate::kubelet) enum PopulateError {
    #[error("error processing PVC {namespace}/{claim}: {reason}")]
    Claim { namespace: String, claim: String, reason: String },
    #[error("error processing PV {volume}: {reason}")]
    Volume { volume: String, reason: String },
}

/// A volume of a pod by its name in the pod.
#[derive(Clone, Debug)]
pub(in crate::kubelet) struct PodVolume {
    pub name: String,
    pub spec: VolumeSpec,
}

/// All volumes of a pod that come from claims.
pub(in crate::kubelet) async fn volumes_of(core: &Core, pod: &Pod) -> Result<Vec<PodVolume>, PopulateError> {
    let Some(spec) = &pod.spec else { return Ok(Vec::new()) };
    let mut volumes = Vec::new();
    for volume in spec.volumes.iter().flatten() {
        if let Some((claim, read_only)) = claim_of(pod, volume) {
            let spec = volume_spec(core, pod, &volume.name, &claim, read_only).await?;
            volumes.push(PodVolume { name: volume.name.clone(), spec });
        }
    }
    Ok(volumes)
}

/// The claim's name, and whether the pod wants to read only.
fn claim_of(pod: &Pod, volume: &Volume) -> Option<(String, bool)> {
    if let Some(claim) = ephemeral_claim(pod, volume) {
        return Some((claim, false));
    }
    let source = volume.persistent_volume_claim.as_ref()?;
    Some((source.claim_name.clone(), source.read_only.unwrap_or(false)))
}

async fn volume_spec(core: &Core, pod: &Pod, name: &str, claim: &str, read_only: bool) -> Result<VolumeSpec, PopulateError> {
    let namespace = pod.namespace().unwrap_or_default();
    let (volume, claim_uid) = bound_volume(core, &namespace, claim).await?;
    let persistent = Api::<PersistentVolume>::all(core.client.clone()).get(&volume).await;
    let failure = |reason: &str| PopulateError::Volume { volume: volume.clone(), reason: reason.to_owned() };
    let persistent = persistent.map_err(|error| failure(&reason_of(&error)))?;
    let spec = persistent.spec.unwrap_or_default();
    if spec.claim_ref.as_ref().and_then(|claim| claim.uid.as_ref()) != claim_uid.as_ref() {
        return Err(failure("the volume is bound to another claim"));
    }
    let block = spec.volume_mode.as_deref() == Some("Block");
    let pod_spec = pod.spec.as_ref();
    if block != pod_spec.is_some_and(|spec| uses_as_device(spec, name)) {
        return Err(failure("the pod uses the volume in another mode than its volumeMode"));
    }
    let security = pod_spec.and_then(|spec| spec.security_context.as_ref());
    let capacity = spec.capacity.as_ref().and_then(|capacity| capacity.get("storage")).and_then(quantity_in_bytes);
    let source = spec.csi.ok_or_else(|| failure("only CSI volumes can be mounted"))?;
    Ok(VolumeSpec {
        identity: identity(core, &volume, &source, block),
        claim: ObjectKey::new(&namespace, claim),
        capacity: capacity.unwrap_or(0),
        fs_type: source.fs_type.clone().unwrap_or_default(),
        mount_options: spec.mount_options.unwrap_or_default(),
        access_modes: spec.access_modes.unwrap_or_default(),
        attributes: source.volume_attributes.clone().unwrap_or_default(),
        stage_secret: source.node_stage_secret_ref.clone(),
        publish_secret: source.node_publish_secret_ref.clone(),
        read_only: read_only || source.read_only.unwrap_or(false),
        pod_info: pod_info(core, &source.driver, pod),
        fs_group: security.and_then(|context| context.fs_group),
        on_root_mismatch: security.and_then(|context| context.fs_group_change_policy.as_deref()) == Some("OnRootMismatch"),
    })
}

/// The volume that the claim is bound to, and the claim's uid.
async fn bound_volume(core: &Core, namespace: &str, claim: &str) -> Result<(String, Option<String>), PopulateError> {
    let failure = |reason: String| PopulateError::Claim { namespace: namespace.to_owned(), claim: claim.to_owned(), reason };
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(core.client.clone(), namespace);
    let found = claims.get(claim).await.map_err(|error| failure(format!("failed to fetch PVC from API server: {}", reason_of(&error))))?;
    let protected = found.finalizers().iter().any(|finalizer| finalizer == PROTECTION);
    if found.meta().deletion_timestamp.is_some() && !protected {
        return Err(failure("PVC is being deleted".to_owned()));
    }
    let phase = found.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default();
    match found.spec.as_ref().and_then(|spec| spec.volume_name.clone()) {
        Some(volume) if phase == "Bound" => Ok((volume, found.uid())),
        _ => Err(failure("PVC is not bound".to_owned())),
    }
}

fn uses_as_device(spec: &PodSpec, volume: &str) -> bool {
    let containers = spec.containers.iter().chain(spec.init_containers.iter().flatten());
    containers.flat_map(|container| container.volume_devices.iter().flatten()).any(|device| device.name == volume)
}

fn identity(core: &Core, volume: &str, source: &CSIPersistentVolumeSource, block: bool) -> Identity {
    let driver = core.csi_drivers.named(&source.driver);
    let attaches = driver.is_none_or(|driver| driver.spec.attach_required.unwrap_or(true));
    let node_name = core.config.node_name.clone();
    let attachment = if attaches { attachment_name(&source.volume_handle, &source.driver, &node_name) } else { String::new() };
    Identity {
        pv_name: volume.to_owned(),
        volume_handle: source.volume_handle.clone(),
        driver: source.driver.clone(),
        node_name,
        attachment,
        block,
    }
}

/// What a driver with `podInfoOnMount` is told.
fn pod_info(core: &Core, driver: &str, pod: &Pod) -> BTreeMap<String, String> {
    let asked = core.csi_drivers.named(driver).is_some_and(|driver| driver.spec.pod_info_on_mount.unwrap_or(false));
    if !asked {
        return BTreeMap::new();
    }
    let account = pod.spec.as_ref().and_then(|spec| spec.service_account_name.clone()).unwrap_or_default();
    let told = [
        ("pod.name", pod.name_any()),
        ("pod.namespace", pod.namespace().unwrap_or_default()),
        ("pod.uid", pod.uid().unwrap_or_default()),
        ("serviceAccount.name", account),
        ("ephemeral", "false".to_owned()),
    ];
    told.into_iter().map(|(key, value)| (format!("csi.storage.k8s.io/{key}"), value)).collect()
}
