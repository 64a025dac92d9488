//! Unpublishing a volume from a node.

use csi_api::v1::ControllerUnpublishVolumeRequest;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::Attacher;
use super::attach::source_of;
use crate::client::is_missing;
use crate::loops::support::objects::has_finalizer;
use crate::loops::support::{During, LoopError};

impl Attacher {
    pub(super) async fn sync_detach(&self, attachment: &VolumeAttachment) -> Result<(), LoopError> {
        if !self.forced.take(attachment) && !has_finalizer(attachment, &self.finalizer) {
            return Ok(());
        }
        if let Err(error) = self.unpublish(attachment).await {
            self.set_error(attachment, "detachError", &error).await;
            return Err(error);
        }
        self.set_detached(attachment).await
    }

    async fn unpublish(&self, attachment: &VolumeAttachment) -> Result<(), LoopError> {
        let volume = self.volume_of(attachment)?;
        let source = source_of(&volume)?;
        let request = ControllerUnpublishVolumeRequest {
            volume_id: source.volume_handle.clone(),
            node_id: self.node_id(attachment, true)?,
            secrets: self.secrets_of(source).await?,
        };
        let answer =
            self.driver.call(request, |mut controller, request| async move { controller.controller_unpublish_volume(request).await });
        answer.await.map(drop).map_err(LoopError::Rpc)
    }

    async fn set_detached(&self, attachment: &VolumeAttachment) -> Result<(), LoopError> {
        let name = attachment.name_any();
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        let finalizers: Vec<&String> = attachment.finalizers().iter().filter(|finalizer| **finalizer != self.finalizer).collect();
        let last = finalizers.is_empty();
        let patch = Patch::Merge(json!({"metadata": {"finalizers": finalizers}}));
        match api.patch(&name, &PatchParams::default(), &patch).await {
            Ok(written) => self.attachments.remember(written),
            // Somebody took the finalizer away: there is nothing left to say.
            Err(error) if is_missing(&error) => return Ok(()),
            Err(error) => return Err(error).during(|| format!("take the finalizer off VolumeAttachment {name}")),
        }
        if last {
            return Ok(());
        }
        let patch = Patch::Merge(json!({"status": {"attached": false, "attachmentMetadata": null, "detachError": null}}));
        match api.patch_status(&name, &PatchParams::default(), &patch).await {
            Ok(written) => self.attachments.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("set VolumeAttachment {name} to detached")),
        }
        Ok(())
    }
}
