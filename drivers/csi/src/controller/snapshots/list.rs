//! ListSnapshots: all of them, those of a volume, or one. A page's token is how many stand before it.

use std::collections::{BTreeMap, BTreeSet};

use csi_api::Timestamp;
use csi_api::v1::list_snapshots_response::Entry;
use csi_api::v1::{ListSnapshotsRequest, ListSnapshotsResponse, Snapshot as Told};
use tonic::Status;

use super::super::Controller;
use super::super::creation::is_uuid;
use super::id;
use crate::pool::Member;
use crate::status;
use crate::vcenter::{Snapshot, VCenter, VCenterError};

const MIB: i64 = 1024 * 1024;

/// A page where the caller does not say how long it may be.
const PAGE: usize = 128;

impl Controller {
    /// Lists them; what is not there is no error.
    pub(in crate::controller) async fn list(&self, request: &ListSnapshotsRequest) -> Result<ListSnapshotsResponse, Status> {
        let most = usize::try_from(request.max_entries)
            .map_err(|_| Status::invalid_argument(format!("ListSnapshots MaxEntries: {} cannot be negative", request.max_entries)))?;
        let most = if most == 0 { PAGE } else { most };
        let skipped = match request.starting_token.as_str() {
            "" => 0,
            token => {
                token.parse().map_err(|_| Status::invalid_argument(format!("ListSnapshots StartingToken: {token} cannot be parsed")))?
            }
        };
        if request.snapshot_id.is_empty() && request.source_volume_id.is_empty() {
            return self.list_all(skipped, most).await;
        }
        let found = if request.snapshot_id.is_empty() {
            self.of_volume(&request.source_volume_id).await?
        } else {
            self.one(&request.snapshot_id, &request.source_volume_id).await?
        };
        let total = found.len();
        let page: Vec<Told> = found.into_iter().skip(skipped).take(most).collect();
        Ok(answer(page, skipped, total))
    }

    async fn owner_of(&self, volume: &str) -> Result<Option<Member>, Status> {
        if !is_uuid(volume) {
            return Ok(None);
        }
        self.shared.pool.owner(volume).await.map_err(|error| status::of_pool(&error))
    }

    async fn of_volume(&self, volume: &str) -> Result<Vec<Told>, Status> {
        let Some(vcenter) = self.owner_of(volume).await? else { return Ok(Vec::new()) };
        let found = vcenter.snapshots_of(volume).await.map_err(|error| status::of_vcenter(&error))?;
        with_sizes(&*vcenter, found).await.map_err(|error| status::of_vcenter(&error))
    }

    async fn one(&self, told: &str, volume: &str) -> Result<Vec<Told>, Status> {
        let id = id::read(told).filter(|id| volume.is_empty() || id.volume == volume);
        let Some(id) = id else { return Ok(Vec::new()) };
        let Some(vcenter) = self.owner_of(&id.volume).await? else { return Ok(Vec::new()) };
        let found = vcenter.snapshot(&id).await.map_err(|error| status::of_vcenter(&error))?;
        with_sizes(&*vcenter, found.into_iter().collect()).await.map_err(|error| status::of_vcenter(&error))
    }

    /// Those of all vCenters, one behind the other.
    async fn list_all(&self, skipped: usize, most: usize) -> Result<ListSnapshotsResponse, Status> {
        let (mut page, mut total) = (Vec::new(), 0);
        for vcenter in self.shared.pool.members() {
            // One is always asked for, since the answer tells how many there are.
            let (before, left) = (skipped.saturating_sub(total), most - page.len());
            let of = |error: VCenterError| status::of_vcenter(&error);
            let found = vcenter.snapshots(before, left.max(1)).await.map_err(of)?;
            total += found.total;
            if left > 0 {
                page.extend(with_sizes(&**vcenter, found.snapshots).await.map_err(of)?);
            }
        }
        Ok(answer(page, skipped, total))
    }
}

/// Snapshots as Kubernetes is told of them. Their size is their volume's, which CNS tells with the volume only.
async fn with_sizes(vcenter: &dyn VCenter, found: Vec<Snapshot>) -> Result<Vec<Told>, VCenterError> {
    let ids: BTreeSet<String> = found.iter().map(|snapshot| snapshot.id.volume.clone()).collect();
    let volumes = vcenter.volumes_by_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
    let sizes: BTreeMap<String, i64> = volumes.into_iter().map(|volume| (volume.id, volume.capacity_mb)).collect();
    // One whose volume has gone meanwhile has gone, too.
    let told = |snapshot: Snapshot| {
        let size = sizes.get(&snapshot.id.volume)?;
        Some(Told {
            size_bytes: size.saturating_mul(MIB),
            snapshot_id: id::told(&snapshot.id),
            source_volume_id: snapshot.id.volume,
            creation_time: Some(Timestamp { seconds: snapshot.created.as_second(), nanos: snapshot.created.subsec_nanosecond() }),
            ready_to_use: true,
            group_snapshot_id: String::new(),
        })
    };
    Ok(found.into_iter().filter_map(told).collect())
}

fn answer(page: Vec<Told>, skipped: usize, total: usize) -> ListSnapshotsResponse {
    let next = skipped + page.len();
    let next_token = if next < total && !page.is_empty() { next.to_string() } else { String::new() };
    let entry = |snapshot| Entry { snapshot: Some(snapshot) };
    ListSnapshotsResponse { entries: page.into_iter().map(entry).collect(), next_token }
}
