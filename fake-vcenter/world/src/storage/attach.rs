//! CnsAttachVolume: a volume becomes a disk of a virtual machine.

use fake_vcenter_types::{CnsMissingControllerFault, Fault, HostNotConnected, InvalidDatastore, MoRef, TypedFault};

use super::slots::free_slot;
use crate::fault;
use crate::state::Attachment;
use crate::world::World;

/// Attaches; answers the disk's uuid, by which the guest finds it.
pub fn attach(world: &mut World, id: &str, vm: &MoRef) -> Result<String, Fault> {
    let key = id.to_owned();
    let state = &world.parts.state;
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    let volume = state.volumes.get(&key).filter(|volume| volume.in_cns).ok_or_else(|| fault::volume_missing(id))?;
    let rules = &world.config.rules;
    if volume.attachment_to(vm).is_some() || (rules.attached_volume_is_in_use && !volume.attachments.is_empty()) {
        return Err(fault::volume_in_use());
    }
    if let Some(host) = state.hosts.get(&record.host) {
        if !host.connected {
            return Err(HostNotConnected::default().fault());
        }
        if !host.datastores.contains(&volume.datastore) {
            let name = state.name_of(&volume.datastore).map(str::to_owned);
            let unreachable = InvalidDatastore { datastore: Some(volume.datastore.clone()), name, ..InvalidDatastore::default() };
            return Err(unreachable.fault_with("Invalid datastore: the virtual machine's host does not mount it."));
        }
    }
    let Some(slot) = free_slot(state, vm, record) else { return Err(no_controller(world)) };
    let in_hardware = rules.attach_adds_disk_to_vm;
    if let Some(record) = world.parts.state.vms.get_mut(vm).filter(|_| in_hardware) {
        record.change_version += 1;
        if slot.new_controller {
            record.controllers.push(slot.controller.clone());
            record.controllers.sort_by_key(|controller| controller.key);
        }
    }
    let volume = world.parts.state.volumes.get_mut(&key).ok_or_else(|| fault::volume_missing(id))?;
    let place = Attachment { vm: vm.clone(), key: slot.key, controller_key: slot.controller.key, unit: slot.unit, in_hardware };
    volume.attachments.push(place);
    Ok(volume.disk_uuid.clone())
}

fn no_controller(world: &World) -> Fault {
    let reason = "CNS: Failed to attach disk because missing SCSI controller";
    if world.config.release.has_missing_controller_fault() {
        CnsMissingControllerFault { reason: reason.to_owned(), ..CnsMissingControllerFault::default() }.fault_with(reason)
    } else {
        fault::cns(reason)
    }
}
