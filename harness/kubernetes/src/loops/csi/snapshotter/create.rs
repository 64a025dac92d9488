//! CreateSnapshot, between two writes that say that it is under way.

use csi_api::v1::CreateSnapshotRequest;
use kube::ResourceExt;
use serde_json::json;
use tonic::{Code, Status};

use super::{Snapshotter, named, parameters};
use crate::client::json_patch;
use crate::loops::snapshots::names;
use crate::loops::support::objects::has_annotation;
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::VolumeSnapshotContent;

impl Snapshotter {
    /// Has the driver take the snapshot, or tell of the one that it took; answers the content as it is then.
    pub(super) async fn take(&self, content: &VolumeSnapshotContent) -> Result<VolumeSnapshotContent, LoopError> {
        let name = content.name_any();
        let request = self.request(content).await.map_err(|error| {
            LoopError::NotYet(format!("failed to get input parameters to create snapshot for content {name}: {:?}", error.in_event()))
        })?;
        let volume = request.source_volume_id.clone();
        let content = self.begin_creation(content).await?;
        let answer = self.driver.call(request, |mut controller, request| async move { controller.create_snapshot(request).await }).await;
        match answer.map(|answer| answer.snapshot) {
            Ok(Some(snapshot)) => {
                let written = self.update_status(&content, &snapshot).await?;
                self.end_creation(&written).await
            }
            Ok(None) => Err(LoopError::NotYet("the driver answered without a snapshot".to_owned())),
            Err(status) => {
                if is_final(&status) {
                    self.end_creation(&content).await?;
                }
                let why = LoopError::Rpc(status).to_string();
                Err(LoopError::NotYet(format!("failed to take snapshot of the volume {volume}: {why:?}")))
            }
        }
    }

    async fn request(&self, content: &VolumeSnapshotContent) -> Result<CreateSnapshotRequest, LoopError> {
        let name = content.name_any();
        let class = content.spec.volume_snapshot_class_name.as_deref();
        let class =
            self.class(class.ok_or_else(|| LoopError::NotYet(format!("failed to take snapshot {name} without a snapshot class")))?)?;
        let uid = content.spec.volume_snapshot_ref.uid.as_deref().unwrap_or_default();
        if uid.is_empty() {
            return Err(LoopError::NotYet(format!("cannot create snapshot. Snapshot content {name} not bound to a snapshot")));
        }
        let mut parameters = parameters::of_driver(&class.parameters.clone().unwrap_or_default()).map_err(LoopError::NotYet)?;
        if self.config.extra_create_metadata {
            parameters.extend(parameters::metadata(content));
        }
        Ok(CreateSnapshotRequest {
            source_volume_id: content.spec.source.volume_handle.clone().unwrap_or_default(),
            name: format!("{}-{uid}", self.config.snapshot_name_prefix),
            secrets: self.secrets(content).await?,
            parameters,
        })
    }

    /// Writes down that the driver is about to be asked: from now on the content may not be let go without its snapshot.
    async fn begin_creation(&self, content: &VolumeSnapshotContent) -> Result<VolumeSnapshotContent, LoopError> {
        if has_annotation(content, names::BEING_CREATED) {
            return Ok(content.clone());
        }
        let mut annotations = content.annotations().clone();
        annotations.insert(names::BEING_CREATED.to_owned(), "yes".to_owned());
        // There need not be any: the server takes this for an addition then.
        let operations = json!([{"op": "replace", "path": "/metadata/annotations", "value": annotations}]);
        let name = content.name_any();
        let written: VolumeSnapshotContent = json_patch(&self.client, &named(content), &operations)
            .await
            .during(|| format!("add VolumeSnapshotBeingCreated annotation on the content {name}"))?;
        self.contents.remember(written.clone());
        Ok(written)
    }

    /// How it ended is known.
    pub(super) async fn end_creation(&self, content: &VolumeSnapshotContent) -> Result<VolumeSnapshotContent, LoopError> {
        if !has_annotation(content, names::BEING_CREATED) {
            return Ok(content.clone());
        }
        let path = format!("/metadata/annotations/{}", names::BEING_CREATED.replace('/', "~1"));
        let operations = json!([{"op": "remove", "path": path}]);
        let name = content.name_any();
        let written: VolumeSnapshotContent = json_patch(&self.client, &named(content), &operations)
            .await
            .during(|| format!("remove VolumeSnapshotBeingCreated annotation from the content {name}"))?;
        self.contents.remember(written.clone());
        Ok(written)
    }
}

/// Whether it is certain that no snapshot is being taken.
fn is_final(status: &Status) -> bool {
    !matches!(status.code(), Code::Cancelled | Code::DeadlineExceeded | Code::Unavailable | Code::ResourceExhausted | Code::Aborted)
}
