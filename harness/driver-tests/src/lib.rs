//! What one driver finds around it in the tests of this crate: fake vCenters, the embedded API server, and a process to live in,
//! all in one virtual time. Nothing else: no kubelet, no sidecar, no control loop, so that whatever happens was done by the driver
//! or by the test.
//!
//! Drivers do not know of this. What they do is read from the journal, as the oracles read it, and from the API server, as anybody
//! may.

#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "whoever uses this is a test, and a test ends at the first surprise")]

mod cluster;
mod once;
mod vcenter;
mod world;

pub use cluster::Cluster;
pub use once::Once;
pub use vcenter::FakeVCenter;
pub use world::{World, pass};
