//! CnsDeleteVolume. A volume that is attached or has snapshots keeps its disk.

use vsphere_types::request::CnsDeleteVolume;
use vsphere_types::{Fault, Value};

use super::placement::FILE_MANAGEMENT;
use super::result;
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::Work;
use crate::world::World;

impl Operation for CnsDeleteVolume {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = only(self.volume_ids, "volumeIds")?.id;
        let kind = Kind { description: "com.vmware.cns.tasks.deletevolume", takes: world.config.latency.delete, vm: None };
        start(world, call, kind, Work::DeleteVolume { id, delete_disk: self.delete_disk }).map(Reply::Done)
    }
}

/// Does a delete task's work.
pub fn finish(world: &mut World, id: &str, delete_disk: bool) -> Value {
    result::plain(id, delete(world, id, delete_disk))
}

/// Deletes a volume; without its disk, the first class disk stays and CNS forgets it.
fn delete(world: &mut World, id: &str, delete_disk: bool) -> Result<(), Fault> {
    if id.is_empty() {
        return Err(fault::invalid_argument("volumeIds.id"));
    }
    let key = id.to_owned();
    let volume = world.parts.state.volumes.get(&key).filter(|volume| volume.in_cns).ok_or_else(|| fault::volume_missing(id))?;
    world.require(FILE_MANAGEMENT, &volume.datastore)?;
    if delete_disk && !(volume.attachments.is_empty() && volume.snapshots.is_empty()) {
        return Err(fault::volume_in_use());
    }
    if delete_disk {
        world.parts.state.volumes.remove(&key);
    } else if let Some(volume) = world.parts.state.volumes.get_mut(&key) {
        volume.in_cns = false;
        volume.clusters.clear();
        volume.entities.clear();
    }
    Ok(())
}
