//! CnsExtendVolume.

use fake_vcenter_types::{Fault, NoDiskSpace, TypedFault};

use super::placement::FILE_MANAGEMENT;
use crate::fault;
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
