//! Snapshots of volumes.
//!
//! # The window
//!
//! CNS does not make snapshots idempotent by name: a call that is sent twice takes two snapshots, and nobody deletes the one that no
//! answer told of; while it is there its volume can neither grow nor be deleted (csi#2311). So a snapshot is taken as a volume is made
//! (`super::creation` says what can be relied on): the intent is written down, then the call is sent, then its task is written down,
//! and whoever finds such a record looks for the snapshot before anything is sent again.
//!
//! A snapshot is found by its description, which is `<name>-<volume>` as upstream has it, among those of its volume. From 9.1 its id
//! can be chosen, and then the call is simply sent again: the id comes from the name (`snapshot-<uuid>`).
//!
//! # What it is called
//!
//! The id that Kubernetes knows is `<volume>+<snapshot>`, upstream's, so that either driver can take over from the other. The records
//! are upstream's, too: CnsVolumeOperationRequests by the name of the description.
//!
//! # Where this driver is another than upstream's
//!
//! A snapshot that is there already is told of though the volume has as many as it may by now: upstream looks at the limit first, and
//! leaves the last one that fits behind when its answer was lost. What is malformed or not there is no error where CSI says so.

mod create;
mod delete;
mod error;
mod id;
mod limits;
mod list;
mod restore;
mod taking;

pub(crate) use error::SnapshotError;
pub(super) use id::volume_of;
pub(super) use restore::Restored;
