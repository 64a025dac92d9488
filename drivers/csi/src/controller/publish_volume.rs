//! ControllerPublishVolume: the disk on the node's virtual machine.
//!
//! CNS answers `ResourceInUse` for a volume that is attached, to this machine or to another, so the machine's own
//! devices decide which it is. They also decide after an attach whose end is not known (vCenter restarted): an attach needs
//! no record of its own, because what it does can be seen, and doing it twice does it once. A machine takes one attach after
//! the other, so what is seen to be there is not attached again: sidecars give up after 15 s, and sixty volumes take minutes.

use std::collections::BTreeMap;

use csi_api::v1::{ControllerPublishVolumeRequest, ControllerPublishVolumeResponse};
use tonic::Status;
use vsphere_types::MoRef;

use super::creation::is_uuid;
use super::parameters::RECRYPT_BEFORE_ATTACH;
use super::recrypt::Recrypt;
use super::registration::is_unknown;
use super::{Controller, capabilities};
use crate::names::{DISK_TYPE, DISK_UUID};
use crate::pool::Member;
use crate::status;
use crate::vcenter::{VCenter, VCenterError};

impl Controller {
    /// Attaches a volume; one that is attached there already is success.
    pub(super) async fn publish(&self, request: &ControllerPublishVolumeRequest) -> Result<ControllerPublishVolumeResponse, Status> {
        check(request)?;
        let (volume, node) = (request.volume_id.as_str(), request.node_id.as_str());
        let recrypt = request.volume_context.get(RECRYPT_BEFORE_ATTACH).is_some_and(|value| value == "true");
        self.shared.detaching.forget(volume);
        let attached = self.attached(volume, node, recrypt).await;
        match attached {
            Err(error) if !self.shared.behaviours.report_publish_errors => {
                self.log(&format!("volume {volume} could not be attached, and nobody is told: {error}"));
                Ok(answer(&self.made_up_disk()))
            }
            attached => attached.map(|disk_uuid| answer(&disk_uuid)),
        }
    }

    /// The uuid of the disk that the volume is on the node's machine.
    async fn attached(&self, volume: &str, node: &str, recrypt: bool) -> Result<String, Status> {
        let vcenter = self.owner_or_registered(volume).await?.ok_or_else(|| Status::not_found(format!("there is no volume {volume}")))?;
        let vm = self.node_vm(&vcenter, volume, node).await?;
        if !self.shared.behaviours.attach_before_answering {
            return Ok(self.made_up_disk());
        }
        if recrypt && self.shared.behaviours.recrypt_before_attach {
            self.recrypt_for(&vcenter, volume, &vm).await?;
        }
        let disk_uuid = match self.attached_before(&*vcenter, volume, &vm).await? {
            Some(disk_uuid) => disk_uuid,
            None => match self.attach_or_register(&*vcenter, volume, &vm).await? {
                Ok(disk_uuid) => disk_uuid,
                Err(error) => self.attached_already(&*vcenter, volume, &vm, node, error).await?,
            },
        };
        self.log(&format!("volume {volume} is attached to {vm} of {} as disk {disk_uuid}", vcenter.host()));
        Ok(disk_uuid)
    }

    /// Attaches a volume, one that CNS does not know once more after it was registered.
    async fn attach_or_register(&self, vcenter: &dyn VCenter, volume: &str, vm: &MoRef) -> Result<Result<String, VCenterError>, Status> {
        match vcenter.attach_volume(volume, vm).await {
            Err(error) if is_unknown(&error) && self.registered(vcenter, volume).await? => Ok(vcenter.attach_volume(volume, vm).await),
            attached => Ok(attached),
        }
    }

    /// The disk of a volume that this process has begun to attach to this machine before, if it is there by now. Whoever
    /// asked then may have given up waiting; attaching once more would only make the machine's line longer.
    async fn attached_before(&self, vcenter: &dyn VCenter, volume: &str, vm: &MoRef) -> Result<Option<String>, Status> {
        let behaviours = &self.shared.behaviours;
        if !behaviours.look_before_attaching_again || !behaviours.publish_twice_is_once {
            return Ok(None);
        }
        self.shared.attaching.came_about(volume, &vm.id, disk_on(vcenter, volume, vm)).await
    }

