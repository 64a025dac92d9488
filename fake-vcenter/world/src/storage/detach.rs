//! CnsDetachVolume: a disk of a virtual machine becomes a volume only. It needs the VM's host (unverified).

use vsphere_types::{Fault, HostNotConnected, MoRef, TypedFault};

use super::attach::unplug;
use crate::fault;
use crate::world::World;

/// Detaches. A volume that is not attached to that VM is NotFound: drivers then look at the VM's hardware themselves.
pub fn detach(world: &mut World, id: &str, vm: &MoRef) -> Result<(), Fault> {
    let host = &world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?.host;
    if world.parts.state.hosts.get(host).is_some_and(|host| !host.reachable()) {
        return Err(HostNotConnected::default().fault());
    }
    world.require("VirtualMachine.Config.AddRemoveDevice", vm)?;
    let key = id.to_owned();
    let attached = world.parts.state.volumes.get(&key).is_some_and(|volume| volume.in_cns && volume.attachment_to(vm).is_some());
    if !attached {
        return Err(fault::volume_missing(id));
    }
    unplug(world, id, vm);
    Ok(())
}
