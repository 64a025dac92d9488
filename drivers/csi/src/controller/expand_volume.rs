//! ControllerExpandVolume: a volume's disk made larger, attached or not.
//!
//! An extend needs no record: what it does can be seen in the volume's size, and it does not matter who did it. So each attempt looks
//! first, which also makes the second one after a lost answer, a restart or a lost task cheap. vCenter refuses a volume with
//! snapshots itself; they are only looked for when it has refused, to tell what stands in the way.

use csi_api::v1::{ControllerExpandVolumeRequest, ControllerExpandVolumeResponse};
use tonic::{Code, Status};

use super::Controller;
use super::creation::is_uuid;
use super::size::{MIB, grown_size};
use crate::status;
use crate::vcenter::{VCenter, VCenterError};

impl Controller {
    /// Makes a volume larger; one that is as large already is success.
    pub(super) async fn expand(&self, request: &ControllerExpandVolumeRequest) -> Result<ControllerExpandVolumeResponse, Status> {
        let id = request.volume_id.as_str();
        if id.is_empty() {
            return Err(Status::invalid_argument("volume_id must be given"));
        }
        let size = grown_size(request.capacity_range.as_ref())?;
        let missing = || Status::not_found(format!("there is no volume {id}"));
        if !is_uuid(id) {
            return Err(missing());
        }
        let vcenter = self.shared.pool.owner(id).await.map_err(|error| status::of_pool(&error))?.ok_or_else(missing)?;
        let before = present_size(&*vcenter, id).await?.ok_or_else(|| {
            self.shared.pool.forget(id);
            missing()
        })?;
        let mebibytes = self.extended(&*vcenter, id, before, size.mebibytes).await?;
        let (capacity_bytes, (_, limit)) = (mebibytes.saturating_mul(MIB), size.range);
        if limit > 0 && capacity_bytes > limit {
            return Err(Status::out_of_range(format!("volume {id} has {capacity_bytes} bytes, and {limit} are allowed: it cannot shrink")));
        }
        // Of a raw device, too: a guest asks its disk for the new size only when it is told to.
        let node_expansion_required = self.shared.behaviours.nodes_take_part_in_growth;
        Ok(ControllerExpandVolumeResponse { capacity_bytes, node_expansion_required })
    }

    /// The size that the volume has at the end.
    async fn extended(&self, vcenter: &dyn VCenter, id: &str, before: i64, wanted: i64) -> Result<i64, Status> {
        let behaviours = &self.shared.behaviours;
        if before >= wanted {
            if behaviours.grown_already_is_success {
                return Ok(before);
            }
            return Err(Status::invalid_argument(format!("volume {id} has {before} MiB already")));
        }
        if !behaviours.extend_before_answering {
            return Ok(wanted);
        }
        match vcenter.extend_volume(id, wanted).await {
            Ok(()) => {
                self.log(&format!("volume {id} has grown from {before} to {wanted} MiB"));
                Ok(wanted)
            }
            Err(error) => self.extended_all_the_same(vcenter, id, wanted, error).await,
        }
    }

    /// The extend failed, or its end is not known: the volume's size tells which.
    async fn extended_all_the_same(&self, vcenter: &dyn VCenter, id: &str, wanted: i64, error: VCenterError) -> Result<i64, Status> {
        let refused = |error: &VCenterError| status::of_vcenter(error);
        if !self.shared.behaviours.look_after_failed_extends {
            return Err(refused(&error));
        }
        // What cannot be looked at now is looked at by the next attempt.
        match present_size(vcenter, id).await {
            Ok(Some(present)) if present >= wanted => {
                self.log(&format!("volume {id} has {present} MiB, although: {error}"));
                Ok(present)
            }
            Ok(Some(present)) if matches!(error, VCenterError::Fault(_)) => {
                Err(self.explained_extend(vcenter, id, (present, wanted), &error).await)
            }
            _ => Err(refused(&error)),
        }
    }

    /// Why vCenter does not make the volume larger.
    async fn explained_extend(&self, vcenter: &dyn VCenter, id: &str, (present, wanted): (i64, i64), error: &VCenterError) -> Status {
        let snapshots = vcenter.snapshots_of(id).await.unwrap_or_default();
        if !snapshots.is_empty() {
            let named = snapshots.iter().map(|snapshot| snapshot.id.snapshot.as_str()).collect::<Vec<_>>().join(", ");
            return Status::failed_precondition(format!(
                "volume {id} stays at {present} MiB: it has snapshots ({named}), and vSphere makes no disk larger that has; delete them, and it is tried again ({error})"
            ));
        }
        let status = status::of_vcenter(error);
        // A datastore that is full may be so for ever: only after an end that is final may a user ask for less.
        let code = if status.code() == Code::ResourceExhausted { Code::Internal } else { status.code() };
        Status::new(code, format!("volume {id} stays at {present} MiB where {wanted} are asked for: {}", status.message()))
    }
}

/// A volume's size in MiB; `None` when it is gone.
async fn present_size(vcenter: &dyn VCenter, id: &str) -> Result<Option<i64>, Status> {
    let volume = vcenter.volume_by_id(id).await.map_err(|error| status::of_vcenter(&error))?;
    Ok(volume.map(|volume| volume.capacity_mb))
}
