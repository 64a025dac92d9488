//! What a VolumeAttachment's status says.

use std::collections::BTreeMap;

use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::Attacher;
use crate::client::{now, reason_of};
use crate::loops::support::{During, LoopError};

impl Attacher {
    pub(super) async fn set_attached(&self, attachment: &VolumeAttachment, metadata: BTreeMap<String, String>) -> Result<(), LoopError> {
        let metadata = Some(metadata).filter(|metadata| !metadata.is_empty());
        let patch = Patch::Merge(json!({"status": {"attached": true, "attachmentMetadata": metadata, "attachError": null}}));
        let name = attachment.name_any();
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        let written = api.patch_status(&name, &PatchParams::default(), &patch).await;
        let written = written.during(|| format!("set VolumeAttachment {name} to attached"))?;
        self.attachments.remember(written);
        Ok(())
    }

    /// Notes why the attempt failed, under `attachError` or `detachError`; the attempt is repeated whether or not
    /// this can be written.
    pub(super) async fn set_error(&self, attachment: &VolumeAttachment, field: &str, error: &LoopError) {
        let code = match error {
            // A failed detach has none.
            LoopError::Rpc(status) if field == "attachError" => Some(i32::from(status.code())),
            _ => None,
        };
        let patch = Patch::Merge(json!({"status": {field: {"time": now(&self.process), "message": error.in_event(), "errorCode": code}}}));
        let name = attachment.name_any();
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        match api.patch_status(&name, &PatchParams::default(), &patch).await {
            Ok(written) => self.attachments.remember(written),
            Err(error) => {
                let text = format!("csi attacher: failed to save the error of VolumeAttachment {name}: {}", reason_of(&error));
                self.process.log(&text);
            }
        }
    }
}
