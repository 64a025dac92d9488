//! What the controller asks of a vCenter: a handful of reads, narrow enough to be scripted in a test.
//!
//! `client/` implements them on `vsphere_client`. None of them changes anything at vCenter but the session.

mod client;
mod error;

use std::collections::BTreeMap;

use async_trait::async_trait;
use vsphere_types::MoRef;

pub(crate) use client::ClientVCenter;
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

/// The calls.
#[async_trait]
pub(crate) trait VCenter: Send + Sync {
    /// The machines of the configured datacenters with this BIOS uuid.
    async fn by_uuid(&self, uuid: &str) -> Result<Vec<MoRef>, VCenterError>;

    /// The machines of the configured datacenters whose guest calls itself so.
    async fn by_host_name(&self, name: &str) -> Result<Vec<MoRef>, VCenterError>;

    /// Reads machines, all in one call; those that are gone are left out.
    async fn machines(&self, machines: &[MoRef]) -> Result<Vec<Machine>, VCenterError>;

    /// Reads what changes from second to second, all in one call; machines that are gone are left out.
    async fn states(&self, machines: &[MoRef]) -> Result<Vec<MachineState>, VCenterError>;

    /// What is around a machine, in one call.
    async fn chains(&self, machine: &Machine) -> Result<Chains, VCenterError>;

    /// The tags on each of these objects.
    async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError>;

    /// Proves that the account sees what is searched: where it does not, finding nothing proves nothing.
    async fn sees_everything(&self) -> Result<(), VCenterError>;

    /// Ends the session.
    async fn logout(&self) -> Result<(), VCenterError>;
}
