//! What happens to datastores.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::world::World;
use crate::{fault, hosts};

impl World {
    /// Says how much of a datastore something other than volumes takes.
    ///
    /// # Errors
    /// There is no such datastore.
    pub fn set_used_bytes(&mut self, now: Timestamp, datastore: &MoRef, bytes: u64) -> Result<(), Fault> {
        self.happen(now, "datastore", |world| {
            world.parts.state.datastores.get_mut(datastore).ok_or_else(|| fault::not_found(datastore))?.used_bytes = bytes;
            Ok(())
        })
    }

    /// Something else takes all that is free on a datastore, or gives it back.
    ///
    /// # Errors
    /// There is no such datastore.
    pub fn set_datastore_full(&mut self, now: Timestamp, datastore: &MoRef, full: bool) -> Result<(), Fault> {
        self.happen(now, "datastore", |world| {
            world.parts.state.datastores.get_mut(datastore).ok_or_else(|| fault::not_found(datastore))?.full = full;
            Ok(())
        })
    }

    /// Makes a datastore reachable or not.
    ///
    /// # Errors
    /// There is no such datastore.
    pub fn set_datastore_accessible(&mut self, now: Timestamp, datastore: &MoRef, accessible: bool) -> Result<(), Fault> {
        self.happen(now, "datastore", |world| {
            world.parts.state.datastores.get_mut(datastore).ok_or_else(|| fault::not_found(datastore))?.accessible = accessible;
            if accessible {
                hosts::look_again(world);
            }
            Ok(())
        })
    }
}
