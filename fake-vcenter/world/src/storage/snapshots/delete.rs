//! CnsDeleteSnapshots. One that is not there is NotFound, which drivers take for done.

use vsphere_types::{Fault, Value};

use super::changeable;
use crate::fault;
use crate::storage::result;
use crate::world::World;

/// Does a delete task's work.
pub fn delete(world: &mut World, volume: &str, id: &str) -> Value {
    let outcome = remove(world, volume, id);
    result::snapshot_deleted(volume, id, outcome)
}

fn remove(world: &mut World, volume: &str, id: &str) -> Result<(), Fault> {
    let known = changeable(world, volume)?.snapshots.iter().any(|snapshot| snapshot.id == id);
    if id.is_empty() {
        return Err(fault::invalid_argument("snapshotDeleteSpecs.snapshotId"));
    }
    if !known {
        return Err(fault::snapshot_missing(volume, id));
    }
    if let Some(volume) = world.parts.state.volumes.get_mut(&volume.to_owned()) {
        volume.snapshots.retain(|snapshot| snapshot.id != id);
    }
    Ok(())
}
