//! What the controller asks of a vCenter about snapshots.

use async_trait::async_trait;
use jiff::Timestamp;
use vsphere_types::MoRef;

use super::{CreateTask, SnapshotId, VCenterError, Volume};

/// A snapshot to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSnapshot {
    /// Of which volume.
    pub volume: String,
    /// What it is found again by.
    pub description: String,
    /// The id that it shall have, from 9.1.
    pub chosen_id: Option<String>,
    /// What the call is known by in vCenter's logs (`operationID`).
    pub operation_id: String,
}

/// A snapshot as CNS lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What names it.
    pub id: SnapshotId,
    /// What it was called when it was taken.
    pub description: String,
    /// When that was, by vCenter's calendar.
    pub created: Timestamp,
}

/// Some of all snapshots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotPage {
    /// These.
    pub snapshots: Vec<Snapshot>,
    /// How many there are.
    pub total: usize,
}

/// The calls.
#[async_trait]
pub trait SnapshotCalls: Send + Sync {
    /// Starts to take a snapshot.
    async fn create_snapshot(&self, snapshot: &NewSnapshot) -> Result<MoRef, VCenterError>;

    /// Waits for the task that takes one. A fault means that the *task* failed, as with volumes.
    async fn wait_for_snapshot(&self, task: &MoRef) -> Result<Snapshot, VCenterError>;

    /// The tasks that take snapshots which vCenter still knows, running ones among them.
    async fn snapshot_tasks(&self) -> Result<Vec<CreateTask>, VCenterError>;

    /// Deletes a snapshot, and waits for the end.
    async fn delete_snapshot(&self, id: &SnapshotId) -> Result<(), VCenterError>;

    /// The snapshots of a volume; none of one that is not there.
    async fn snapshots_of(&self, volume: &str) -> Result<Vec<Snapshot>, VCenterError>;

    /// The snapshot of this id.
    async fn snapshot(&self, id: &SnapshotId) -> Result<Option<Snapshot>, VCenterError>;

    /// Some of all snapshots: so many at most, behind so many.
    async fn snapshots(&self, skipped: usize, most: usize) -> Result<SnapshotPage, VCenterError>;

    /// The volumes of these ids; those that are not there are left out.
    async fn volumes_by_ids(&self, ids: &[String]) -> Result<Vec<Volume>, VCenterError>;
}
