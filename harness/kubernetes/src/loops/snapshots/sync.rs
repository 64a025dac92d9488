//! What is done for a VolumeSnapshot.

use std::sync::Arc;

use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::objects::{bound_content, content_name, is_bound_to, is_ready, snapshot_of, snapshot_uid, words};
use super::{Controller, names};
use crate::client::{EventType, Next, ObjectKey};
use crate::loops::support::objects::{has_finalizer, is_deleting, uid};
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::{DeletionPolicy, VolumeSnapshot, VolumeSnapshotContent};

impl Controller {
    pub(super) async fn sync_snapshot(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(snapshot) = self.snapshots.get(key) else { return Ok(Next::Forget) };
        let snapshot = match self.with_class(&snapshot).await {
            Ok(snapshot) => snapshot,
            // A class that is gone keeps nobody from going.
            Err(_) if is_deleting(snapshot.as_ref()) && snapshot.spec.volume_snapshot_class_name.is_some() => snapshot,
            Err(error) => return Err(error),
        };
        if let Err(error) = self.release_claim(&snapshot, false).await {
            self.process.log(&format!("snapshot controller: {key}: {error}"));
            let message = "Error check and remove PVC Finalizer for VolumeSnapshot";
            self.events.write(snapshot.as_ref(), EventType::Warning, "ErrorPVCFinalizer", message);
        }
        if is_deleting(snapshot.as_ref()) {
            return self.delete_snapshot(&snapshot).await.map(|()| Next::Forget);
        }
        if let Some(why) = self.contradicts_itself(&snapshot) {
            self.tell_error(&snapshot, true, "SnapshotValidationError", why).await?;
            return Err(LoopError::NotYet(why.to_owned()));
        }
        let snapshot = self.add_finalizers(&snapshot).await?;
        if is_ready(&snapshot) && bound_content(&snapshot).is_some() {
            self.check_binding(&snapshot).await?;
        } else {
            self.advance(&snapshot).await?;
        }
        Ok(Next::Forget)
    }

