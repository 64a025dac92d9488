//! CnsCreateSnapshots, CnsDeleteSnapshots, CnsQuerySnapshots: snapshots of block volumes.
//!
//! Modelled: a chain of snapshots that belong to the volume's record, so CNS, the first class disk and the journal tell the same;
//! ids of the caller's choice from 9.1 on; what a volume with snapshots refuses (deleting, growing, changing its encryption).
//! Not modelled: their data and the space that it takes, files of the chain, making a volume of one, changed block tracking, how a
//! snapshot fails half way. A client could notice that the capacity of all snapshots stays zero.

mod create;
mod delete;
mod query;

use vsphere_types::{CnsSnapshotCreateSpec, CnsSnapshotDeleteSpec, Fault, HostNotConnected, Method, TypedFault, Value};

pub use create::create;
pub use delete::delete;
pub use query::query;

use super::placement::FILE_MANAGEMENT;
use super::start;
use crate::fault;
use crate::operations::Call;
use crate::state::{Volume, Work};
use crate::world::World;

/// Starts the task of one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Value, Fault> {
    let arguments = call.arguments;
    let takes = world.config.latency.snapshot;
    match method {
        Method::CnsCreateSnapshots => {
            let spec: CnsSnapshotCreateSpec = arguments.only("snapshotSpecs")?;
            let (vm, id) = (holder(world, &spec.volume_id.id), world.snapshot_ids.uuid().to_string());
            start(world, call, method, "com.vmware.cns.tasks.createsnapshot", takes, vm, Work::CreateSnapshot { spec, id })
        }
        Method::CnsDeleteSnapshots => {
            let CnsSnapshotDeleteSpec { volume_id, snapshot_id } = arguments.only("snapshotDeleteSpecs")?;
            let vm = holder(world, &volume_id.id);
            let work = Work::DeleteSnapshot { volume: volume_id.id, id: snapshot_id.id };
            start(world, call, method, "com.vmware.cns.tasks.deletesnapshot", takes, vm, work)
        }
        _ => {
            let takes = world.config.latency.query;
            let work = Work::QuerySnapshots { filter: arguments.data("snapshotQueryFilter")? };
            start(world, call, method, "com.vmware.cns.tasks.querysnapshots", takes, None, work)
        }
    }
}

/// The machine whose operations wait for those on this volume.
fn holder(world: &World, id: &str) -> Option<vsphere_types::MoRef> {
    world.parts.state.volumes.get(&id.to_owned())?.attachments.first().map(|place| place.vm.clone())
}

/// The volume, if its snapshots may be changed by whoever acts: of an attached one, through its host.
fn changeable<'a>(world: &'a World, id: &str) -> Result<&'a Volume, Fault> {
    if id.is_empty() {
        return Err(fault::invalid_argument("volumeId.id"));
    }
    let state = &world.parts.state;
    let volume = state.volumes.get(&id.to_owned()).filter(|volume| volume.in_cns).ok_or_else(|| fault::volume_missing(id))?;
    world.require(FILE_MANAGEMENT, &volume.datastore)?;
    let mut hosts = volume.attachments.iter().filter_map(|place| state.hosts.get(&state.vms.get(&place.vm)?.host));
    if hosts.any(|host| !host.reachable()) {
        return Err(HostNotConnected::default().fault());
    }
    Ok(volume)
}
