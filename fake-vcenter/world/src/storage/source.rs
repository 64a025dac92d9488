//! What a new volume starts from: a snapshot of another one.
//!
//! Modelled: the new disk lies where the snapshot's does, has its size, and is independent of both from then on; data that is
//! encrypted stays so, with the key that it has unless a policy asks for a fresh one. `madeOf` in the journal says of which snapshot a
//! disk was made, so whoever keeps the bytes of disks can copy them. Not modelled: linked clones, a volume made of another volume, how
//! long the copying takes beside what any creation takes.
//!
//! Not verified with a real vCenter: the faults for a size that differs, and for a datastore that is not among those offered.

use vsphere_types::{CnsSnapshotVolumeSource, Fault, MoRef, NotSupported, Object, TypedFault};

use crate::fault;
use crate::state::{KeyRef, MadeOf};
use crate::world::World;

/// A snapshot that is there, with what a new volume takes over from it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Which.
    pub made_of: MadeOf,
    /// Where its disk lies.
    pub datastore: MoRef,
    /// What its data is encrypted with.
    pub key: Option<KeyRef>,
}

/// Finds what a create specification names as the new volume's source.
///
/// # Errors
/// It is no snapshot, the snapshot is not there, it has another size, or none of the datastores offered has it.
pub fn find(world: &World, named: &Object, capacity_mb: u64, offered: &[MoRef]) -> Result<Source, Fault> {
    let unsupported = |what: &str| fault::cns_because(&format!("{what} is not supported."), &NotSupported::default().fault());
    let named: CnsSnapshotVolumeSource = named.downcast().map_err(|_| unsupported("Creating a volume from another volume"))?;
    if named.linked_clone == Some(true) {
        return Err(unsupported("A linked clone"));
    }
    let missing = |field: &str| fault::invalid_argument(&format!("createSpecs.volumeSource.{field}"));
    let volume_id = named.volume_id.ok_or_else(|| missing("volumeId"))?.id;
    let snapshot_id = named.snapshot_id.ok_or_else(|| missing("snapshotId"))?.id;
    let volume = world.parts.state.volumes.get(&volume_id).filter(|volume| volume.in_cns);
    let volume = volume.ok_or_else(|| fault::volume_missing(&volume_id))?;
    // A volume with snapshots does not grow, so each of them has its size.
    if !volume.snapshots.iter().any(|snapshot| snapshot.id == snapshot_id) {
        return Err(fault::snapshot_missing(&volume_id, &snapshot_id));
    }
    if volume.capacity_mb != capacity_mb {
        return Err(fault::invalid_argument("createSpecs.backingObjectDetails.capacityInMb"));
    }
    if !offered.contains(&volume.datastore) {
        return Err(fault::cns("The snapshot's datastore is not among those that are offered for the new volume."));
    }
    let made_of = MadeOf { volume: volume_id, disk_uuid: volume.disk_uuid.clone(), snapshot: snapshot_id };
    Ok(Source { made_of, datastore: volume.datastore.clone(), key: volume.key.clone() })
}
