//! CnsCreateSnapshots, CnsDeleteSnapshots, CnsQuerySnapshots: snapshots of block volumes.
//!
//! Modelled: a chain of snapshots that belong to the volume's record, so CNS, the first class disk and the journal tell the same;
//! ids of the caller's choice from 9.1 on; what a volume with snapshots refuses (deleting, growing, changing its encryption).
//! Not modelled: their data and the space that it takes, files of the chain, changed block tracking, how a
//! snapshot fails half way. A client could notice that the capacity of all snapshots stays zero.

mod create;
mod delete;
mod query;
mod volume;

pub use create::{DEEPEST, create};
pub use delete::delete;
pub use query::query;
pub use volume::{changeable, changeable_disk, holder};
