//! The end of a virtual machine: Destroy_Task, UnregisterVM.
//!
//! Volumes of CNS outlive it, detached, and so does what was made to be kept; other disks that it has are deleted with it, as its own
//! files are, unless it is only taken out of the inventory. A real vCenter leaves the machine's id among the consumers
//! of the disks of one that was only unregistered; here they are free at once (unverified).

use vsphere_types::{Fault, MoRef};

use super::power::host_must_answer;
use crate::fault;
use crate::state::{PowerState, Volume};
use crate::world::World;

/// Deletes a VM as a client asks; it must not run.
pub fn destroy(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    must_be_off(world, vm)?;
    delete(world, vm)
}

/// Takes a VM out of the inventory as a client asks; it must not run.
pub fn unregister(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    must_be_off(world, vm)?;
    remove(world, vm)
}

/// Deletes a VM with its files, whatever state it is in.
pub fn delete(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let goes_too = |volume: &&Volume| !volume.keep;
    let disks: Vec<String> = world.parts.state.volumes_on(vm).into_iter().filter(goes_too).map(|volume| volume.id.clone()).collect();
    remove(world, vm)?;
    disks.iter().for_each(|id| drop(world.parts.state.volumes.remove(id)));
    Ok(())
}

fn must_be_off(world: &World, vm: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if record.power == PowerState::PoweredOn {
        return Err(fault::invalid_power_state(PowerState::PoweredOff, record.power));
    }
    host_must_answer(&world.parts.state, vm)
}

fn remove(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    world.parts.state.vms.remove(vm).ok_or_else(|| fault::not_found(vm))?;
    let attached = world.parts.state.volumes_on(vm);
    for id in attached.into_iter().map(|volume| volume.id.clone()).collect::<Vec<_>>() {
        if let Some(volume) = world.parts.state.volumes.get_mut(&id) {
            volume.attachments.retain(|attachment| attachment.vm != *vm);
        }
    }
    Ok(())
}
