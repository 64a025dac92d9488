//! CnsExtendVolume. A volume with snapshots does not grow: its disk is a chain of files.

use vsphere_types::{Fault, NoDiskSpace, TypedFault};

use super::placement::FILE_MANAGEMENT;
use crate::fault;
use crate::state::Volume;
use crate::world::World;

/// Makes a volume larger; its present size counts as done.
pub fn extend(world: &mut World, id: &str, capacity_mb: i64) -> Result<(), Fault> {
    let wrong = || fault::invalid_argument("extendSpecs.capacityInMb");
    let wanted = u64::try_from(capacity_mb).ok().filter(|size| *size > 0).ok_or_else(wrong)?;
    let key = id.to_owned();
    let volume = world.parts.state.volumes.get(&key).filter(|volume| volume.in_cns).ok_or_else(|| fault::volume_missing(id))?;
    world.require(FILE_MANAGEMENT, &volume.datastore)?;
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
