//! The cloud controller manager: what it does, in which order, and what goes wrong with one behaviour less.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod accounts;
mod initialising;
mod leading;
mod life_cycle;
mod refreshing;
mod setting;
mod zones;

pub(crate) use seatrial_driver_tests::pass;
pub(crate) use setting::{Setting, TWO, ZONED, machine, two_nodes, uuid};
pub(crate) use vsphere_ccm::Behaviours;
