//! VolumeSnapshotContents: made for a snapshot of a claim, bound where they were there before.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ObjectReference;
use kube::ResourceExt;
use kube::api::{Api, ObjectMeta, PostParams};
use serde_json::{Value, json};

use super::claims::not_updated;
use super::objects::{content_name, snapshot_of, snapshot_uid, words};
use super::{Controller, names};
use crate::client::{EventType, Next, ObjectKey, is_present_already, json_patch, reason_of};
use crate::loops::support::objects::{has_annotation, has_finalizer, is_deleting, uid};
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::{ContentSource, ContentSpec, GROUP, VolumeSnapshot, VolumeSnapshotContent};

impl Controller {
    pub(super) async fn sync_content(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(content) = self.contents.get(key) else { return Ok(Next::Forget) };
        let source = &content.spec.source;
        if source.volume_handle.is_some() == source.snapshot_handle.is_some() {
            let message = "Exactly one of VolumeHandle and SnapshotHandle should be specified";
            self.events.write(content.as_ref(), EventType::Warning, "ContentValidationError", message);
            return Err(LoopError::NotYet(message.to_owned()));
        }
        // One that is only reserved is nobody's yet.
        if snapshot_uid(&content).is_empty() {
            return Ok(Next::Forget);
        }
        if !is_deleting(content.as_ref()) && !has_finalizer(content.as_ref(), names::CONTENT) {
            self.add_content_finalizer(&content).await?;
            return Ok(Next::Forget);
        }
        let snapshot = self.snapshots.get(&snapshot_of(&content)).filter(|snapshot| uid(snapshot.as_ref()) == snapshot_uid(&content));
        let Some(snapshot) = snapshot else { return Ok(Next::Forget) };
        if is_news(&snapshot, &content) {
            self.snapshot_queue.add(ObjectKey::of(snapshot.as_ref()));
        }
        let held = [names::BOUND, names::AS_SOURCE].into_iter().any(|name| has_finalizer(snapshot.as_ref(), name));
        if is_deleting(snapshot.as_ref()) && held {
            self.mark_being_deleted(&content).await?;
        }
        Ok(Next::Forget)
    }

    async fn add_content_finalizer(&self, content: &VolumeSnapshotContent) -> Result<(), LoopError> {
        let operation = if content.finalizers().is_empty() {
            json!({"op": "add", "path": "/metadata/finalizers", "value": [names::CONTENT]})
        } else {
            json!({"op": "add", "path": "/metadata/finalizers/-", "value": names::CONTENT})
        };
        self.patch_content(content, json!([operation])).await.map(drop)
    }

    /// Tells the sidecar that the content's snapshot is to go.
    pub(super) async fn mark_being_deleted(&self, content: &VolumeSnapshotContent) -> Result<(), LoopError> {
        if has_annotation(content, names::BEING_DELETED) {
            return Ok(());
        }
        let mut annotations = content.annotations().clone();
        annotations.insert(names::BEING_DELETED.to_owned(), "yes".to_owned());
        // There need not be any: the server takes this for an addition then.
        let operation = json!({"op": "replace", "path": "/metadata/annotations", "value": annotations});
        self.patch_content(content, json!([operation])).await.map(drop)
    }

    async fn patch_content(&self, content: &VolumeSnapshotContent, operations: Value) -> Result<VolumeSnapshotContent, LoopError> {
        let name = content.name_any();
        let written = json_patch::<VolumeSnapshotContent>(&self.client, &ObjectKey::cluster(&name), &operations).await;
        let written = written.map_err(|error| not_updated(&name, &reason_of(&error)))?;
        self.contents.remember(written.clone());
        Ok(written)
    }

    /// Binds a content that was there before to the snapshot that names it.
    pub(super) async fn bind(
        &self,
        snapshot: &VolumeSnapshot,
        content: &VolumeSnapshotContent,
    ) -> Result<VolumeSnapshotContent, LoopError> {
        if !snapshot_uid(content).is_empty() && content.spec.volume_snapshot_class_name.is_some() {
            return Ok(content.clone());
        }
        let mut operations = vec![json!({"op": "replace", "path": "/spec/volumeSnapshotRef/uid", "value": uid(snapshot)})];
        if let Some(class) = &snapshot.spec.volume_snapshot_class_name {
            operations.push(json!({"op": "replace", "path": "/spec/volumeSnapshotClassName", "value": class}));
        }
        self.patch_content(content, Value::Array(operations)).await
    }

