//! The volume whose snapshots are changed.

use vsphere_types::{Fault, HostNotConnected, MoRef, TypedFault};

use crate::fault;
use crate::state::Volume;
use crate::storage::placement::FILE_MANAGEMENT;
use crate::world::World;

/// The machine whose operations wait for those on this volume.
pub fn holder(world: &World, id: &str) -> Option<MoRef> {
    world.parts.state.volumes.get(&id.to_owned())?.attachments.first().map(|place| place.vm.clone())
}

/// The volume, if it may be changed by whoever acts: an attached one, through its host.
pub fn changeable<'a>(world: &'a World, id: &str) -> Result<&'a Volume, Fault> {
    if id.is_empty() {
        return Err(fault::invalid_argument("volumeId.id"));
    }
    let known = world.parts.state.volumes.get(&id.to_owned()).is_some_and(|volume| volume.in_cns);
    if known { changeable_disk(world, id) } else { Err(fault::volume_missing(id)) }
}

/// The same for a first class disk, whether CNS knows it or not.
pub fn changeable_disk<'a>(world: &'a World, id: &str) -> Result<&'a Volume, Fault> {
    let state = &world.parts.state;
    let volume = state.volumes.get(&id.to_owned()).filter(|volume| volume.first_class).ok_or_else(|| fault::volume_missing(id))?;
    world.require(FILE_MANAGEMENT, &volume.datastore)?;
    let mut hosts = volume.attachments.iter().filter_map(|place| state.hosts.get(&state.vms.get(&place.vm)?.host));
    if hosts.any(|host| !host.reachable()) {
        return Err(HostNotConnected::default().fault());
    }
    Ok(volume)
}
