//! CnsExtendVolume: a volume, its first class disk and, where it is attached, the disk of the machine, larger by one task.
//!
//! Modelled: what forbids it (snapshots, because the disk is a chain of files then; a smaller size; a full datastore; the host of an
//! attached disk that does not answer), the place in the machine's line. Its present size counts as done (unverified). Not modelled:
//! hosts before 7.0 U2, which extend no disk in use, and the space of thin disks. A guest learns of it when it asks.

use vsphere_types::request::CnsExtendVolume;
use vsphere_types::{Fault, NoDiskSpace, TypedFault, Value};

use super::attach::accessible;
use super::result;
use super::snapshots::{changeable, changeable_disk, holder};
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{Volume, Work};
use crate::world::World;

impl Operation for CnsExtendVolume {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = only(self.extend_specs, "extendSpecs")?;
        let vm = holder(world, &spec.volume_id.id);
        let kind = Kind { description: "com.vmware.cns.tasks.extendvolume", takes: world.config.latency.extend, vm };
        start(world, call, kind, Work::ExtendVolume { id: spec.volume_id.id, capacity_mb: spec.capacity_in_mb }).map(Reply::Done)
    }
}

/// Does an extend task's work.
pub fn finish(world: &mut World, id: &str, capacity_mb: i64) -> Value {
    result::plain(id, extend(world, id, capacity_mb))
}

fn extend(world: &mut World, id: &str, capacity_mb: i64) -> Result<(), Fault> {
    changeable(world, id)?;
    grow(world, id, capacity_mb, "extendSpecs.capacityInMb")
}

/// Makes a disk larger, whoever asks for it; its present size counts as done.
pub fn grow(world: &mut World, id: &str, capacity_mb: i64, parameter: &str) -> Result<(), Fault> {
    let wrong = || fault::invalid_argument(parameter);
    let wanted = u64::try_from(capacity_mb).ok().filter(|size| *size > 0).ok_or_else(wrong)?;
    let key = id.to_owned();
    let volume = changeable_disk(world, id)?;
    accessible(world, &volume.datastore)?;
    if wanted < volume.capacity_mb {
        return Err(wrong());
    }
    if wanted > volume.capacity_mb && !volume.snapshots.is_empty() {
        return Err(chained(volume));
    }
    let more = (wanted - volume.capacity_mb).saturating_mul(1024 * 1024);
    if volume.takes_space && more > world.parts.state.free_bytes(&volume.datastore) {
        let datastore = world.parts.state.name_of(&volume.datastore).unwrap_or_default().to_owned();
        return Err(NoDiskSpace { file: volume.path.clone(), datastore, ..NoDiskSpace::default() }.fault());
    }
    if let Some(volume) = world.parts.state.volumes.get_mut(&key) {
        volume.capacity_mb = wanted;
    }
    Ok(())
}

/// The host's words, as CNS passes them on: of a disk in use, or of one at rest.
fn chained(volume: &Volume) -> Fault {
    fault::cns(if volume.attachments.is_empty() {
        "The called function cannot be performed on partial chains. Open the parent virtual disk: api = DiskLib_Grow"
    } else {
        "The disk extend operation failed: The virtual disk requires a feature not supported by this program. Hot-extend is currently \
         supported only for VMFS flat virtual disks without snapshots opened in persistent mode"
    })
}
