//! The CSI controller: its calls, twice, late, and about things that are gone; and what goes wrong with one behaviour less.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod attaching;
mod calls;
mod encryption;
mod growing;
mod life;
mod listing;
mod setting;
mod snapshots;
mod vcenters;

pub(crate) use seatrial_driver_tests::pass;
pub(crate) use setting::{NODE, OTHER, Setting, creation, fault, segments, within};
pub(crate) use tonic::Code;
pub(crate) use vsphere_csi::Behaviours;
