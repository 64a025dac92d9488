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
