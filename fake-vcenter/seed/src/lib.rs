//! What decides a run: the [`Seed`], the [`Generator`]s that are grown from it by name, and the [`Clock`].
//!
//! The fake vCenter is the lowest that draws and that asks for the time, so this stands with it; the harness uses the same.
//! None of it is a record: of the journal it knows only the stamp that a clock gives to an entry.

mod clock;
mod seed;

pub use clock::{Clock, ManualClock, SharedClock, stamps};
pub use seed::{Generator, Seed};
