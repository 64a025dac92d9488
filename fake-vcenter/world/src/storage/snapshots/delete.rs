//! CnsDeleteSnapshots. One that is not there is NotFound, which drivers take for done.

use vsphere_types::request::CnsDeleteSnapshots;
use vsphere_types::{CnsSnapshotDeleteSpec, Fault, Value};

use super::volume::{changeable, holder};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::Work;
use crate::storage::result;
use crate::storage::task::{Kind, only, start};
use crate::world::World;

impl Operation for CnsDeleteSnapshots {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let CnsSnapshotDeleteSpec { volume_id, snapshot_id } = only(self.snapshot_delete_specs, "snapshotDeleteSpecs")?;
        let vm = holder(world, &volume_id.id);
        let kind = Kind { description: "com.vmware.cns.tasks.deletesnapshot", takes: world.config.latency.snapshot, vm };
        start(world, call, kind, Work::DeleteSnapshot { volume: volume_id.id, id: snapshot_id.id }).map(Reply::Done)
    }
}

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
