//! ControllerUnpublishVolume: the disk off the node's virtual machine. Success by proof only.
//!
//! "Detached" lets Kubernetes attach the volume elsewhere, so it is said only when vCenter has detached it, or when the
//! machine is there without the disk, or when there is no such machine. What cannot be asked is not known: a machine whose
//! host is lost, a vCenter that is down.

use csi_api::v1::{ControllerUnpublishVolumeRequest, ControllerUnpublishVolumeResponse};
use tonic::Status;
use vsphere_types::MoRef;

use super::Controller;
use super::creation::is_uuid;
use crate::pool::Member;
use crate::status;
use crate::vcenter::{AttachedDisk, VCenter, VCenterError};

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
        self.shared.attaching.forget(volume);
        match self.detached(volume, &request.node_id).await {
            Err(error) if !self.shared.behaviours.unknown_is_not_detached && error.code() == tonic::Code::Unavailable => {
                self.log(&format!("whether volume {volume} is detached is not known, and it is said to be: {error}"));
            }
            outcome => outcome?,
        }
        Ok(ControllerUnpublishVolumeResponse {})
    }

    async fn detached(&self, volume: &str, node: &str) -> Result<(), Status> {
        let Some((vcenter, machines)) = self.machines(volume, node).await? else { return Ok(()) };
        for vm in &machines {
            if self.is_seen_to_be_off(&*vcenter, volume, vm).await? {
                continue;
            }
            match vcenter.detach_volume(volume, vm).await {
                Ok(()) => self.log(&format!("volume {volume} is detached from {vm} of {}", vcenter.host())),
                Err(error) => self.prove_detached(&*vcenter, volume, vm, error).await?,
            }
        }
        Ok(())
    }

    /// Whether this process has begun to detach it before, and the machine is seen to be without the disk: a machine takes one detach after the
    /// other, and sidecars give up after 15 s. Detaching once more would only make the line longer.
    async fn is_seen_to_be_off(&self, vcenter: &dyn VCenter, volume: &str, vm: &MoRef) -> Result<bool, Status> {
        let look = async { Ok(vcenter.disks_of(vm).await?.filter(|disks| is_off(volume, disks))) };
        Ok(self.shared.behaviours.look_before_detaching_again && self.shared.detaching.came_about(volume, &vm.id, look).await?.is_some())
    }

    /// The machines that the volume is to leave, and their vCenter; `None` when nothing can have it.
    async fn machines(&self, volume: &str, node: &str) -> Result<Option<(Member, Vec<MoRef>)>, Status> {
        let pool = &self.shared.pool;
        let owner = pool.owner(volume).await.map_err(|error| status::of_pool(&error))?;
        if node.is_empty() {
            let Some(vcenter) = owner else { return Ok(None) };
            let holders = vcenter.holders_of(volume).await.map_err(|error| status::of_vcenter(&error))?;
            return Ok(Some((vcenter, holders.into_iter().map(|holder| holder.vm).collect())));
        }
        // A volume that CNS does not know may still be on the machine.
        let found = match owner {
            Some(vcenter) => {
                let vm = vcenter.vm_by_bios_uuid(&node.to_ascii_lowercase()).await.map_err(|error| status::of_vcenter(&error))?;
                vm.map(|vm| (vcenter, vm))
            }
            None => pool.machine(node).await.map_err(|error| status::of_pool(&error))?,
        };
        match found {
            Some((vcenter, vm)) => Ok(Some((vcenter, vec![vm]))),
            // No machine with that uuid: a deleted node holds nothing.
            None if self.shared.behaviours.absent_vm_is_detached => Ok(None),
            None => Err(Status::not_found(format!("no virtual machine has the BIOS uuid {node}"))),
        }
    }

    /// The detach was refused, or its end is not known: the machine's devices tell whether the disk is gone.
    async fn prove_detached(&self, vcenter: &dyn VCenter, volume: &str, vm: &MoRef, error: VCenterError) -> Result<(), Status> {
        let absence = ["NotFound", "InvalidArgument", "ManagedObjectNotFound", "CnsVolumeNotFoundFault", "CnsNotRegisteredFault"];
        let may_be_absent = absence.iter().any(|fault| error.is_fault(fault)) || matches!(error, VCenterError::TaskGone { .. });
        if !may_be_absent {
            return Err(status::of_vcenter(&error));
        }
        match vcenter.disks_of(vm).await {
            Ok(None) => self.machine_is_gone(vm),
            Ok(Some(disks)) if is_off(volume, &disks) => Ok(()),
            Ok(Some(_)) => Err(status::of_vcenter(&error)),
            Err(unknown) if unknown.says_gone(vm) => self.machine_is_gone(vm),
            Err(unknown) => Err(status::of_vcenter(&unknown)),
        }
    }

    fn machine_is_gone(&self, vm: &MoRef) -> Result<(), Status> {
        if self.shared.behaviours.absent_vm_is_detached { Ok(()) } else { Err(Status::not_found(format!("{vm} is gone"))) }
    }
}

/// Whether none of a machine's disks is the volume.
fn is_off(volume: &str, disks: &[AttachedDisk]) -> bool {
    disks.iter().all(|disk| disk.volume_id.as_deref() != Some(volume))
}
