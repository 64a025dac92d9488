//! A VolumeSnapshot that is to go: its content first, where that goes with it.

use std::sync::Arc;

use kube::ResourceExt;
use kube::api::{Api, DeleteParams};

use super::claims::not_updated;
use super::objects::{bound_content, content_name, is_bound_to, words};
use super::{Controller, names};
use crate::client::{EventType, is_missing, reason_of};
use crate::loops::support::LoopError;
use crate::loops::support::objects::has_finalizer;
use crate::snapshot_api::{DeletionPolicy, VolumeSnapshot, VolumeSnapshotContent};

impl Controller {
    /// Brings a snapshot to its end, as far as that is possible now.
    pub(super) async fn delete_snapshot(&self, snapshot: &VolumeSnapshot) -> Result<(), LoopError> {
        let held = [names::AS_SOURCE, names::BOUND].into_iter().any(|name| has_finalizer(snapshot, name));
        if !held {
            return Ok(());
        }
        let content = self.content_to_follow(snapshot);
        if content.is_some() && self.is_being_restored(snapshot) && self.rules.keep_snapshots_being_restored {
            self.events.write(snapshot, EventType::Warning, "SnapshotDeletePending", "Snapshot is being used to restore a PVC");
            let snapshot = words(snapshot);
            return Err(LoopError::NotYet(format!("snapshot {snapshot} is in use (being used to restore a PVC), will retry deletion")));
        }
        if let Some(content) = &content {
            self.mark_being_deleted(content).await?;
        }
        let goes_too =
            content.as_ref().is_some_and(|content| content.spec.deletion_policy == DeletionPolicy::Delete || !self.rules.retain_snapshots);
        if let (Some(content), true) = (&content, goes_too) {
            self.delete_content(snapshot, content).await?;
        }
        self.remove_finalizers(snapshot, !goes_too).await
    }

    /// The content that is bound to the snapshot.
    fn content_to_follow(&self, snapshot: &VolumeSnapshot) -> Option<Arc<VolumeSnapshotContent>> {
        let made = || snapshot.spec.source.persistent_volume_claim_name.as_ref().map(|_| content_name(snapshot));
        let name = bound_content(snapshot).map(str::to_owned).or_else(made)?;
        self.contents.named(&name).filter(|content| is_bound_to(content, snapshot))
    }

    async fn delete_content(&self, snapshot: &VolumeSnapshot, content: &VolumeSnapshotContent) -> Result<(), LoopError> {
        let api: Api<VolumeSnapshotContent> = Api::all(self.client.clone());
        let name = content.name_any();
        match api.delete(&name, &DeleteParams::default()).await {
            Ok(_) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => {
                let message = "Failed to delete snapshot content API object";
                self.events.write(snapshot, EventType::Warning, "SnapshotContentObjectDeleteError", message);
                let why = reason_of(&error);
                Err(LoopError::NotYet(format!("failed to delete VolumeSnapshotContent {name} from API server: {why:?}")))
            }
        }
    }

    /// The snapshot goes when its content has gone, or stays without it.
    async fn remove_finalizers(&self, snapshot: &VolumeSnapshot, bound: bool) -> Result<(), LoopError> {
        if let Err(error) = self.release_claim(snapshot, true).await {
            let message = "Error check and remove PVC Finalizer for VolumeSnapshot";
            self.events.write(snapshot, EventType::Warning, "ErrorPVCFinalizer", message);
            return Err(not_updated(&snapshot.name_any(), &error.in_event()));
        }
        let goes = |name: &str| name == names::AS_SOURCE || (bound && name == names::BOUND);
        let mut changed = snapshot.clone();
        changed.finalizers_mut().retain(|name| !goes(name));
        if changed.finalizers() == snapshot.finalizers() {
            return Ok(());
        }
        self.replace(&changed, "remove the finalizers of").await.map(drop)
    }
}
