//! What a Node is told at its initialisation, or why it has to wait.

use k8s_openapi::api::core::v1::{Node, NodeAddress};

use super::NodeController;
use crate::addresses::{AddressError, addresses};
use crate::config::NodesConfig;
use crate::identity::{BiosUuid, Identity, provider_id};
use crate::instance_type::instance_type;
use crate::pool::{LookupError, Place, ZoneError, Zones};
use crate::vcenter::{Machine, VCenterError};

/// What a Node is told.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub provider_id: String,
    pub instance_type: String,
    pub zones: Option<Zones>,
    pub addresses: Vec<NodeAddress>,
}

/// Why a Node has to wait. What is shown stays the same for as long as the reason does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotYet {
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error("its machine cannot be read: {}", .0.cause())]
    VCenter(VCenterError),
    #[error("its machine went away while it was looked at")]
    Gone,
    #[error("VMware Tools of {0} have not told the guest's host name; install and start them")]
    NoHostName(String),
    #[error("VMware Tools of {0} have not told any network adapter; install and start them, and connect the machine to a network")]
    NoAdapter(String),
    #[error("{machine} says that its uuid is {written:?}, which is none")]
    NoUuid { machine: String, written: String },
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("kubelet was told to use {provided}, which is not among the machine's addresses ({found}); correct --node-ip or `nodes`")]
    ProvidedAddress { provided: String, found: String },
    #[error(transparent)]
    Zone(#[from] ZoneError),
}

impl NotYet {
    /// The event's reason.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Lookup(LookupError::NotFound { .. }) => "MachineNotFound",
            Self::Lookup(LookupError::Ambiguous { .. }) => "MachineAmbiguous",
            Self::Lookup(LookupError::Unknown { .. }) | Self::VCenter(_) | Self::Zone(ZoneError::VCenter { .. }) => "VCenterNotAnswering",
            Self::Lookup(LookupError::Foreign(_)) => "ForeignProviderID",
            Self::Gone => "MachineNotFound",
            Self::NoHostName(_) | Self::NoAdapter(_) => "GuestToolsSilent",
            Self::NoUuid { .. } => "NoUUID",
            Self::Address(_) | Self::ProvidedAddress { .. } => "NoAddress",
            Self::Zone(_) => "NoZone",
        }
    }
}

impl NodeController {
    /// Gathers all that a Node is told. Nothing is written before everything is known.
    pub(super) async fn facts(&self, node: &Node) -> Result<Facts, NotYet> {
        let place = self.place(node).await?;
        let machine = self.pool.machine(&place).await.map_err(NotYet::VCenter)?.ok_or(NotYet::Gone)?;
        let provider_id = self.provider_id(node, &machine)?;
        let addresses = self.addresses(node, &place, &machine)?;
        let zones = self.pool.zones(&place, &machine).await?;
        Ok(Facts { provider_id, instance_type: instance_type(&machine), zones, addresses })
    }

    async fn place(&self, node: &Node) -> Result<Place, LookupError> {
        match self.pool.look_up(&Identity::of(node)).await {
            // A machine that has no uuid for the moment can only be found by its name.
            Err(LookupError::NotFound { .. }) if !self.behaviours.whole_provider_ids_only => {
                self.pool.look_up(&Identity::Name(node.metadata.name.clone().unwrap_or_default())).await
            }
            outcome => outcome,
        }
    }

    /// The provider id that the Node has, or that of its machine.
    fn provider_id(&self, node: &Node, machine: &Machine) -> Result<String, NotYet> {
        let written = node.spec.as_ref().and_then(|spec| spec.provider_id.clone()).filter(|id| !id.is_empty());
        if let Some(written) = written {
            return Ok(written);
        }
        match BiosUuid::parse(&machine.uuid) {
            Some(uuid) => Ok(uuid.provider_id()),
            None if !self.behaviours.whole_provider_ids_only => Ok(provider_id(&machine.uuid)),
            None => Err(NotYet::NoUuid { machine: machine.name.clone(), written: machine.uuid.clone() }),
        }
    }

    /// The addresses that a machine gives its Node.
    pub(super) fn found_addresses(&self, place: &Place, machine: &Machine) -> Result<Vec<NodeAddress>, AddressError> {
        let any = NodesConfig::default();
        let chosen = if self.behaviours.choose_configured_addresses { &self.nodes } else { &any };
        addresses(machine, self.pool.families(place), chosen, self.behaviours.leave_out_local_addresses)
    }

    fn addresses(&self, node: &Node, place: &Place, machine: &Machine) -> Result<Vec<NodeAddress>, NotYet> {
        let told = || -> Result<Vec<NodeAddress>, NotYet> {
            if machine.host_name.is_empty() {
                return Err(NotYet::NoHostName(machine.name.clone()));
            }
            if machine.cards.is_empty() {
                return Err(NotYet::NoAdapter(machine.name.clone()));
            }
            self.preferred(node, self.found_addresses(place, machine)?)
        };
        match told() {
            Err(_) if !self.behaviours.wait_for_guest_tools => Ok(Vec::new()),
            told => told,
        }
    }
}
