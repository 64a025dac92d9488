//! The end of a virtual machine: Destroy_Task, UnregisterVM.
//!
//! Its volumes are first class disks that outlive it, detached. A real vCenter leaves the machine's id among the consumers
//! of the disks of one that was only unregistered; here they are free at once (unverified).

use vsphere_types::{Fault, MoRef};

use super::power::host_must_answer;
use crate::fault;
use crate::state::PowerState;
use crate::world::World;

/// Deletes a VM, or takes it out of the inventory, as a client asks; it must not run.
pub fn destroy(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if record.power == PowerState::PoweredOn {
        return Err(fault::invalid_power_state(PowerState::PoweredOff, record.power));
    }
    host_must_answer(&world.parts.state, vm)?;
    remove(world, vm)
}

/// Takes a VM out of the inventory, whatever state it is in.
pub fn remove(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    world.parts.state.vms.remove(vm).ok_or_else(|| fault::not_found(vm))?;
    let attached = world.parts.state.volumes_on(vm);
    for id in attached.into_iter().map(|volume| volume.id.clone()).collect::<Vec<_>>() {
        if let Some(volume) = world.parts.state.volumes.get_mut(&id) {
            volume.attachments.retain(|attachment| attachment.vm != *vm);
        }
    }
    Ok(())
}
