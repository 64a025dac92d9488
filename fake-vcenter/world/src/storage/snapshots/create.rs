//! CnsCreateSnapshots.

use vsphere_types::request::CnsCreateSnapshots;
use vsphere_types::{
    CnsSnapshot, CnsSnapshotCreateSpec, CnsSnapshotId, CnsVolumeId, Fault, NotSupported, TooManySnapshotLevels, TypedFault, Value,
};

use super::volume::{changeable, holder};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::identity::uuid_like;
use crate::state::{Snapshot, Volume, Work};
use crate::storage::result;
use crate::storage::task::{Kind, only, start};
use crate::world::World;

/// The longest chain of snapshots below a disk.
pub const DEEPEST: usize = 31;

impl Operation for CnsCreateSnapshots {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = only(self.snapshot_specs, "snapshotSpecs")?;
        let (vm, id) = (holder(world, &spec.volume_id.id), world.snapshot_ids.uuid().to_string());
        let kind = Kind { description: "com.vmware.cns.tasks.createsnapshot", takes: world.config.latency.snapshot, vm };
        start(world, call, kind, Work::CreateSnapshot { spec, id }).map(Reply::Done)
    }
}

/// Does a create task's work.
///
/// # Errors
/// The release does not take ids of the caller's choice: the task fails as a whole then, which drivers tell by the fault's cause.
pub fn create(world: &mut World, spec: &CnsSnapshotCreateSpec, drawn: &str) -> Result<Value, Fault> {
    let chosen = spec.snapshot_id.as_ref().map(|id| id.id.as_str());
    if chosen.is_some() && !world.config.release.takes_volume_ids() {
        let reason = "A snapshot id in the create specification is not supported.";
        return Err(fault::cns_because(reason, &NotSupported::default().fault()));
    }
    let volume = &spec.volume_id.id;
    Ok(result::snapshot_taken(volume, take(world, volume, &spec.description, chosen, drawn)))
}

fn take(world: &mut World, id: &str, description: &str, chosen: Option<&str>, drawn: &str) -> Result<CnsSnapshot, Fault> {
    let volume = changeable(world, id)?;
    if chosen.is_some_and(|chosen| !uuid_like(chosen)) {
        return Err(fault::invalid_argument("snapshotSpecs.snapshotId"));
    }
    // Asked again for the same snapshot, it is there already (unverified).
    if let Some(known) = volume.snapshots.iter().find(|snapshot| Some(snapshot.id.as_str()) == chosen) {
        return Ok(shown(volume, known));
    }
    if volume.snapshots.len() >= DEEPEST {
        return Err(fault::cns_because("CNS: Failed to create snapshot", &TooManySnapshotLevels::default().fault()));
    }
    let snapshot = Snapshot { id: chosen.unwrap_or(drawn).to_owned(), description: description.to_owned(), created: world.now() };
    let volume = world.parts.state.volumes.get_mut(&id.to_owned()).ok_or_else(|| fault::volume_missing(id))?;
    volume.snapshots.push(snapshot.clone());
    Ok(shown(volume, &snapshot))
}

/// A snapshot as CNS shows it.
pub fn shown(volume: &Volume, snapshot: &Snapshot) -> CnsSnapshot {
    CnsSnapshot {
        snapshot_id: CnsSnapshotId { id: snapshot.id.clone() },
        volume_id: CnsVolumeId { id: volume.id.clone() },
        description: Some(snapshot.description.clone()),
        create_time: snapshot.created,
        changed_block_tracking_id: None,
    }
}
