//! The calls about snapshots.

use async_trait::async_trait;
use vsphere_client::{found_snapshots, taken_snapshot, volume_result};
use vsphere_types::{
    CnsCursor, CnsQueryFilter, CnsSnapshot, CnsSnapshotCreateSpec, CnsSnapshotId, CnsSnapshotQueryFilter, CnsSnapshotQueryResult,
    CnsSnapshotQuerySpec, CnsVolumeId, CnsVolumeOperationResult, Fault, MoRef,
};

use super::super::{CreateTask, NewSnapshot, Snapshot, SnapshotCalls, SnapshotId, SnapshotPage, VCenterError, Volume};
use super::ClientVCenter;
use super::convert::{error, refusal};
use super::tasks;

/// As many snapshots as CNS gives at once.
const PAGE: usize = 128;

const CREATE: &str = "CnsCreateSnapshots";
const DELETE: &str = "CnsDeleteSnapshots";
const QUERY: &str = "CnsQuerySnapshots";

impl ClientVCenter {
    async fn query_snapshots(&self, filter: CnsSnapshotQueryFilter) -> Result<CnsSnapshotQueryResult, VCenterError> {
        let task = self.client().cns_query_snapshots(filter).await.map_err(|failure| error(QUERY, &failure))?;
        let info = self.ended(QUERY, &task).await?;
        found_snapshots(&info).map_err(|failure| error(QUERY, &failure))
    }

    /// What is asked of one volume: what is not there is an entry of its own in the answer.
    async fn query_volume(&self, volume: &str, snapshot: Option<&str>) -> Result<Vec<Snapshot>, VCenterError> {
        let spec = CnsSnapshotQuerySpec {
            volume_id: CnsVolumeId { id: volume.to_owned() },
            snapshot_id: snapshot.map(|id| CnsSnapshotId { id: id.to_owned() }),
        };
        let filter = CnsSnapshotQueryFilter { snapshot_query_specs: vec![spec], cursor: Some(cursor(0, PAGE)) };
        let mut found = Vec::new();
        for entry in self.query_snapshots(filter).await?.entries {
            match (entry.snapshot, entry.error) {
                (Some(snapshot), None) => found.push(read(snapshot)),
                (_, Some(wrong)) => {
                    let fault = Fault::from(wrong);
                    if !["CnsSnapshotNotFoundFault", "CnsVolumeNotFoundFault"].contains(&fault.type_name()) {
                        return Err(refusal(QUERY, &fault));
                    }
                }
                (None, None) => {}
            }
        }
        Ok(found)
    }
}

fn cursor(skipped: usize, most: usize) -> CnsCursor {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    CnsCursor { offset: number(skipped), limit: number(most), ..CnsCursor::default() }
}

fn read(found: CnsSnapshot) -> Snapshot {
    Snapshot {
        id: SnapshotId { volume: found.volume_id.id, snapshot: found.snapshot_id.id },
        description: found.description.unwrap_or_default(),
        created: found.create_time,
    }
}

#[async_trait]
impl SnapshotCalls for ClientVCenter {
    async fn create_snapshot(&self, snapshot: &NewSnapshot) -> Result<MoRef, VCenterError> {
        let spec = CnsSnapshotCreateSpec {
            volume_id: CnsVolumeId { id: snapshot.volume.clone() },
            description: snapshot.description.clone(),
            snapshot_id: snapshot.chosen_id.clone().map(|id| CnsSnapshotId { id }),
        };
        let client = self.client().with_operation_id(&snapshot.operation_id);
        client.cns_create_snapshot(spec).await.map_err(|failure| error(CREATE, &failure))
    }

    async fn wait_for_snapshot(&self, task: &MoRef) -> Result<Snapshot, VCenterError> {
        let info = self.ended(CREATE, task).await?;
        taken_snapshot(&info).map(read).map_err(|failure| error(CREATE, &failure))
    }

    async fn snapshot_tasks(&self) -> Result<Vec<CreateTask>, VCenterError> {
        let found = self.client().recent_tasks().await.map_err(|failure| tasks::unanswered("RetrievePropertiesEx", &failure))?;
        Ok(found.iter().filter_map(tasks::snapshot_task).collect())
    }

    async fn delete_snapshot(&self, id: &SnapshotId) -> Result<(), VCenterError> {
        let task = self.client().cns_delete_snapshot(&id.volume, &id.snapshot).await.map_err(|failure| error(DELETE, &failure))?;
        let info = self.ended(DELETE, &task).await?;
        volume_result::<CnsVolumeOperationResult>(&info).map(drop).map_err(|failure| error(DELETE, &failure))
    }

    async fn snapshots_of(&self, volume: &str) -> Result<Vec<Snapshot>, VCenterError> {
        self.query_volume(volume, None).await
    }

    async fn snapshot(&self, id: &SnapshotId) -> Result<Option<Snapshot>, VCenterError> {
        let found = self.query_volume(&id.volume, Some(&id.snapshot)).await?;
        Ok(found.into_iter().find(|snapshot| snapshot.id == *id))
    }

    async fn snapshots(&self, skipped: usize, most: usize) -> Result<SnapshotPage, VCenterError> {
        let mut page = SnapshotPage::default();
        loop {
            let (offset, left) = (skipped + page.snapshots.len(), most - page.snapshots.len());
            let filter = CnsSnapshotQueryFilter { cursor: Some(cursor(offset, left.min(PAGE))), ..CnsSnapshotQueryFilter::default() };
            let found = self.query_snapshots(filter).await?;
            page.total = usize::try_from(found.cursor.total_records.unwrap_or(0)).unwrap_or(0);
            let before = page.snapshots.len();
            page.snapshots.extend(found.entries.into_iter().filter_map(|entry| entry.snapshot).map(read));
            let ended = page.snapshots.len() == before || page.snapshots.len() >= most || skipped + page.snapshots.len() >= page.total;
            if ended {
                return Ok(page);
            }
        }
    }

    async fn volumes_by_ids(&self, ids: &[String]) -> Result<Vec<Volume>, VCenterError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let volume_ids = ids.iter().map(|id| CnsVolumeId { id: id.clone() }).collect();
        self.query(CnsQueryFilter { volume_ids, ..CnsQueryFilter::default() }).await
    }
}
