//! The control loops against the embedded API server and a scripted CSI driver, in virtual time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod attaching;
mod binding;
mod deployments;
mod driver;
mod ephemeral;
mod garbage;
mod growing;
mod jobs;
mod modifying;
mod node_failure;
mod provisioning;
mod restarts;
mod rules;
mod scheduling;
mod sets;
mod snapshots;
mod support;
mod topology;
