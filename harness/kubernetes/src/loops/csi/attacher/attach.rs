//! Publishing a volume to a node.

use std::collections::BTreeMap;

use csi_api::v1::{ControllerPublishVolumeRequest, ControllerPublishVolumeResponse};
use k8s_openapi::api::core::v1::{CSIPersistentVolumeSource, PersistentVolume};
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::super::capability::{capability, mode};
use super::super::credentials::{credentials, words};
use super::{Attacher, NODE_ID, is_attached};
use crate::client::{ObjectKey, json_patch, reason_of};
use crate::loops::support::objects::{annotation, has_finalizer, is_deleting};
use crate::loops::support::{During, LoopError};

impl Attacher {
    pub(super) async fn sync_attach(&self, attachment: &VolumeAttachment) -> Result<(), LoopError> {
        if !self.forced.take(attachment) && is_attached(attachment) {
            return Ok(());
        }
        match self.publish(attachment).await {
            Ok(answer) => self.set_attached(attachment, answer.publish_context).await,
            Err(error) => {
                self.set_error(attachment, "attachError", &error).await;
                Err(error)
            }
        }
    }

    async fn publish(&self, attachment: &VolumeAttachment) -> Result<ControllerPublishVolumeResponse, LoopError> {
        let volume = self.volume_of(attachment)?;
        let name = volume.name_any();
        if is_deleting(&volume) {
            return Err(LoopError::NotYet(format!("PersistentVolume \"{name}\" is marked for deletion")));
        }
        self.add_volume_finalizer(&volume).await?;
        let request = self.request_for(attachment, &volume).await?;
        // All that could be checked was checked: from here on the VolumeAttachment stays until it is detached.
        self.prepare(attachment, &request.node_id).await?;
        let answer =
            self.driver.call(request, |mut controller, request| async move { controller.controller_publish_volume(request).await });
        answer.await.map_err(LoopError::Rpc)
    }

    /// The volume that a VolumeAttachment names.
    pub(super) fn volume_of(&self, attachment: &VolumeAttachment) -> Result<PersistentVolume, LoopError> {
        let Some(name) = &attachment.spec.source.persistent_volume_name else {
            return Err(LoopError::NotYet("neither InlineCSIVolumeSource nor PersistentVolumeName specified in VA source".into()));
        };
        let volume = self.volumes.named(name);
        let volume = volume.ok_or_else(|| LoopError::NotYet(format!("persistentvolume \"{name}\" not found")))?;
        Ok(volume.as_ref().clone())
    }

    async fn add_volume_finalizer(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        if has_finalizer(volume, &self.finalizer) {
            return Ok(());
        }
        // Where there is no list yet, it is made; the test fails when somebody else was quicker.
        let operations = if volume.finalizers().is_empty() {
            json!([
                {"op": "test", "path": "/metadata/finalizers", "value": null},
                {"op": "add", "path": "/metadata/finalizers", "value": [self.finalizer]},
            ])
        } else {
            json!([{"op": "add", "path": "/metadata/finalizers/-", "value": self.finalizer}])
        };
        let key = ObjectKey::of(volume);
        let written = json_patch(&self.client, &key, &operations).await;
        let written: PersistentVolume = written.during(|| format!("add the finalizer to volume {key}"))?;
        self.volumes.remember(written);
        Ok(())
    }

    /// The secrets that a volume names for being published.
    pub(super) async fn secrets_of(&self, source: &CSIPersistentVolumeSource) -> Result<BTreeMap<String, String>, LoopError> {
        let reference = source.controller_publish_secret_ref.as_ref();
        credentials(&self.client, reference).await.map_err(|error| {
            let (name, namespace) = reference.map(words).unwrap_or_default();
            LoopError::NotYet(format!("failed to load secret \"{namespace}/{name}\": {}", reason_of(&error)))
        })
    }

    async fn request_for(
        &self,
        attachment: &VolumeAttachment,
        volume: &PersistentVolume,
    ) -> Result<ControllerPublishVolumeRequest, LoopError> {
        let source = source_of(volume)?;
        let spec = volume.spec.as_ref().ok_or_else(no_source)?;
        let abilities = &self.driver.abilities;
        let modes = spec.access_modes.as_deref().unwrap_or_default();
        let mode = mode(modes, abilities.single_node_multi_writer).map_err(LoopError::NotYet)?;
        let block = spec.volume_mode.as_deref() == Some("Block");
        let flags = spec.mount_options.as_deref().unwrap_or_default();
        let fs_type = source.fs_type.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.config.default_fs_type);
        Ok(ControllerPublishVolumeRequest {
            volume_id: source.volume_handle.clone(),
            node_id: self.node_id(attachment, false)?,
            volume_capability: Some(capability(mode, block, fs_type, flags)),
            readonly: abilities.publish_readonly && source.read_only.unwrap_or(false),
            volume_context: source.volume_attributes.clone().unwrap_or_default(),
            secrets: self.secrets_of(source).await?,
        })
    }

    /// The node's id in the driver's words: from its CSINode, at the end also from what was noted at the beginning.
    pub(super) fn node_id(&self, attachment: &VolumeAttachment, noted_will_do: bool) -> Result<String, LoopError> {
        let node = &attachment.spec.node_name;
        let driver = &self.driver.abilities.name;
        let csi_node = self.csi_nodes.named(node);
        let known = csi_node.iter().flat_map(|node| &node.spec.drivers).find(|entry| entry.name == *driver);
        if let Some(entry) = known {
            return Ok(entry.node_id.clone());
        }
        let noted = annotation(attachment, NODE_ID);
        if noted_will_do && !noted.is_empty() {
            return Ok(noted.to_owned());
        }
        Err(LoopError::NotYet(match csi_node {
            None => format!("csinode.storage.k8s.io \"{node}\" not found"),
            Some(_) => format!("CSINode {node} does not contain driver {driver}"),
        }))
    }

    async fn prepare(&self, attachment: &VolumeAttachment, node_id: &str) -> Result<(), LoopError> {
        if has_finalizer(attachment, &self.finalizer) && annotation(attachment, NODE_ID) == node_id {
            return Ok(());
        }
        let mut finalizers = attachment.finalizers().to_vec();
        if !finalizers.contains(&self.finalizer) {
            finalizers.push(self.finalizer.clone());
        }
        let patch = Patch::Merge(json!({"metadata": {
            "resourceVersion": attachment.resource_version(), "finalizers": finalizers, "annotations": {NODE_ID: node_id},
        }}));
        let name = attachment.name_any();
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        let written = api.patch(&name, &PatchParams::default(), &patch).await;
        let written = written.during(|| format!("add the finalizer to VolumeAttachment {name}"))?;
        self.attachments.remember(written);
        Ok(())
    }
}

/// What the volume is to its driver.
pub(super) fn source_of(volume: &PersistentVolume) -> Result<&CSIPersistentVolumeSource, LoopError> {
    volume.spec.as_ref().and_then(|spec| spec.csi.as_ref()).ok_or_else(no_source)
}

fn no_source() -> LoopError {
    LoopError::NotYet("pv spec contained non-csi source that was not migrated".into())
}
