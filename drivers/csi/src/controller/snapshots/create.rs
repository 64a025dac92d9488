//! CreateSnapshot: one snapshot for each name, whatever dies in between.

use csi_api::Timestamp;
use csi_api::v1::{CreateSnapshotRequest, CreateSnapshotResponse, Snapshot};
use tonic::Status;

use super::super::Controller;
use super::super::creation::is_uuid;
use super::id;
use super::taking::{Taking, Wanted};
use crate::status;
use crate::vcenter::Version;

const MIB: i64 = 1024 * 1024;

impl Controller {
    /// Takes the snapshot, or finds that it is taken.
    pub(in crate::controller) async fn create_snapshot_of(
        &self,
        request: &CreateSnapshotRequest,
    ) -> Result<CreateSnapshotResponse, Status> {
        let volume = request.source_volume_id.as_str();
        if volume.is_empty() {
            return Err(Status::invalid_argument("CreateSnapshot Source Volume ID must be provided"));
        }
        if request.name.is_empty() {
            return Err(Status::invalid_argument("Snapshot name must be provided"));
        }
        let missing = || Status::not_found(format!("there is no volume {volume}"));
        if !is_uuid(volume) {
            return Err(missing());
        }
        let shared = &self.shared;
        let vcenter = shared.pool.owner(volume).await.map_err(|error| status::of_pool(&error))?.ok_or_else(missing)?;
        let of = |error| status::of_vcenter(&error);
        let source = vcenter.volume_by_id(volume).await.map_err(of)?.ok_or_else(missing)?;
        let version = vcenter.about().await.map_err(of)?.version;
        if version < Version::SNAPSHOTS {
            return Err(Status::unimplemented("VC version does not support snapshot operations"));
        }
        let taking = Taking {
            vcenter: &*vcenter,
            operations: &*shared.operations,
            host: &*shared.host,
            behaviours: shared.behaviours,
            in_doubt: &shared.in_doubt,
            limit: shared.snapshots.of_datastore(&source.datastore_url),
            chooses_ids: version >= Version::CHOSEN_VOLUME_IDS,
        };
        let taken = taking.take(&Wanted::new(&request.name, volume)).await.map_err(|error| error.status())?;
        self.log(&format!("snapshot {} of volume {volume} is {}", request.name, taken.id.snapshot));
        let created = taken.created;
        Ok(CreateSnapshotResponse {
            snapshot: Some(Snapshot {
                size_bytes: source.capacity_mb.saturating_mul(MIB),
                snapshot_id: id::told(&taken.id),
                source_volume_id: taken.id.volume,
                creation_time: Some(Timestamp { seconds: created.as_second(), nanos: created.subsec_nanosecond() }),
                ready_to_use: true,
                group_snapshot_id: String::new(),
            }),
        })
    }
}
