//! DeleteVolume: the disk first, its record last, so that a record never points at nothing for longer than a retry.

use csi_api::v1::DeleteVolumeResponse;
use tonic::Status;

use super::Controller;
use super::creation::is_uuid;
use crate::status;
use crate::vcenter::VcenterError;

impl Controller {
    /// Deletes a volume; one that is gone is success.
    pub(super) async fn delete(&self, id: &str) -> Result<DeleteVolumeResponse, Status> {
        if id.is_empty() {
            return Err(Status::invalid_argument("volume_id must be given"));
        }
        if !is_uuid(id) {
            // Every id that this driver has given is a uuid: what has another form never existed here.
            return Ok(DeleteVolumeResponse {});
        }
        match self.vcenter().delete_volume(id).await {
            Ok(()) => self.log(&format!("volume {id} is deleted")),
            Err(error) if error.is_fault("NotFound") || error.is_fault("CnsVolumeNotFoundFault") => {}
            Err(VcenterError::TaskGone { .. }) => self.prove_deleted(id).await?,
            Err(error) => return Err(status::of_vcenter(&error)),
        }
        self.clear_record(id).await?;
        Ok(DeleteVolumeResponse {})
    }

    /// The task's end is not known: the volume's absence is the proof.
    async fn prove_deleted(&self, id: &str) -> Result<(), Status> {
        match self.vcenter().volume_by_id(id).await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(Status::aborted(format!("volume {id} is still there, and its delete task is gone; ask again"))),
            Err(error) => Err(status::of_vcenter(&error)),
        }
    }

    /// Removes the record of the create that made the volume.
    async fn clear_record(&self, id: &str) -> Result<(), Status> {
        if !self.shared.behaviours.record_operation_first {
            return Ok(());
        }
        let operations = &self.shared.operations;
        for record in operations.of_volume(id).await.map_err(|error| status::of_store(&error))? {
            operations.remove(&record).await.map_err(|error| status::of_store(&error))?;
        }
        Ok(())
    }
}
