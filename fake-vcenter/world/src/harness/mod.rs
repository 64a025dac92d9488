//! What a test or an engine may see and do without being a client: look into the hardware of a VM, find things by name,
//! and let things happen that no client asked for. Everything that happens is a transaction of its own.

mod counts;
mod datastores;
mod facts;
mod hosts;
mod keys;
mod machines;
mod places;
mod services;
mod tags;
mod tasks;
mod volumes;

pub use counts::Counts;
pub use facts::{DatastoreFacts, GuestDisk, VmFacts, VolumeFacts};

use jiff::Timestamp;
use vsphere_types::Fault;

use crate::world::World;

impl World {
    /// Lets something happen that cannot fail.
    fn happens(&mut self, now: Timestamp, cause: &str, what: impl FnOnce(&mut Self)) {
        let done: Result<(), Fault> = self.happen(now, cause, |world| {
            what(world);
            Ok(())
        });
        debug_assert!(done.is_ok(), "what cannot fail did not");
    }
}
