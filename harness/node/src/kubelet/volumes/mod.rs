//! The volume manager: brings what is mounted to what pods want.
//!
//! Modelled: the order of steps and their waits, one operation at a time on a volume, back-off by volume or pod,
//! final and non-final errors, rebuilding after a restart. The real loops look each 100 ms; here they are woken by
//! events and act at the next tick of 100 ms. Not modelled: `requiresRepublish`, service
//! account tokens, inline ephemeral volumes.

mod attachment;
mod growth;
pub(super) mod identity;
mod mount;
mod ownership;
mod populate;
mod reconciler;
mod reconstruct;
pub(super) mod shared;
mod state;
mod unmount;

pub(super) use growth::watch as watch_growth;
pub(super) use populate::{PodVolume, volumes_of};
pub(super) use reconciler::run;
pub(super) use reconstruct::reconstruct;
pub(super) use state::State;
