//! What a claim's volume is to be made of: a snapshot that is ready, bound, of this driver, and not larger than the claim. The words
//! are external-provisioner's.

use csi_api::v1::VolumeContentSource;
use csi_api::v1::volume_content_source::{SnapshotSource, Type};
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;
use kube::api::Api;

use super::Provisioner;
use super::outcome::Failure;
use super::request::{not_supported, refused};
use crate::client::reason_of;
use crate::loops::persistent_volume::requested;
use crate::loops::snapshots::names::ALLOW_MODE_CHANGE;
use crate::loops::support::objects::{annotation, has_annotation, uid};
use crate::loops::support::quantity::bytes;
use crate::snapshot_api::{GROUP, VolumeSnapshot, VolumeSnapshotContent};

impl Provisioner {
    /// A claim that is to be filled from something else needs a driver that can do that; answers the snapshot's name.
    pub(super) fn check_source(&self, claim: &PersistentVolumeClaim) -> Result<Option<String>, Failure> {
        let Some(spec) = &claim.spec else { return Ok(None) };
        let (kind, name, group) = match (&spec.data_source, &spec.data_source_ref) {
            (Some(source), _) => (&source.kind, &source.name, &source.api_group),
            (None, Some(source)) => (&source.kind, &source.name, &source.api_group),
            (None, None) => return Ok(None),
        };
        if name.is_empty() {
            return Err(refused(format!("the PVC source not found for PVC {}", claim.name_any())));
        }
        let abilities = &self.driver.abilities;
        let why = match (kind.as_str(), group.as_deref().unwrap_or_default()) {
            ("VolumeSnapshot", GROUP) if abilities.snapshots => return Ok(Some(name.clone())),
            ("VolumeSnapshot", GROUP) => not_supported("snapshot restore: controller CREATE_DELETE_SNAPSHOT capability is not reported"),
            ("VolumeSnapshot", group) => {
                format!("the PVC source does not belong to the right APIGroup. Expected {GROUP}, Got {group}")
            }
            ("PersistentVolumeClaim", _) if abilities.clones => {
                "claims that are copies of claims are not served by this harness".to_owned()
            }
            ("PersistentVolumeClaim", _) => not_supported("clone operations: controller CLONE_VOLUME capability is not reported"),
            _ => return Err(Failure::Ignored("Assuming an external populator will provision the volume")),
        };
        Err(refused(why))
    }

    /// The snapshot as the driver is told of it.
    ///
    /// # Errors
    /// Why no volume can be made of it now.
    pub(super) async fn snapshot_source(
        &self,
        claim: &PersistentVolumeClaim,
        class: &StorageClass,
        name: &str,
    ) -> Result<VolumeContentSource, String> {
        let found = self.snapshot_handle(claim, class, name).await;
        let handle = found.map_err(|why| format!("error getting handle for DataSource Type VolumeSnapshot by Name {name}: {why}"))?;
        Ok(VolumeContentSource { r#type: Some(Type::Snapshot(SnapshotSource { snapshot_id: handle })) })
    }

    async fn snapshot_handle(&self, claim: &PersistentVolumeClaim, class: &StorageClass, name: &str) -> Result<String, String> {
        let api: Api<VolumeSnapshot> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        let snapshot = api.get(name).await;
        let snapshot = snapshot.map_err(|error| format!("error getting snapshot {name} from api server: {}", reason_of(&error)))?;
        if snapshot.metadata.deletion_timestamp.is_some() {
            return Err(format!("snapshot {name} is being deleted"));
        }
        let status = snapshot.status.clone().unwrap_or_default();
        let bound = status.bound_volume_snapshot_content_name.ok_or_else(|| format!("snapshot {name} not bound"))?;
        let contents: Api<VolumeSnapshotContent> = Api::all(self.client.clone());
        let content = contents.get(&bound).await.map_err(|_| format!("error getting snapshotcontent {bound} for snapshot {name}"))?;
        if !is_bound_to(&content, &snapshot) {
            return Err(format!("snapshotcontent {bound} for snapshot {name} is bound to a different snapshot"));
        }
        if content.spec.driver != class.provisioner {
            let class = class.name_any();
            return Err(format!("snapshotcontent {bound} for snapshot {name} is not handled by CSI driver of StorageClass {class}"));
        }
        if status.ready_to_use != Some(true) {
            return Err(format!("snapshot {name} is not Ready"));
        }
        let handle = content.status.as_ref().and_then(|status| status.snapshot_handle.clone());
        let handle = handle.ok_or_else(|| format!("snapshot handle {name} is not available"))?;
        let asked = requested(claim);
        if let Some(size) =
            status.restore_size.as_ref().and_then(bytes).filter(|size| asked < *size && self.config.rules.check_restore_size)
        {
            return Err(format!("requested volume size {asked} is less than the size {size} for the source snapshot {name}"));
        }
        check_mode(claim, &content)?;
        Ok(handle)
    }
}

fn is_bound_to(content: &VolumeSnapshotContent, snapshot: &VolumeSnapshot) -> bool {
    let reference = &content.spec.volume_snapshot_ref;
    reference.uid.as_deref() == Some(uid(snapshot))
        && reference.name == snapshot.metadata.name
        && reference.namespace == snapshot.metadata.namespace
}

/// What was a file system is not given out as a device, unless somebody may do that.
fn check_mode(claim: &PersistentVolumeClaim, content: &VolumeSnapshotContent) -> Result<(), String> {
    let wanted = claim.spec.as_ref().and_then(|spec| spec.volume_mode.as_deref());
    let (Some(was), Some(wanted)) = (content.spec.source_volume_mode.as_deref(), wanted) else { return Ok(()) };
    if was == wanted {
        return Ok(());
    }
    let (name, namespace, content_name) = (claim.name_any(), claim.namespace().unwrap_or_default(), content.name_any());
    let refused = |why: String| {
        Err(format!(
            "requested volume {namespace}/{name} modifies the mode of the source volume but does not have permission to do so. {why}"
        ))
    };
    match (has_annotation(content, ALLOW_MODE_CHANGE), driver_host::go::boolean(annotation(content, ALLOW_MODE_CHANGE))) {
        (false, _) => refused(format!("{ALLOW_MODE_CHANGE} annotation is not present on snapshotcontent {content_name}")),
        (true, Some(true)) => Ok(()),
        (true, Some(false)) => refused(format!("{ALLOW_MODE_CHANGE} is set to false on snapshotcontent {content_name}")),
        (true, None) => refused(format!("failed to convert {ALLOW_MODE_CHANGE} annotation value to boolean")),
    }
}
