//! The edges of the oracles, on journals written by hand. That each oracle catches a driver is shown where drivers run,
//! in `harness/engine/tests/oracles.rs`.

mod asks;
mod attachments;
mod nodes;
mod story;
