//! A content's status, and which changes of a content are worth a look.

use csi_api::v1::Snapshot;
use kube::ResourceExt;
use kube::api::Api;
use serde_json::{Value, json};

use super::{Snapshotter, named};
use crate::client::{EventType, json_patch_status, now};
use crate::loops::snapshots::names;
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::{ContentStatus, SnapshotError, VolumeSnapshotContent};

impl Snapshotter {
    /// Writes what the driver tells of the snapshot into the content as it is now; what is known stays.
    pub(super) async fn update_status(&self, content: &VolumeSnapshotContent, told: &Snapshot) -> Result<VolumeSnapshotContent, LoopError> {
        let name = content.name_any();
        let api: Api<VolumeSnapshotContent> = Api::all(self.client.clone());
        let present = api.get(&name).await.during(|| format!("get snapshot content {name} from api server"))?;
        let status = self.merged(present.status.as_ref(), told);
        if present.status.as_ref() == Some(&status) {
            return Ok(present);
        }
        self.patch_status(&present, json!([{"op": "replace", "path": "/status", "value": status}])).await
    }

    fn merged(&self, present: Option<&ContentStatus>, told: &Snapshot) -> ContentStatus {
        let mut status = present.cloned().unwrap_or_default();
        status.snapshot_handle.get_or_insert_with(|| told.snapshot_id.clone());
        if status.ready_to_use != Some(told.ready_to_use) && told.ready_to_use {
            status.error = None;
        }
        status.ready_to_use = Some(told.ready_to_use);
        if status.creation_time.is_none() {
            let said = told.creation_time.as_ref().map(|time| time.seconds.saturating_mul(1_000_000_000).saturating_add(time.nanos.into()));
            let now = || i64::try_from(self.process.clock().calendar().as_nanosecond()).unwrap_or_default();
            status.creation_time = Some(said.unwrap_or_else(now));
        }
        if status.restore_size.is_none() && told.size_bytes > 0 {
            status.restore_size = Some(told.size_bytes);
        }
        status
    }

    /// Writes what went wrong, and an event; once for the same words.
    pub(super) async fn tell_error(&self, content: &VolumeSnapshotContent, reason: &str, message: &str) -> Result<(), LoopError> {
        let content = self.contents.get(&named(content)).map_or_else(|| content.clone(), |known| known.as_ref().clone());
        let known = content.status.as_ref().and_then(|status| status.error.as_ref()?.message.as_deref());
        if known == Some(message) {
            return Ok(());
        }
        let error = SnapshotError { time: Some(now(&self.process)), message: Some(message.to_owned()) };
        let operations = if content.status.is_none() {
            let status = ContentStatus { ready_to_use: Some(false), error: Some(error), ..ContentStatus::default() };
            json!([{"op": "replace", "path": "/status", "value": status}])
        } else {
            json!([
                {"op": "replace", "path": "/status/error", "value": error},
                {"op": "replace", "path": "/status/readyToUse", "value": false},
            ])
        };
        let written = self.patch_status(&content, operations).await;
        self.events.write(&content, EventType::Warning, reason, message);
        written.map(drop)
    }

    async fn patch_status(&self, content: &VolumeSnapshotContent, operations: Value) -> Result<VolumeSnapshotContent, LoopError> {
        let written: VolumeSnapshotContent = json_patch_status(&self.client, &named(content), &operations)
            .await
            .during(|| format!("update the status of snapshot content {}", content.name_any()))?;
        self.contents.remember(written.clone());
        Ok(written)
    }
}

/// Whether a change is worth a look: not what this sidecar itself writes, but for readiness.
pub(super) fn is_to_be_looked_at(before: Option<&VolumeSnapshotContent>, after: Option<&VolumeSnapshotContent>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let ready = |content: &VolumeSnapshotContent| content.status.as_ref().is_some_and(ContentStatus::is_ready);
    (!ready(before) && ready(after)) || of_others(before) != of_others(after)
}

/// The content without what the sidecar writes.
fn of_others(content: &VolumeSnapshotContent) -> VolumeSnapshotContent {
    let mut content = VolumeSnapshotContent { status: None, ..content.clone() };
    content.metadata.resource_version = None;
    content.metadata.managed_fields = None;
    content.metadata.finalizers = None;
    content.annotations_mut().remove(names::BEING_CREATED);
    content
}
