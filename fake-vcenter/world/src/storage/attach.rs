//! CnsAttachVolume: a volume becomes a disk of a virtual machine.
//!
//! An encrypted volume goes to an encrypted machine only, and only when the machine's host holds the volume's key or can
//! get it; else nothing is attached. A volume is never attached in clear by losing its key.

use vsphere_types::request::CnsAttachVolume;
use vsphere_types::{
    CnsMissingControllerFault, Fault, HostNotConnected, InaccessibleDatastore, InvalidDatastore, MoRef, TooManyDevices, TypedFault, Value,
};

use super::result;
use super::slots::{Slot, free_slot};
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::crypto::{fault as crypto_faults, keys};
use crate::fault;
use crate::state::{Attachment, VirtualMachine, Volume, Work};
use crate::world::World;

impl Operation for CnsAttachVolume {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = only(self.attach_specs, "attachSpecs")?;
        let kind = Kind { description: "com.vmware.cns.tasks.attachvolume", takes: world.config.latency.attach, vm: Some(spec.vm.clone()) };
        start(world, call, kind, Work::AttachVolume { id: spec.volume_id.id, vm: spec.vm }).map(Reply::Done)
    }
}

/// Does an attach task's work.
pub fn finish(world: &mut World, id: &str, vm: &MoRef) -> Value {
    result::attached(id, attach(world, id, vm))
}

/// Attaches for CNS; answers the disk's uuid, by which the guest finds it.
fn attach(world: &mut World, id: &str, vm: &MoRef) -> Result<String, Fault> {
    let volumes = &world.parts.state.volumes;
    world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    let volume = volumes.get(&id.to_owned()).filter(|volume| volume.in_cns).ok_or_else(|| fault::volume_missing(id))?;
    world.require("VirtualMachine.Config.AddExistingDisk", vm)?;
    if volume.key.is_some() {
        world.require("Cryptographer.AddDisk", vm)?;
    }
    plug(world, id, vm).map_err(|refusal| in_words_of_cns(world, refusal))
}

/// CNS passes on what it knows, and wraps what the host said.
fn in_words_of_cns(world: &World, refusal: Fault) -> Fault {
    match refusal.type_name() {
        "TooManyDevices" => no_controller(world),
        "EncryptionKeyRequired" | "InvalidDeviceSpec" | "InvalidVmConfig" => {
            let reason = format!("CNS: Failed to attach disk when calling AttachDisk:Fault cause: vim.fault.{}", refusal.type_name());
            fault::cns_because(&reason, &refusal)
        }
        _ => refusal,
    }
}

/// Makes a volume a disk of a machine, whoever asks for it; answers the disk's uuid.
pub fn plug(world: &mut World, id: &str, vm: &MoRef) -> Result<String, Fault> {
    let key = id.to_owned();
    let state = &world.parts.state;
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    let volume = state.volumes.get(&key).ok_or_else(|| fault::volume_missing(id))?;
    let rules = &world.config.rules;
    if volume.attachment_to(vm).is_some() || (rules.attached_volume_is_in_use && !volume.attachments.is_empty()) {
        return Err(fault::volume_in_use());
    }
    check_host(world, record, volume)?;
    check_encryption(world, record, volume)?;
    let slot =
        free_slot(state, vm, record).ok_or_else(|| TooManyDevices::default().fault_with("The maximum number of devices is reached."))?;
    let (host, locks, disk_uuid) = (record.host.clone(), [volume.keys()], volume.disk_uuid.clone());
    keys::bring(world, &host, &locks)?;
    put(world, &key, vm, &slot);
    Ok(disk_uuid)
}

fn check_host(world: &World, record: &VirtualMachine, volume: &Volume) -> Result<(), Fault> {
    let Some(host) = world.parts.state.hosts.get(&record.host) else { return Ok(()) };
    if !host.reachable() {
        return Err(HostNotConnected::default().fault());
    }
    if !host.datastores.contains(&volume.datastore) {
        let name = world.parts.state.name_of(&volume.datastore).map(str::to_owned);
        let unreachable = InvalidDatastore { datastore: Some(volume.datastore.clone()), name, ..InvalidDatastore::default() };
        return Err(unreachable.fault_with("Invalid datastore: the virtual machine's host does not mount it."));
    }
    accessible(world, &volume.datastore)
}

/// Whether hosts reach the datastore of a disk.
pub(super) fn accessible(world: &World, datastore: &MoRef) -> Result<(), Fault> {
    match world.parts.state.datastores.get(datastore) {
        Some(record) if !record.accessible => {
            let detail = Some("the datastore cannot be reached from its hosts".to_owned());
            let (datastore, name) = (Some(datastore.clone()), Some(record.name.clone()));
            let gone = InaccessibleDatastore { datastore, name, detail, ..InaccessibleDatastore::default() };
            Err(gone.fault_with("Unable to access the virtual disk: its datastore is not accessible."))
        }
        _ => Ok(()),
    }
}

fn check_encryption(world: &World, record: &VirtualMachine, volume: &Volume) -> Result<(), Fault> {
    let Some(key) = &volume.key else { return Ok(()) };
    let Some(machine) = &record.key else { return Err(crypto_faults::machine_in_clear()) };
    if world.parts.state.mixes([key, machine]) {
        return Err(crypto_faults::mixed_keys());
    }
    Ok(())
}

fn put(world: &mut World, id: &String, vm: &MoRef, slot: &Slot) {
    let in_hardware = world.config.rules.attach_adds_disk_to_vm;
    if let Some(record) = world.parts.state.vms.get_mut(vm).filter(|_| in_hardware) {
        record.change_version += 1;
        if slot.new_controller {
            record.controllers.push(slot.controller.clone());
            record.controllers.sort_by_key(|controller| controller.key);
        }
    }
    if let Some(volume) = world.parts.state.volumes.get_mut(id) {
        let place = Attachment { vm: vm.clone(), key: slot.key, controller_key: slot.controller.key, unit: slot.unit, in_hardware };
        volume.attachments.push(place);
    }
}

/// Takes a disk out of a machine, whoever asks for it.
pub fn unplug(world: &mut World, id: &str, vm: &MoRef) {
    if let Some(volume) = world.parts.state.volumes.get_mut(&id.to_owned()) {
        volume.attachments.retain(|attachment| attachment.vm != *vm);
    }
    if let Some(record) = world.parts.state.vms.get_mut(vm) {
        record.change_version += 1;
    }
}

fn no_controller(world: &World) -> Fault {
    let reason = "CNS: Failed to attach disk because missing SCSI controller";
    if world.config.release.has_missing_controller_fault() {
        CnsMissingControllerFault { reason: reason.to_owned(), ..CnsMissingControllerFault::default() }.fault_with(reason)
    } else {
        fault::cns(reason)
    }
}
