//! CnsQuerySnapshots: those of all volumes, of one volume, or one snapshot; 128 in a page at most.

use vsphere_types::request::CnsQuerySnapshots;
use vsphere_types::{
    CnsSnapshotNotFoundFault, CnsSnapshotQueryFilter, CnsSnapshotQueryResult, CnsSnapshotQueryResultEntry, CnsSnapshotQuerySpec,
    CnsVolumeId, CnsVolumeNotFoundFault, Fault, TypedFault, Value,
};

use super::create::shown;
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{Snapshot, Volume, VolumeMark, Work};
use crate::storage::page::Page;
use crate::storage::task::{Kind, start};
use crate::world::World;

/// The largest page; also the one that is answered when the client does not say.
const PAGE: usize = 128;

impl Operation for CnsQuerySnapshots {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let kind = Kind { description: "com.vmware.cns.tasks.querysnapshots", takes: world.config.latency.query, vm: None };
        start(world, call, kind, Work::QuerySnapshots { filter: self.snapshot_query_filter }).map(Reply::Done)
    }
}

/// Does a query task's work. Volumes and snapshots that are not there are entries of the answer.
///
/// # Errors
/// More than one volume is asked for, or the cursor is wrong.
pub fn query(world: &World, filter: &CnsSnapshotQueryFilter) -> Result<Value, Fault> {
    let entries = match filter.snapshot_query_specs.as_slice() {
        [] => all(world),
        [spec] => of_volume(world, spec),
        _ => return Err(fault::invalid_argument("snapshotQueryFilter.snapshotQuerySpecs")),
    };
    let page = match &filter.cursor {
        Some(cursor) => Page::of(cursor, PAGE, "snapshotQueryFilter.cursor")?,
        None => Page::first(PAGE),
    };
    let (entries, cursor) = page.cut(entries);
    Ok(Value::of(CnsSnapshotQueryResult { entries, cursor }))
}

fn found(volume: &Volume, snapshot: &Snapshot) -> CnsSnapshotQueryResultEntry {
    CnsSnapshotQueryResultEntry { snapshot: Some(shown(volume, snapshot)), error: None }
}

fn absent(fault: impl TypedFault, text: String) -> CnsSnapshotQueryResultEntry {
    CnsSnapshotQueryResultEntry { snapshot: None, error: Some(fault.fault_with(text).into_localized()) }
}

/// In the order of their making, so that pages fit together while more are made.
fn all(world: &World) -> Vec<CnsSnapshotQueryResultEntry> {
    let volumes = world.parts.state.volumes_by(&VolumeMark::Snapshots).into_iter().filter(|volume| volume.in_cns);
    let mut pairs: Vec<_> = volumes.flat_map(|volume| volume.snapshots.iter().map(move |snapshot| (volume, snapshot))).collect();
    pairs.sort_by(|(_, left), (_, right)| (left.created, &left.id).cmp(&(right.created, &right.id)));
    pairs.into_iter().map(|(volume, snapshot)| found(volume, snapshot)).collect()
}

fn of_volume(world: &World, spec: &CnsSnapshotQuerySpec) -> Vec<CnsSnapshotQueryResultEntry> {
    let id = &spec.volume_id.id;
    let volume_id = CnsVolumeId { id: id.clone() };
    let Some(volume) = world.parts.state.volumes.get(id).filter(|volume| volume.in_cns) else {
        let reason = format!("Volume {id} not found.");
        let fault = CnsVolumeNotFoundFault { reason: reason.clone(), volume_id, ..CnsVolumeNotFoundFault::default() };
        return vec![absent(fault, reason)];
    };
    let Some(wanted) = spec.snapshot_id.as_ref().filter(|wanted| !wanted.id.is_empty()) else {
        return volume.snapshots.iter().map(|snapshot| found(volume, snapshot)).collect();
    };
    match volume.snapshots.iter().find(|snapshot| snapshot.id == wanted.id) {
        Some(snapshot) => vec![found(volume, snapshot)],
        None => {
            let reason = format!("Snapshot {} of volume {id} not found.", wanted.id);
            let (volume_id, snapshot_id) = (Some(volume_id), wanted.clone());
            let fault = CnsSnapshotNotFoundFault { reason: reason.clone(), volume_id, snapshot_id, ..CnsSnapshotNotFoundFault::default() };
            vec![absent(fault, reason)]
        }
    }
}
