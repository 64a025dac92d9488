//! The journal: what everything but the drivers writes, and oracles, reports and digests read.
//!
//! One run has one [`Journal`]: whatever changes or crosses a border gets a place in its single ordered
//! sequence, and a stamp: it is given a function for that, and does not know who tells the time. This crate
//! depends on nothing of ours and does no I/O but writing to the sinks it was given. A journal in a file may be packed
//! ([`PackedSink`]); [`read_journal`] takes both.

mod describe;
mod difference;
mod effect;
mod event;
mod ids;
mod journal;
mod packed;
mod sha256;
mod sink;
mod stamp;
mod whose;

pub use describe::{Describe, Described};
pub use difference::{Difference, Kind, first_difference};
pub use effect::EffectMark;
pub use event::{
    AT_REST, Answer, Border, Call, CallId, Change, ChangeKind, Entry, Event, Flow, OutageState, ProcessEvent, merge_patch, patch_between,
};
pub use journal::Journal;
pub use packed::{PackedSink, ReadJournal, read_journal};
pub use sha256::{finished_sha256, sha256};
pub use sink::{Digest, DigestSink, LinesSink, MemorySink, Sink};
pub use stamp::{Elapsed, epoch};
pub use whose::Whose;
