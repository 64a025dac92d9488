//! ControllerUnpublishVolume: the disk off the node's virtual machine. Success by proof only.
//!
//! "Detached" lets Kubernetes attach the volume elsewhere, so it is said only when vCenter has detached it, or when the
//! machine is there without the disk, or when there is no such machine. What cannot be asked is not known.

use csi_api::v1::{ControllerUnpublishVolumeRequest, ControllerUnpublishVolumeResponse};
use fake_vcenter_types::MoRef;
use tonic::Status;

use super::Controller;
use super::creation::is_uuid;
use crate::status;
use crate::vcenter::VcenterError;

impl Controller {
    /// Detaches a volume; one that is provably not attached there is success.
    pub(super) async fn unpublish(&self, request: &ControllerUnpublishVolumeRequest) -> Result<ControllerUnpublishVolumeResponse, Status> {
        let volume = request.volume_id.as_str();
        if volume.is_empty() {
            return Err(Status::invalid_argument("volume_id must be given"));
        }
        if !is_uuid(volume) {
            // Never an id of this driver, so never attached by it.
            return Ok(ControllerUnpublishVolumeResponse {});
        }
        let machines: Vec<MoRef> = if request.node_id.is_empty() {
            let holders = self.vcenter().holders_of(volume).await.map_err(|error| status::of_vcenter(&error))?;
            holders.into_iter().map(|holder| holder.vm).collect()
        } else {
            // No machine with that uuid: a deleted node holds nothing.
            self.node_vm(&request.node_id).await?.into_iter().collect()
        };
        for vm in &machines {
            match self.vcenter().detach_volume(volume, vm).await {
                Ok(()) => self.log(&format!("volume {volume} is detached from {vm}")),
                Err(error) => self.prove_detached(volume, vm, error).await?,
            }
        }
        Ok(ControllerUnpublishVolumeResponse {})
    }

    /// The detach was refused, or its end is not known: the machine's devices tell whether the disk is gone.
    async fn prove_detached(&self, volume: &str, vm: &MoRef, error: VcenterError) -> Result<(), Status> {
        let absence = ["NotFound", "InvalidArgument", "ManagedObjectNotFound", "CnsVolumeNotFoundFault", "CnsNotRegisteredFault"];
        let may_be_absent = absence.iter().any(|fault| error.is_fault(fault)) || matches!(error, VcenterError::TaskGone { .. });
        if !may_be_absent {
            return Err(status::of_vcenter(&error));
        }
        match self.vcenter().disks_of(vm).await {
            Ok(None) => Ok(()),
            Ok(Some(disks)) if disks.iter().all(|disk| disk.volume_id.as_deref() != Some(volume)) => Ok(()),
            Ok(Some(_)) => Err(status::of_vcenter(&error)),
            Err(unknown) if unknown.says_gone(vm) => Ok(()),
            Err(unknown) => Err(status::of_vcenter(&unknown)),
        }
    }
}