    fn contradicts_itself(&self, snapshot: &VolumeSnapshot) -> Option<&'static str> {
        let source = &snapshot.spec.source;
        (source.persistent_volume_claim_name.is_some() == source.volume_snapshot_content_name.is_some())
            .then_some("Exactly one of PersistentVolumeClaimName and VolumeSnapshotContentName should be specified")
    }

    async fn add_finalizers(&self, snapshot: &Arc<VolumeSnapshot>) -> Result<Arc<VolumeSnapshot>, LoopError> {
        let goes_too = self.content_of(snapshot).await?.is_some_and(|content| content.spec.deletion_policy == DeletionPolicy::Delete);
        let wanted = [(names::AS_SOURCE, true), (names::BOUND, goes_too)];
        let missing = wanted.into_iter().filter(|(name, wanted)| *wanted && !has_finalizer(snapshot.as_ref(), name));
        let missing: Vec<String> = missing.map(|(name, _)| name.to_owned()).collect();
        if missing.is_empty() {
            return Ok(Arc::clone(snapshot));
        }
        let mut changed = snapshot.as_ref().clone();
        changed.finalizers_mut().extend(missing);
        match self.replace(&changed, "add the finalizers of").await {
            Ok(written) => Ok(Arc::new(written)),
            Err(error) => {
                let message = format!("Failed to check and update snapshot: {}", error.in_event());
                self.events.write(snapshot.as_ref(), EventType::Warning, "SnapshotFinalizerError", message);
                Err(error)
            }
        }
    }

    /// Writes all of a snapshot but its status.
    pub(super) async fn replace(&self, changed: &VolumeSnapshot, step: &str) -> Result<VolumeSnapshot, LoopError> {
        let api: Api<VolumeSnapshot> = Api::namespaced(self.client.clone(), &changed.namespace().unwrap_or_default());
        let name = changed.name_any();
        let written = api.replace(&name, &PostParams::default(), changed).await.during(|| format!("{step} snapshot {name}"))?;
        self.snapshots.remember(written.clone());
        Ok(written)
    }

    /// The content that was made for the snapshot, or that it names.
    pub(super) async fn content_of(&self, snapshot: &VolumeSnapshot) -> Result<Option<Arc<VolumeSnapshotContent>>, LoopError> {
        match snapshot.spec.source.volume_snapshot_content_name.as_deref() {
            Some("") => Err(LoopError::NotYet(format!("empty VolumeSnapshotContentName for snapshot {}", words(snapshot)))),
            Some(name) => self.named_content(snapshot, name).await,
            None => self.made_content(snapshot).await,
        }
    }

    async fn named_content(&self, snapshot: &VolumeSnapshot, name: &str) -> Result<Option<Arc<VolumeSnapshotContent>>, LoopError> {
        let Some(content) = self.contents.named(name) else { return Ok(None) };
        if content.spec.source.snapshot_handle.is_none() {
            let message = "VolumeSnapshotContent is dynamically provisioned while expecting a pre-provisioned one";
            self.tell_error(snapshot, true, "SnapshotContentMismatch", message).await?;
            let snapshot = words(snapshot);
            return Err(LoopError::NotYet(format!(
                "snapshot {snapshot} expects a pre-provisioned VolumeSnapshotContent {name} but gets a dynamically provisioned one"
            )));
        }
        let ours = snapshot_of(&content) == ObjectKey::of(snapshot) && ["", uid(snapshot)].contains(&snapshot_uid(&content));
        self.must_be(ours, snapshot, content).await
    }

    async fn made_content(&self, snapshot: &VolumeSnapshot) -> Result<Option<Arc<VolumeSnapshotContent>>, LoopError> {
        let name = content_name(snapshot);
        let Some(content) = self.contents.named(&name) else { return Ok(None) };
        if content.spec.source.volume_handle.is_none() {
            let message = format!("VolumeSnapshotContent {name} is pre-provisioned while expecting a dynamically provisioned one");
            self.tell_error(snapshot, true, "SnapshotContentMismatch", &message).await?;
            let snapshot = words(snapshot);
            return Err(LoopError::NotYet(format!(
                "snapshot {snapshot} expects a dynamically provisioned VolumeSnapshotContent {name} but gets a pre-provisioned one"
            )));
        }
        let ours = is_bound_to(&content, snapshot);
        self.must_be(ours, snapshot, content).await
    }

    async fn must_be(
        &self,
        ours: bool,
        snapshot: &VolumeSnapshot,
        content: Arc<VolumeSnapshotContent>,
    ) -> Result<Option<Arc<VolumeSnapshotContent>>, LoopError> {
        if ours {
            return Ok(Some(content));
        }
        let message = format!("VolumeSnapshotContent [{}] is bound to a different snapshot", content.name_any());
        self.tell_error(snapshot, true, "SnapshotContentMisbound", &message).await?;
        Err(LoopError::NotYet(message))
    }

    /// A snapshot that is ready stays so while its content is there and bound to it.
    async fn check_binding(&self, snapshot: &VolumeSnapshot) -> Result<(), LoopError> {
        match self.contents.named(bound_content(snapshot).unwrap_or_default()) {
            None => self.tell_error(snapshot, true, "SnapshotContentMissing", "VolumeSnapshotContent is missing").await,
            Some(content) if !is_bound_to(&content, snapshot) => {
                let message = "VolumeSnapshotContent is not bound to the VolumeSnapshot correctly";
                self.tell_error(snapshot, true, "SnapshotMisbound", message).await
            }
            Some(_) => Ok(()),
        }
    }

    /// Brings a snapshot further that is not ready.
    async fn advance(&self, snapshot: &VolumeSnapshot) -> Result<(), LoopError> {
        let content = self.content_of(snapshot).await?;
        let content = match (content, &snapshot.spec.source.volume_snapshot_content_name) {
            (None, Some(name)) => {
                self.tell_error(snapshot, true, "SnapshotContentMissing", "VolumeSnapshotContent is missing").await?;
                return Err(LoopError::NotYet(format!("snapshot {} requests an non-existing content {name}", words(snapshot))));
            }
            (Some(content), Some(_)) => self.bound(snapshot, &content).await?,
            (Some(content), None) => content.as_ref().clone(),
            (None, None) => match self.create_content(snapshot).await {
                Ok(content) => content,
                Err(error) => {
                    let message = format!("Failed to create snapshot content with error {}", error.in_event());
                    self.tell_error(snapshot, true, "SnapshotContentCreationFailed", &message).await?;
                    return Err(error);
                }
            },
        };
        match self.update_status(snapshot, &content).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let message = format!("Snapshot status update failed, {}", error.in_event());
                self.tell_error(snapshot, false, "SnapshotStatusUpdateFailed", &message).await?;
                Err(error)
            }
        }
    }

    async fn bound(&self, snapshot: &VolumeSnapshot, content: &Arc<VolumeSnapshotContent>) -> Result<VolumeSnapshotContent, LoopError> {
        match self.bind(snapshot, content).await {
            Ok(content) => Ok(content),
            Err(error) => {
                let message = format!("Snapshot failed to bind VolumeSnapshotContent, {}", error.in_event());
                self.tell_error(snapshot, true, "SnapshotBindFailed", &message).await?;
                Err(error)
            }
        }
    }
}
