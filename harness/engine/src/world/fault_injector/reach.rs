//! What an injector reaches: the parts of the world, and how one of them is found by its name.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use fake_vcenter_world as vsphere;
use jiff::Timestamp;
use seatrial_scenario::Scenario;
use seatrial_wires::Network;
use vsphere_types::{Fault, MoRef};

use super::error::InjectionError;
use crate::supervisor::Supervisor;
use crate::world::context::VCenters;
use crate::world::node::{NodeSlot, Nodes};

/// The parts of the world that something may be done to.
pub(super) struct Reach {
    pub(super) network: Network,
    pub(super) supervisor: Supervisor,
    pub(super) scenario: Scenario,
    pub(super) vcenters: VCenters,
    pub(super) nodes: Nodes,
}

impl Reach {
    /// The vCenter of this name.
    pub(super) fn vcenter(&self, name: &str) -> Result<&Arc<VCenter>, InjectionError> {
        self.vcenters.get(name).ok_or_else(|| InjectionError::NoVCenter { vcenter: name.to_owned() })
    }

    /// The node of this name.
    pub(super) fn node(&self, name: &str) -> Result<&NodeSlot, InjectionError> {
        self.nodes.get(name).map(|slot| &**slot).ok_or_else(|| InjectionError::NoNode { node: name.to_owned() })
    }

    /// Does something to a vCenter.
    pub(super) fn on_vcenter<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut vsphere::World, Timestamp) -> Result<T, Fault>,
    ) -> Result<T, InjectionError> {
        let vcenter = self.vcenter(name)?;
        let now = vcenter.now();
        Ok(vcenter.with_world(|world| act(world, now))?)
    }

    /// Does something to a node's VM.
    pub(super) fn on_vm(
        &self,
        node: &str,
        act: impl FnOnce(&mut vsphere::World, Timestamp, &MoRef) -> Result<(), Fault>,
    ) -> Result<(), InjectionError> {
        let vcenter = &self.node(node)?.vcenter;
        let now = vcenter.now();
        vcenter.with_world(|world| {
            let vm = world.vm_named(node).ok_or_else(|| no_vm(node))?;
            Ok(act(world, now, &vm.vm)?)
        })
    }
}

/// The VM of a node is not there.
pub(super) fn no_vm(node: &str) -> InjectionError {
    InjectionError::NoVm { node: node.to_owned() }
}
