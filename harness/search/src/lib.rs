//! Looks for what no scenario asks.
//!
//! A scenario sees what its author thought of. What is here makes scenarios of others: a [`sweep`] strikes a scenario's calm run
//! at every call, one trouble at a time; [`mod@shrink`] makes what fails small, a [`capsule`] is a run
//! in one file, a [`recording`] the calls of somebody's client, and [`explore`] draws scenarios from seeds. Whatever it does to a world is a scenario of the language, so that whatever it
//! finds is a file, which `seatrial run` repeats and a person can read.
//!
//! Nothing here reads a clock or the environment: files come in and go out as [`Bundle`]s.

mod anonymous;
mod bundle;
pub mod capsule;
pub mod document;
pub mod explore;
pub mod recording;
pub mod shrink;
pub mod sweep;
mod written_out;

pub use anonymous::anonymised;
pub use bundle::{Bundle, BundleError};
