//! What the controller asks of a vCenter, and what it is told: a handful of reads, made by [`client::ClientVCenter`]. None of them
//! changes anything at vCenter but the session.

pub(crate) mod client;
mod error;

use vsphere_types::MoRef;

pub use error::VCenterError;
pub(crate) use vsphere_client::Tag;

/// A network adapter as VMware Tools tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    /// The network's name.
    pub network: String,
    /// Whether it is one of the machine's own adapters, and not one that the guest made up.
    pub virtual_hardware: bool,
    /// In the order in which they were told.
    pub addresses: Vec<String>,
}

/// A virtual machine, as far as its Node goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub reference: MoRef,
    pub name: String,
    /// `summary.config.uuid` as it is written; may be empty while the machine is being made.
    pub uuid: String,
    /// The guest's own name; empty until VMware Tools tell it.
    pub host_name: String,
    pub cards: Vec<Card>,
    pub cpus: i32,
    pub memory_mb: i32,
    pub guest_id: String,
    /// `guestinfo.metadata` and its encoding, of machines that cloud-init has set up.
    pub metadata: Option<(String, String)>,
    pub host: Option<MoRef>,
    pub pool: Option<MoRef>,
}

/// Whether a machine runs, and whether it is still the one that it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MachineState {
    pub reference: MoRef,
    /// As it is written; may be empty.
    pub uuid: String,
    pub powered_on: bool,
}

/// A chain of entities, from the innermost outwards.
pub(crate) type Chain = Vec<MoRef>;

/// The chains that are searched for zones, in this order: of the host, of the resource pool, of the machine itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chains {
    pub host: Chain,
    pub pool: Chain,
    pub machine: Chain,
}
