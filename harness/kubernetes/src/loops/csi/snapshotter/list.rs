//! ListSnapshots: what the driver knows of a snapshot that was there before.

use std::collections::BTreeMap;

use csi_api::v1::{ListSnapshotsRequest, Snapshot};
use k8s_openapi::api::core::v1::SecretReference;
use kube::ResourceExt;

use super::Snapshotter;
use crate::loops::csi::credentials::credentials;
use crate::loops::snapshots::names;
use crate::loops::support::objects::annotation;
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::VolumeSnapshotContent;

impl Snapshotter {
    /// Looks at the snapshot; answers the content as it is then.
    pub(super) async fn look(&self, content: &VolumeSnapshotContent) -> Result<VolumeSnapshotContent, LoopError> {
        if let Some(class) = &content.spec.volume_snapshot_class_name {
            self.class(class).map_err(|error| {
                let (name, why) = (content.name_any(), error.in_event());
                LoopError::NotYet(format!("failed to get snapshot class {class} for snapshot content {name}: {why}"))
            })?;
        }
        let found = self.found(content).await.map_err(|error| {
            LoopError::NotYet(format!("failed to list snapshot for content {}: {:?}", content.name_any(), error.to_string()))
        })?;
        self.update_status(content, &found).await
    }

    async fn found(&self, content: &VolumeSnapshotContent) -> Result<Snapshot, LoopError> {
        let handle = content.spec.source.snapshot_handle.clone().unwrap_or_default();
        // A driver that lists none is believed to have it.
        if !self.driver.abilities.lists_snapshots {
            return Ok(Snapshot { snapshot_id: handle, ready_to_use: true, ..Snapshot::default() });
        }
        let request = ListSnapshotsRequest { snapshot_id: handle.clone(), ..ListSnapshotsRequest::default() };
        let answer = self.driver.call(request, |mut controller, request| async move { controller.list_snapshots(request).await }).await;
        let first = answer.map_err(LoopError::Rpc)?.entries.into_iter().find_map(|entry| entry.snapshot);
        let first = first.ok_or_else(|| LoopError::NotYet(format!("can not find snapshot for snapshotID {handle}")))?;
        Ok(Snapshot { snapshot_id: handle, ..first })
    }

    /// The Secret that the content names.
    pub(super) async fn secrets(&self, content: &VolumeSnapshotContent) -> Result<BTreeMap<String, String>, LoopError> {
        let text = |name: &str| Some(annotation(content, name).to_owned()).filter(|text| !text.is_empty());
        let (Some(name), Some(namespace)) = (text(names::SECRET_NAME), text(names::SECRET_NAMESPACE)) else { return Ok(BTreeMap::new()) };
        let reference = SecretReference { name: Some(name), namespace: Some(namespace) };
        credentials(&self.client, Some(&reference)).await.during(|| format!("get credentials for snapshot content {}", content.name_any()))
    }
}
