//! What happens to volumes behind the back of who owns them.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::fault;
use crate::state::Snapshot;
use crate::storage;
use crate::world::World;

impl World {
    /// An administrator attaches a volume to a VM by hand.
    ///
    /// # Errors
    /// What attaching it answers: it is in use, the VM has no room, the key cannot be had.
    pub fn attach_out_of_band(&mut self, now: Timestamp, volume: &str, vm: &MoRef) -> Result<(), Fault> {
        self.happen(now, "attach-by-hand", |world| storage::plug(world, volume, vm).map(drop))
    }

    /// An administrator takes a snapshot of a volume.
    ///
    /// # Errors
    /// There is no such volume.
    pub fn take_snapshot_out_of_band(&mut self, now: Timestamp, volume: &str) -> Result<(), Fault> {
        self.happen(now, "snapshot-by-hand", |world| {
            let snapshot = Snapshot { id: world.snapshot_ids.uuid().to_string(), description: "by hand".to_owned(), created: now };
            let record = world.parts.state.volumes.get_mut(&volume.to_owned()).ok_or_else(|| fault::volume_missing(volume))?;
            record.snapshots.push(snapshot);
            Ok(())
        })
    }

    /// An administrator deletes all snapshots of a volume.
    ///
    /// # Errors
    /// There is no such volume.
    pub fn delete_snapshots_out_of_band(&mut self, now: Timestamp, volume: &str) -> Result<(), Fault> {
        self.happen(now, "snapshot-by-hand", |world| {
            world.parts.state.volumes.get_mut(&volume.to_owned()).ok_or_else(|| fault::volume_missing(volume))?.snapshots.clear();
            Ok(())
        })
    }

    /// An administrator makes a first class disk of the file that the first inventory calls by this name.
    ///
    /// # Errors
    /// There is no such disk any more, or it is one already.
    pub fn register_out_of_band(&mut self, now: Timestamp, name: &str) -> Result<(), Fault> {
        self.happen(now, "disk-by-hand", |world| {
            let disk = by_hand(world, name)?;
            if world.parts.state.volumes.get(&disk).is_some_and(|disk| disk.first_class) {
                return Err(fault::invalid_argument(&format!("{name} is a first class disk already")));
            }
            if let Some(disk) = world.parts.state.volumes.get_mut(&disk) {
                disk.first_class = true;
            }
            Ok(())
        })
    }

    /// An administrator deletes that disk from its datastore, whatever it has become.
    ///
    /// # Errors
    /// There is no such disk any more.
    pub fn delete_disk_out_of_band(&mut self, now: Timestamp, name: &str) -> Result<(), Fault> {
        self.happen(now, "disk-by-hand", |world| {
            let disk = by_hand(world, name)?;
            world.parts.state.volumes.remove(&disk);
            Ok(())
        })
    }

    /// An administrator takes a volume out of a VM by hand.
    ///
    /// # Errors
    /// The volume is not attached to that VM.
    pub fn detach_out_of_band(&mut self, now: Timestamp, volume: &str, vm: &MoRef) -> Result<(), Fault> {
        self.happen(now, "detach-by-hand", |world| {
            let attached = world.parts.state.volumes.get(&volume.to_owned()).is_some_and(|record| record.attachment_to(vm).is_some());
            if !attached {
                return Err(fault::volume_missing(volume));
            }
            storage::unplug(world, volume, vm);
            Ok(())
        })
    }
}

/// The id of the disk that the first inventory calls by this name.
fn by_hand(world: &World, name: &str) -> Result<String, Fault> {
    let known = world.parts.state.volumes.values().find(|disk| disk.by_hand.as_deref() == Some(name));
    known.map(|disk| disk.id.clone()).ok_or_else(|| fault::volume_missing(name))
}
