//! ControllerPublishVolume: the disk on the node's virtual machine.
//!
//! CNS answers `ResourceInUse` for a volume that is attached, to this machine or to another, so the machine's own
//! devices decide which it is.

use std::collections::BTreeMap;

use csi_api::v1::{ControllerPublishVolumeRequest, ControllerPublishVolumeResponse};
use fake_vcenter_types::MoRef;
use tonic::Status;

use super::creation::is_uuid;
use super::{Controller, DISK_TYPE, capabilities};
use crate::status;
use crate::vcenter::VcenterError;

/// Key of the disk's uuid in the publish context.
pub(crate) const DISK_UUID: &str = "diskUUID";

impl Controller {
    /// Attaches a volume; one that is attached there already is success.
    pub(super) async fn publish(&self, request: &ControllerPublishVolumeRequest) -> Result<ControllerPublishVolumeResponse, Status> {
        let (volume, node) = (request.volume_id.as_str(), request.node_id.as_str());
        for (name, value) in [("volume_id", volume), ("node_id", node)] {
            if value.is_empty() {
                return Err(Status::invalid_argument(format!("{name} must be given")));
            }
        }
        let Some(capability) = &request.volume_capability else {
            return Err(Status::invalid_argument("volume_capability must be given"));
        };
        if let Some(objection) = capabilities::objection(capability) {
            return Err(Status::invalid_argument(objection));
        }
        if request.readonly {
            return Err(Status::invalid_argument("readonly attachments are not offered: see ControllerGetCapabilities"));
        }
        if !is_uuid(volume) {
            return Err(Status::not_found(format!("there is no volume {volume}")));
        }
        let vm = self.node_vm(node).await?.ok_or_else(|| Status::not_found(format!("no virtual machine has the BIOS uuid {node}")))?;
        if !self.shared.behaviours.attach_before_answering {
            return Ok(answer(&format!("6000c290{:024x}", self.shared.host.random())));
        }
        let disk_uuid = match self.vcenter().attach_volume(volume, &vm).await {
            Ok(disk_uuid) => disk_uuid,
            Err(error) => self.attached_already(volume, &vm, node, error).await?,
        };
        self.log(&format!("volume {volume} is attached to {vm} as disk {disk_uuid}"));
        Ok(answer(&disk_uuid))
    }

    /// The node's virtual machine; `None` is vCenter's own word that there is none.
    pub(super) async fn node_vm(&self, node: &str) -> Result<Option<MoRef>, Status> {
        self.vcenter().vm_by_bios_uuid(&node.to_ascii_lowercase()).await.map_err(|error| status::of_vcenter(&error))
    }

    /// The attach was refused, or its end is not known: the machine's devices tell whether the disk is there.
    async fn attached_already(&self, volume: &str, vm: &MoRef, node: &str, error: VcenterError) -> Result<String, Status> {
        let in_use = error.is_fault("ResourceInUse");
        if !in_use && !matches!(error, VcenterError::TaskGone { .. }) {
            return Err(status::of_vcenter(&error));
        }
        let disks = self.vcenter().disks_of(vm).await.map_err(|error| status::of_vcenter(&error))?.unwrap_or_default();
        if let Some(disk) = disks.into_iter().find(|disk| disk.volume_id.as_deref() == Some(volume)) {
            return Ok(disk.disk_uuid);
        }
        if !in_use {
            return Err(status::of_vcenter(&error));
        }
        let holders = self.vcenter().holders_of(volume).await.map_err(|error| status::of_vcenter(&error))?;
        let other = holders.iter().map(|holder| format!("{} ({})", holder.name, holder.vm)).collect::<Vec<_>>().join(", ");
        let other = if other.is_empty() { "something that no virtual machine's hardware shows".to_owned() } else { other };
        Err(Status::failed_precondition(format!("volume {volume} cannot be attached to node {node}: it is in use by {other}")))
    }
}

/// The publish context: the uuid as the guest's `wwn` has it.
fn answer(disk_uuid: &str) -> ControllerPublishVolumeResponse {
    let wwn: String = disk_uuid.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
    let publish_context = BTreeMap::from([("type".to_owned(), DISK_TYPE.to_owned()), (DISK_UUID.to_owned(), wwn)]);
    ControllerPublishVolumeResponse { publish_context }
}
