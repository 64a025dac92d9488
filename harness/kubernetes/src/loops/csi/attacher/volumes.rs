//! The finalizer that keeps a volume's object while a VolumeAttachment needs it.

use k8s_openapi::api::core::v1::PersistentVolume;
use kube::ResourceExt;
use serde_json::json;

use super::Attacher;
use crate::client::{Next, ObjectKey, is_missing, json_patch};
use crate::loops::support::objects::{has_finalizer, is_deleting};
use crate::loops::support::{During, LoopError};

impl Attacher {
    pub(super) async fn sync_volume(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(volume) = self.volumes.get(key) else {
            return Ok(Next::Forget);
        };
        if !is_deleting(volume.as_ref()) || !has_finalizer(volume.as_ref(), &self.finalizer) {
            return Ok(Next::Forget);
        }
        let attachments = self.attachments.list();
        if attachments.iter().any(|attachment| attachment.spec.source.persistent_volume_name.as_deref() == Some(key.name.as_str())) {
            return Ok(Next::Forget);
        }
        let finalizers = volume.finalizers();
        let others: Vec<&String> = finalizers.iter().filter(|finalizer| **finalizer != self.finalizer).collect();
        let operations = json!([
            {"op": "test", "path": "/metadata/finalizers", "value": finalizers},
            {"op": "replace", "path": "/metadata/finalizers", "value": others},
        ]);
        match json_patch::<PersistentVolume>(&self.client, key, &operations).await {
            Ok(written) => self.volumes.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("take the finalizer off volume {key}")),
        }
        Ok(Next::Forget)
    }
}
