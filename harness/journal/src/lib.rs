//! The journal, the clock and the generators that everything else stands on.
//!
//! One run has one [`Journal`]: whatever changes or crosses a border gets a place in its single ordered
//! sequence. One run has one [`Clock`], and one [`Seed`] from which every [`Generator`] is grown by name.
//! This crate depends on nothing of ours and does no I/O but writing to the sinks it was given.

mod clock;
mod describe;
mod difference;
mod effect;
mod event;
mod journal;
mod seed;
mod sink;

pub use clock::{Clock, Elapsed, ManualClock, SharedClock, epoch};
pub use describe::{Describe, Described};
pub use difference::{Difference, first_difference};
pub use effect::EffectMark;
pub use event::{
    AT_REST, Answer, Border, Call, CallId, Change, ChangeKind, Entry, Event, Flow, OutageState, ProcessEvent, merge_patch, patch_between,
};
pub use journal::Journal;
pub use seed::{Generator, Seed};
pub use sink::{Digest, DigestSink, LinesSink, MemorySink, Sink};
