//! CnsDeleteVolume. A volume that is attached or has snapshots keeps its disk.

use vsphere_types::Fault;

use super::placement::FILE_MANAGEMENT;
use crate::fault;
use crate::world::World;

/// Deletes a volume; without its disk, the first class disk stays and CNS forgets it.
pub fn delete(world: &mut World, id: &str, delete_disk: bool) -> Result<(), Fault> {
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
