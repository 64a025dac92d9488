//! A node in virtual time: kubelet and guest (devices, mounts), simulated.
//!
//! [`Disks`] holds what is written on every virtual disk, wherever it is attached. A [`SimulatedMachine`] is one
//! node's guest; it outlives the processes on it. [`Kubelet`] is such a process. [`SimulatedHost`] is what a driver
//! in virtual time gets for its machine, its wires and its randomness.

mod disk_copies;
mod disks;
mod host;
mod kubelet;
mod machine;
mod remote;
mod tree;

pub use disks::Disks;
pub use host::{ConfigurationFiles, DescribeCsi, SimulatedHost, service_of};
pub use kubelet::{Capacity, CsiPlugin, Kubelet, KubeletConfig, Program, ProgramError, Timings};
pub use machine::{
    Container, ContainerMount, ContainerRuntime, DeviceTrouble, GuestDisk, Hardware, PodAccessError, RealDevicesError, RealPlace, Sandbox,
    SimulatedMachine, Trouble, grows_mounted_ext, kill_all_in, missing as missing_for_real_devices, mounts_nfs, product_uuid,
    release_loops_below, wwn_of,
};
pub use remote::{RemoteMachine, ServeError, serve_machine};
pub use tree::{Access, Tree, TreeError};
