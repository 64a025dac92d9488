//! CnsDetachVolume: a disk of a virtual machine becomes a volume only. It needs the VM's host (unverified).

use vsphere_types::request::CnsDetachVolume;
use vsphere_types::{Fault, HostNotConnected, MoRef, TypedFault, Value};

use super::attach::unplug;
use super::result;
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::Work;
use crate::world::World;

impl Operation for CnsDetachVolume {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = only(self.detach_specs, "detachSpecs")?;
        let kind = Kind { description: "com.vmware.cns.tasks.detachvolume", takes: world.config.latency.detach, vm: Some(spec.vm.clone()) };
        start(world, call, kind, Work::DetachVolume { id: spec.volume_id.id, vm: spec.vm }).map(Reply::Done)
    }
}

/// Does a detach task's work.
pub fn finish(world: &mut World, id: &str, vm: &MoRef) -> Value {
    result::plain(id, detach(world, id, vm))
}

/// Detaches. A volume that is not attached to that VM is NotFound: drivers then look at the VM's hardware themselves.
fn detach(world: &mut World, id: &str, vm: &MoRef) -> Result<(), Fault> {
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
