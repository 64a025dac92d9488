//! A node: kubelet, guest devices and mounts, simulated.
//!
//! [`Disks`] holds what is written on every virtual disk, wherever it is attached. A [`SimulatedMachine`] is one
//! node's guest. [`machine::SimulatedMachine`] survives the processes that run on it; a reboot is its own business.

mod disks;
mod machine;
mod tree;

pub use disks::Disks;
pub use machine::{ContainerRuntime, GuestDisk, Hardware, Sandbox, SimulatedMachine, wwn_of};
pub use tree::{Tree, TreeError};