    /// Makes the content of a snapshot of a claim.
    pub(super) async fn create_content(&self, snapshot: &VolumeSnapshot) -> Result<VolumeSnapshotContent, LoopError> {
        self.hold_claim(snapshot).await?;
        let fresh = match self.described(snapshot).await {
            Ok(content) => content,
            Err(error) => {
                let (name, why) = (snapshot.name_any(), error.in_event());
                return Err(LoopError::NotYet(format!("failed to get input parameters to create snapshot {name}: {why:?}")));
            }
        };
        let api: Api<VolumeSnapshotContent> = Api::all(self.client.clone());
        let made = match api.create(&PostParams::default(), &fresh).await {
            Ok(made) => {
                self.contents.remember(made.clone());
                made
            }
            Err(error) if is_present_already(&error) => fresh,
            Err(error) => {
                let why = reason_of(&error);
                let message = format!("Error creating volume snapshot content object for snapshot {}: {why}.", words(snapshot));
                self.events.write(snapshot, EventType::Warning, "CreateSnapshotContentFailed", message);
                return Err(error).during(|| format!("create the content of snapshot {}", snapshot.name_any()));
            }
        };
        let message = format!("Waiting for a snapshot {} to be created by the CSI driver.", words(snapshot));
        self.events.write(snapshot, EventType::Normal, "CreatingSnapshot", message);
        Ok(made)
    }

    async fn described(&self, snapshot: &VolumeSnapshot) -> Result<VolumeSnapshotContent, LoopError> {
        let not_yet = |text: String| LoopError::NotYet(text);
        let class = snapshot.spec.volume_snapshot_class_name.as_deref();
        let class = class.ok_or_else(|| not_yet(format!("failed to take snapshot {} without a snapshot class", snapshot.name_any())))?;
        let class = self.class(class)?;
        let volume = self.volume_of(snapshot).await?;
        let spec = volume.spec.clone().unwrap_or_default();
        let source = spec.csi.ok_or_else(|| not_yet(format!("cannot find CSI PersistentVolumeSource for volume {}", volume.name_any())))?;
        Ok(VolumeSnapshotContent {
            api_version: format!("{GROUP}/v1"),
            kind: "VolumeSnapshotContent".to_owned(),
            metadata: ObjectMeta {
                name: Some(content_name(snapshot)),
                annotations: deletion_secret(&class.parameters.clone().unwrap_or_default(), snapshot),
                ..Default::default()
            },
            spec: ContentSpec {
                deletion_policy: class.deletion_policy,
                driver: class.driver.clone(),
                source: ContentSource { volume_handle: Some(source.volume_handle), snapshot_handle: None },
                source_volume_mode: spec.volume_mode,
                volume_snapshot_class_name: Some(class.name_any()),
                volume_snapshot_ref: reference_to(snapshot),
            },
            status: None,
        })
    }
}

fn reference_to(snapshot: &VolumeSnapshot) -> ObjectReference {
    ObjectReference {
        api_version: Some(format!("{GROUP}/v1")),
        kind: Some("VolumeSnapshot".to_owned()),
        name: snapshot.metadata.name.clone(),
        namespace: snapshot.metadata.namespace.clone(),
        resource_version: snapshot.metadata.resource_version.clone(),
        uid: snapshot.metadata.uid.clone(),
        ..Default::default()
    }
}

/// The Secret that the class names for snapshots, of which the deletion will know only what is written here.
fn deletion_secret(parameters: &BTreeMap<String, String>, snapshot: &VolumeSnapshot) -> Option<BTreeMap<String, String>> {
    let filled = |key: &str| {
        let template = parameters.get(key)?;
        let filled = template.replace("${volumesnapshot.name}", &snapshot.name_any());
        let filled = filled.replace("${volumesnapshot.namespace}", &snapshot.namespace().unwrap_or_default());
        Some(filled.replace("${volumesnapshotcontent.name}", &content_name(snapshot)))
    };
    let name = filled("csi.storage.k8s.io/snapshotter-secret-name")?;
    let namespace = filled("csi.storage.k8s.io/snapshotter-secret-namespace")?;
    Some(BTreeMap::from([(names::SECRET_NAME.to_owned(), name), (names::SECRET_NAMESPACE.to_owned(), namespace)]))
}

/// Whether the content's status tells something that the snapshot's does not. Readiness counts as news as soon as both
/// know of it, as the real controller has it, so that errors are carried over.
fn is_news(snapshot: &VolumeSnapshot, content: &VolumeSnapshotContent) -> bool {
    let Some(told) = &content.status else { return false };
    let Some(known) = &snapshot.status else { return true };
    known.bound_volume_snapshot_content_name.is_none()
        || (known.creation_time.is_none() && told.creation_time.is_some())
        || told.ready_to_use.is_some()
        || (known.restore_size.is_none() && told.restore_size.is_some())
}