    /// Brings the volume under the key provider of the machine that it is about to be attached to. When that fails nothing is
    /// attached: the machine and its disk would be under two providers.
    async fn recrypt_for(&self, vcenter: &Member, id: &str, vm: &MoRef) -> Result<(), Status> {
        let of = |error: VCenterError| status::of_vcenter(&error);
        let Some(machine) = vcenter.machine(vm).await.map_err(of)? else {
            return Err(Status::not_found(format!("the virtual machine {vm} has just gone")));
        };
        if machine.disks.iter().flatten().any(|disk| disk.volume_id.as_deref() == Some(id)) {
            return Ok(());
        }
        let Some(key) = machine.key else {
            return Err(Status::failed_precondition(format!(
                "volume {id} cannot be attached to {} ({vm}): the machine is not encrypted, so there is no key provider to bring the volume under; encrypt the machine, or run the pod on an encrypted one",
                machine.name
            )));
        };
        let Some(volume) = vcenter.volume_by_id(id).await.map_err(of)? else {
            return Err(Status::not_found(format!("there is no volume {id}")));
        };
        self.recrypt(&Recrypt { vcenter, volume: &volume, provider: &key.provider, machine: None }).await
    }

    fn made_up_disk(&self) -> String {
        format!("6000c290{:024x}", self.shared.host.random())
    }

    /// The node's virtual machine, in the vCenter that has the volume.
    async fn node_vm(&self, vcenter: &Member, volume: &str, node: &str) -> Result<MoRef, Status> {
        let found = vcenter.vm_by_bios_uuid(&node.to_ascii_lowercase()).await.map_err(|error| status::of_vcenter(&error))?;
        if let Some(vm) = found {
            return Ok(vm);
        }
        if self.shared.pool.only().is_none() {
            let elsewhere = self.shared.pool.machine(node).await.map_err(|error| status::of_pool(&error))?;
            if let Some((other, vm)) = elsewhere {
                return Err(Status::failed_precondition(format!(
                    "volume {volume} is in {} and node {node} ({vm}) in {}: no volume is attached across vCenters; run the pod where its volume can be reached from",
                    vcenter.host(),
                    other.host()
                )));
            }
        }
        Err(Status::not_found(format!("no virtual machine has the BIOS uuid {node}")))
    }

    /// The attach was refused, or its end is not known: the machine's devices tell whether the disk is there.
    async fn attached_already(
        &self,
        vcenter: &dyn VCenter,
        volume: &str,
        vm: &MoRef,
        node: &str,
        error: VCenterError,
    ) -> Result<String, Status> {
        let in_use = error.is_fault("ResourceInUse");
        if is_unknown(&error) {
            self.shared.pool.forget(volume);
        }
        if !in_use && !matches!(error, VCenterError::TaskGone { .. }) {
            return Err(status::of_vcenter(&error));
        }
        if let Some(disk_uuid) = disk_on(vcenter, volume, vm).await.map_err(|error| status::of_vcenter(&error))? {
            if in_use && !self.shared.behaviours.publish_twice_is_once {
                return Err(status::of_vcenter(&error));
            }
            return Ok(disk_uuid);
        }
        if !in_use {
            return Err(status::of_vcenter(&error));
        }
        let holders = vcenter.holders_of(volume).await.map_err(|error| status::of_vcenter(&error))?;
        let other = holders.iter().map(|holder| format!("{} ({})", holder.name, holder.vm)).collect::<Vec<_>>().join(", ");
        let other = if other.is_empty() { "something that no virtual machine's hardware shows".to_owned() } else { other };
        Err(Status::failed_precondition(format!("volume {volume} cannot be attached to node {node}: it is in use by {other}")))
    }
}

/// The uuid of a volume's disk in a machine's hardware, if it is there.
async fn disk_on(vcenter: &dyn VCenter, volume: &str, vm: &MoRef) -> Result<Option<String>, VCenterError> {
    let disks = vcenter.disks_of(vm).await?.unwrap_or_default();
    Ok(disks.into_iter().find(|disk| disk.volume_id.as_deref() == Some(volume)).map(|disk| disk.disk_uuid))
}

/// Whether the request can be served at all.
fn check(request: &ControllerPublishVolumeRequest) -> Result<(), Status> {
    for (name, value) in [("volume_id", &request.volume_id), ("node_id", &request.node_id)] {
        if value.is_empty() {
            return Err(Status::invalid_argument(format!("{name} must be given")));
        }
    }
    let Some(capability) = &request.volume_capability else {
        return Err(Status::invalid_argument("volume_capability must be given"));
    };
    if let Some(problem) = capabilities::problem(capability) {
        return Err(Status::invalid_argument(problem));
    }
    if request.readonly {
        return Err(Status::invalid_argument("readonly attachments are not offered: see ControllerGetCapabilities"));
    }
    if !is_uuid(&request.volume_id) {
        return Err(Status::not_found(format!("there is no volume {}", request.volume_id)));
    }
    Ok(())
}

/// The publish context: the uuid as the guest's `wwn` has it.
fn answer(disk_uuid: &str) -> ControllerPublishVolumeResponse {
    let wwn: String = disk_uuid.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
    let publish_context = BTreeMap::from([("type".to_owned(), DISK_TYPE.to_owned()), (DISK_UUID.to_owned(), wwn)]);
    ControllerPublishVolumeResponse { publish_context }
}
