//! DeleteVolume: the disk first, its record last, so that a record never points at nothing for longer than a retry.

use csi_api::v1::DeleteVolumeResponse;
use tonic::Status;

use super::Controller;
use super::creation::is_uuid;
use super::registration::is_unknown;
use crate::status;
use crate::vcenter::{Snapshot, VCenter, VCenterError};

/// What CNS made of a delete.
enum Deleted {
    /// The volume is gone.
    Yes,
    /// CNS does not know it, which it said.
    Unknown,
}

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
        if self.shared.behaviours.delete_volumes
            && let Some(vcenter) = self.owner_or_registered(id).await?
            && !self.is_seen_to_be_gone(&*vcenter, id).await?
        {
            match self.delete_from(&*vcenter, id).await? {
                Deleted::Yes => {}
                // A disk that CNS does not know is deleted all the same: as a volume.
                Deleted::Unknown if self.registered(&*vcenter, id).await? => {
                    self.delete_from(&*vcenter, id).await?;
                }
                Deleted::Unknown => {}
            }
        }
        self.shared.pool.forget(id);
        self.clear_record(id).await?;
        Ok(DeleteVolumeResponse {})
    }

    /// Whether this process has begun to delete it before, and it is gone. That it has gone well is no reason to forget that it was begun.
    async fn is_seen_to_be_gone(&self, vcenter: &dyn VCenter, id: &str) -> Result<bool, Status> {
        let look = async { Ok(vcenter.volume_by_id(id).await?.is_none().then_some(())) };
        let is_gone = self.shared.behaviours.look_before_deleting_again && self.shared.deleting.came_about(id, "", look).await?.is_some();
        // A disk that CNS has never known is not gone: it becomes a volume, to be deleted.
        Ok(is_gone && !self.registered(vcenter, id).await?)
    }

    async fn delete_from(&self, vcenter: &dyn VCenter, id: &str) -> Result<Deleted, Status> {
        match vcenter.delete_volume(id).await {
            Ok(()) => self.log(&format!("volume {id} is deleted")),
            Err(error) if is_unknown(&error) => return Ok(Deleted::Unknown),
            Err(VCenterError::TaskGone { .. }) => prove_deleted(vcenter, id).await?,
            Err(error) if error.is_fault("ResourceInUse") => self.in_use(vcenter, id, &error).await?,
            Err(error) => return Err(status::of_vcenter(&error)),
        }
        Ok(Deleted::Yes)
    }

    /// The volume has snapshots, or is attached: deleting it has to wait for whoever uses it.
    async fn in_use(&self, vcenter: &dyn VCenter, id: &str, error: &VCenterError) -> Result<(), Status> {
        let of = |error: VCenterError| status::of_vcenter(&error);
        let snapshots = vcenter.snapshots_of(id).await.map_err(of)?;
        if !snapshots.is_empty() {
            return self.has_snapshots(vcenter, id, snapshots).await;
        }
        let holders = vcenter.holders_of(id).await.map_err(of)?;
        if self.shared.behaviours.delete_waits_for_detach || holders.is_empty() {
            let users = holders.iter().map(|holder| format!("{} ({})", holder.name, holder.vm)).collect::<Vec<_>>().join(", ");
            let users = if users.is_empty() { "something that no machine's hardware shows".to_owned() } else { users };
            return Err(Status::failed_precondition(format!("volume {id} is not deleted: it is in use by {users}; {error}")));
        }
        for holder in holders {
            vcenter.detach_volume(id, &holder.vm).await.map_err(|error| status::of_vcenter(&error))?;
        }
        vcenter.delete_volume(id).await.map_err(|error| status::of_vcenter(&error))
    }

    /// A volume with snapshots is a chain of files, of which none goes before those above it.
    async fn has_snapshots(&self, vcenter: &dyn VCenter, id: &str, snapshots: Vec<Snapshot>) -> Result<(), Status> {
        if self.shared.behaviours.delete_waits_for_snapshots {
            let ids = snapshots.iter().map(|snapshot| snapshot.id.snapshot.as_str()).collect::<Vec<_>>().join(" ");
            return Err(Status::failed_precondition(format!(
                "volume: {id} with existing snapshots [{ids}] cannot be deleted, please delete snapshots before deleting the volume"
            )));
        }
        for snapshot in snapshots {
            vcenter.delete_snapshot(&snapshot.id).await.map_err(|error| status::of_vcenter(&error))?;
        }
        vcenter.delete_volume(id).await.map_err(|error| status::of_vcenter(&error))
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

/// The task's end is not known: the volume's absence is the proof.
async fn prove_deleted(vcenter: &dyn VCenter, id: &str) -> Result<(), Status> {
    match vcenter.volume_by_id(id).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(Status::aborted(format!("volume {id} is still there, and its delete task is gone; ask again"))),
        Err(error) => Err(status::of_vcenter(&error)),
    }
}
