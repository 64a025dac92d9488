//! The double takes no snapshots: they are tested with the fake vCenter.

use async_trait::async_trait;
use vsphere_types::MoRef;

use super::TestWorld;
use super::vcenter::not_played;
use crate::vcenter::{CreateTask, NewSnapshot, Snapshot, SnapshotCalls, SnapshotId, SnapshotPage, VCenterError, Volume};

#[async_trait]
impl SnapshotCalls for TestWorld {
    async fn create_snapshot(&self, _snapshot: &NewSnapshot) -> Result<MoRef, VCenterError> {
        Err(not_played("CnsCreateSnapshots"))
    }

    async fn wait_for_snapshot(&self, _task: &MoRef) -> Result<Snapshot, VCenterError> {
        Err(not_played("CnsCreateSnapshots"))
    }

    async fn snapshot_tasks(&self) -> Result<Vec<CreateTask>, VCenterError> {
        Err(not_played("recentTask"))
    }

    async fn delete_snapshot(&self, _id: &SnapshotId) -> Result<(), VCenterError> {
        Err(not_played("CnsDeleteSnapshots"))
    }

    async fn snapshots_of(&self, _volume: &str) -> Result<Vec<Snapshot>, VCenterError> {
        Err(not_played("CnsQuerySnapshots"))
    }

    async fn snapshot(&self, _id: &SnapshotId) -> Result<Option<Snapshot>, VCenterError> {
        Err(not_played("CnsQuerySnapshots"))
    }

    async fn snapshots(&self, _skipped: usize, _most: usize) -> Result<SnapshotPage, VCenterError> {
        Err(not_played("CnsQuerySnapshots"))
    }

    async fn volumes_by_ids(&self, _ids: &[String]) -> Result<Vec<Volume>, VCenterError> {
        Err(not_played("CnsQueryVolume"))
    }
}
