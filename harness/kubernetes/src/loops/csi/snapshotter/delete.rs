//! DeleteSnapshot, and the end of a content.

use csi_api::v1::DeleteSnapshotRequest;
use kube::ResourceExt;
use kube::api::{Api, PostParams};
use serde_json::json;

use super::{Snapshotter, named};
use crate::client::{EventType, is_missing, json_patch};
use crate::loops::snapshots::names;
use crate::loops::support::objects::has_finalizer;
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::VolumeSnapshotContent;

impl Snapshotter {
    /// Has the driver take the snapshot away; answers the content, whose status tells of none any more.
    pub(super) async fn delete(&self, content: &VolumeSnapshotContent) -> Result<VolumeSnapshotContent, LoopError> {
        let name = content.name_any();
        let handle = content.status.as_ref().and_then(|status| status.snapshot_handle.clone());
        let secrets = match self.secrets(content).await {
            Ok(secrets) => secrets,
            Err(error) => {
                self.tell_deletion(content, "Failed to get snapshot credentials");
                return Err(error);
            }
        };
        let request = DeleteSnapshotRequest { snapshot_id: handle.unwrap_or_default(), secrets };
        let answer = self.driver.call(request, |mut controller, request| async move { controller.delete_snapshot(request).await }).await;
        if let Err(status) = answer {
            self.tell_deletion(content, "Failed to delete snapshot");
            let why = LoopError::Rpc(status).to_string();
            return Err(LoopError::NotYet(format!(
                "failed to delete snapshot {name:?}, err: failed to delete snapshot content {name}: {why:?}"
            )));
        }
        let cleared = self.clear_status(&name).await;
        if cleared.is_err() {
            self.tell_deletion(content, "Failed to clear content status");
        }
        cleared
    }

    fn tell_deletion(&self, content: &VolumeSnapshotContent, message: &str) {
        self.events.write(content, EventType::Warning, "SnapshotDeleteError", message);
    }

    async fn clear_status(&self, name: &str) -> Result<VolumeSnapshotContent, LoopError> {
        let api: Api<VolumeSnapshotContent> = Api::all(self.client.clone());
        let mut content = api.get(name).await.during(|| format!("get snapshot content {name}"))?;
        if let Some(status) = &mut content.status {
            status.snapshot_handle = None;
            status.ready_to_use = None;
            status.creation_time = None;
            status.restore_size = None;
        }
        let written = api.replace_status(name, &PostParams::default(), &content).await;
        let written = written.during(|| format!("clear the status of snapshot content {name}"))?;
        self.contents.remember(written.clone());
        Ok(written)
    }

    /// Nothing keeps the content any more.
    pub(super) async fn let_go(&self, content: &VolumeSnapshotContent) -> Result<(), LoopError> {
        if !has_finalizer(content, names::CONTENT) {
            return Ok(());
        }
        let left: Vec<&String> = content.finalizers().iter().filter(|name| *name != names::CONTENT).collect();
        let operations = json!([{"op": "replace", "path": "/metadata/finalizers", "value": left}]);
        match json_patch::<VolumeSnapshotContent>(&self.client, &named(content), &operations).await {
            Ok(written) => {
                self.contents.remember(written);
                Ok(())
            }
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error).during(|| format!("remove the finalizer of snapshot content {}", content.name_any())),
        }
    }
}
