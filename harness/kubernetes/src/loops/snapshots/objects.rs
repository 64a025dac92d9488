//! What snapshots and contents say of each other.

use kube::ResourceExt;

use crate::client::ObjectKey;
use crate::loops::support::objects::uid;
use crate::snapshot_api::{VolumeSnapshot, VolumeSnapshotContent};

/// The content that a snapshot is bound to.
pub(super) fn bound_content(snapshot: &VolumeSnapshot) -> Option<&str> {
    snapshot.status.as_ref()?.bound_volume_snapshot_content_name.as_deref()
}

/// The content that is made for a snapshot of a claim.
pub(super) fn content_name(snapshot: &VolumeSnapshot) -> String {
    format!("snapcontent-{}", uid(snapshot))
}

/// The snapshot that a content is bound to, or reserved for.
pub(super) fn snapshot_of(content: &VolumeSnapshotContent) -> ObjectKey {
    let reference = &content.spec.volume_snapshot_ref;
    ObjectKey::new(reference.namespace.as_deref().unwrap_or_default(), reference.name.as_deref().unwrap_or_default())
}

/// The uid of the snapshot that a content is bound to; empty while it is only reserved.
pub(super) fn snapshot_uid(content: &VolumeSnapshotContent) -> &str {
    content.spec.volume_snapshot_ref.uid.as_deref().unwrap_or_default()
}

/// Whether the content is bound to this very snapshot.
pub(super) fn is_bound_to(content: &VolumeSnapshotContent, snapshot: &VolumeSnapshot) -> bool {
    snapshot_of(content) == ObjectKey::of(snapshot) && snapshot_uid(content) == uid(snapshot)
}

/// Whether volumes can be made of it.
pub(super) fn is_ready(snapshot: &VolumeSnapshot) -> bool {
    snapshot.status.as_ref().is_some_and(|status| status.ready_to_use == Some(true))
}

/// `namespace/name`, as the controller writes it.
pub(super) fn words(snapshot: &VolumeSnapshot) -> String {
    format!("{}/{}", snapshot.namespace().unwrap_or_default(), snapshot.name_any())
}
