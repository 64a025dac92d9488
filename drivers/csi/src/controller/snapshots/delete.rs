//! DeleteSnapshot: the snapshot first, its record last.

use csi_api::v1::DeleteSnapshotResponse;
use tonic::Status;

use super::super::Controller;
use super::id;
use crate::status;
use crate::vcenter::{SnapshotId, VCenter, VCenterError};

impl Controller {
    /// Deletes a snapshot; one that is gone is success.
    pub(in crate::controller) async fn delete_snapshot_of(&self, told: &str) -> Result<DeleteSnapshotResponse, Status> {
        if told.is_empty() {
            return Err(Status::invalid_argument("snapshot_id must be given"));
        }
        // Every id that this driver has told is of that form: what has another never existed here.
        let Some(id) = id::read(told) else { return Ok(DeleteSnapshotResponse {}) };
        if let Some(vcenter) = self.shared.pool.owner(&id.volume).await.map_err(|error| status::of_pool(&error))?
            && self.shared.behaviours.delete_snapshots
        {
            let look = async { Ok(vcenter.snapshot(&id).await?.is_none().then_some(())) };
            let deleting = &self.shared.deleting;
            let is_gone =
                self.shared.behaviours.look_before_deleting_again && deleting.came_about(&id.volume, &id.snapshot, look).await?.is_some();
            if !is_gone {
                delete_from(&*vcenter, &id).await?;
            }
            self.log(&format!("snapshot {} of volume {} is deleted", id.snapshot, id.volume));
        }
        self.clear_record_of(&id).await?;
        Ok(DeleteSnapshotResponse {})
    }

    /// Removes the record of the attempt that took the snapshot.
    async fn clear_record_of(&self, id: &SnapshotId) -> Result<(), Status> {
        if !self.shared.behaviours.record_operation_first {
            return Ok(());
        }
        let operations = &self.shared.operations;
        let records = operations.of_volume(&id.volume).await.map_err(|error| status::of_store(&error))?;
        for record in records.iter().filter(|record| record.snapshot_id.as_ref() == Some(&id.snapshot)) {
            operations.remove(record).await.map_err(|error| status::of_store(&error))?;
        }
        Ok(())
    }
}

async fn delete_from(vcenter: &dyn VCenter, id: &SnapshotId) -> Result<(), Status> {
    match vcenter.delete_snapshot(id).await {
        Ok(()) => Ok(()),
        Err(error) if ["NotFound", "CnsSnapshotNotFoundFault", "CnsVolumeNotFoundFault"].iter().any(|gone| error.is_fault(gone)) => Ok(()),
        // Some releases say so of a snapshot that is gone; and of a task that is gone nobody knows how it ended.
        Err(error) if error.is_fault("InvalidArgument") || matches!(error, VCenterError::TaskGone { .. }) => {
            prove_deleted(vcenter, id, &error).await
        }
        Err(error) => Err(status::of_vcenter(&error)),
    }
}

/// The snapshot's absence is the proof.
async fn prove_deleted(vcenter: &dyn VCenter, id: &SnapshotId, error: &VCenterError) -> Result<(), Status> {
    match vcenter.snapshot(id).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(status::of_vcenter(error)),
        Err(error) => Err(status::of_vcenter(&error)),
    }
}
