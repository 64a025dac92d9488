//! CnsVolumeManager: container volumes; and what is done to disks beside it.
//!
//! Modelled: block volumes from creation to deletion, attaching with controllers and slots, extending, metadata, snapshots
//! and volumes made of them, queries with filter and cursor. One record is volume, first class disk and VM disk at once. Not modelled: file volumes,
//! volumes made of other volumes, relocation, quotas.
//! Failures of one volume are faults inside a task that succeeded; only a call that cannot be understood is a fault.
//! A client could notice that health is green at once and that a vSAN volume takes no more space than its size.

pub mod attach;
pub mod create;
pub mod crypto;
pub mod delete;
pub mod detach;
pub mod disks;
mod encryption;
pub mod extend;
pub mod files;
mod location;
pub mod metadata;
mod new;
mod page;
mod placement;
mod project;
pub mod query;
mod result;
mod slots;
pub mod snapshots;
mod source;
mod task;

pub use attach::{plug, unplug};
pub use location::Location;
pub use project::first_class_disk;
