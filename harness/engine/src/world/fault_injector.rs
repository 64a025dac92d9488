//! What a scenario may do to the world beside being a user of Kubernetes: take things away and bring them back, switch,
//! move, destroy and create virtual machines, put tags on and off.
//!
//! Steps and faults use the same injector. Everything here happens at once, at the instant at which it is asked for; what
//! follows from it (HA, boots, evictions) takes the time that it takes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fake_vcenter_server::VCenter;
use fake_vcenter_world as vsphere;
use seatrial_journal::{Event, OutageState};
use seatrial_scenario::{ObjectTag, PowerState, Scenario, TagTarget, Target};
use seatrial_wires::{Network, Process};
use vsphere_types::{Fault, MoRef};

use super::VCenters;
use super::node::Nodes;
use super::vcenter;
use crate::supervisor::Supervisor;

/// What may be done to one world; clones are handles on the same.
#[derive(Clone)]
pub(crate) struct FaultInjector(Arc<Inner>);

pub(super) struct Inner {
    pub(super) network: Network,
    pub(super) supervisor: Supervisor,
    pub(super) scenario: Scenario,
    pub(super) vcenters: VCenters,
    pub(super) nodes: Nodes,
    /// Lets time pass until something heals.
    keeper: Process,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What has failed, in words, with the hosts that it took with it.
    failed: BTreeMap<String, Vec<(String, MoRef)>>,
    /// How many things will heal by themselves.
    healing: usize,
    /// Faults that could not be brought about.
    injection_errors: Vec<String>,
}

/// Why something could not be done, in words.
pub(crate) type InjectionError = String;

impl FaultInjector {
    pub(super) fn new(network: &Network, supervisor: &Supervisor, scenario: &Scenario, vcenters: VCenters, nodes: Nodes) -> Self {
        let (network, supervisor, scenario, keeper) = (network.clone(), supervisor.clone(), scenario.clone(), network.process("powers"));
        Self(Arc::new(Inner { network, supervisor, scenario, vcenters, nodes, keeper, state: Mutex::default() }))
    }

    /// The nodes.
    pub(crate) fn nodes(&self) -> &Nodes {
        &self.0.nodes
    }

    /// Takes something away. What cannot be healed is no outage that lasts.
    pub(crate) fn fail(&self, target: &Target) -> Result<(), InjectionError> {
        let words = target.to_string();
        if self.0.lock().failed.contains_key(&words) {
            return Err(format!("{words} has failed already"));
        }
        if target.can_heal() {
            self.0.record_outage(&words, OutageState::Began);
        }
        let hosts = super::target::fail(&self.0, target)?;
        if target.can_heal() {
            self.0.lock().failed.insert(words, hosts);
        }
        Ok(())
    }

    /// Takes something away for a while, or for good.
    pub(crate) fn fail_for(&self, target: &Target, heal_after: Option<Duration>) -> Result<(), InjectionError> {
        self.fail(target)?;
        let Some(after) = heal_after else { return Ok(()) };
        self.0.lock().healing += 1;
        let (injector, target) = (self.clone(), target.clone());
        self.0.keeper.spawn("heal", async move {
            tokio::time::sleep(after).await;
            injector.0.lock().healing -= 1;
            // A step may have healed it already.
            let _ = injector.heal(&target);
        });
        Ok(())
    }

    /// Brings it back.
    pub(crate) fn heal(&self, target: &Target) -> Result<(), InjectionError> {
        let words = target.to_string();
        let hosts = self.0.lock().failed.remove(&words);
        let Some(hosts) = hosts else { return Err(format!("{words} has not failed: there is nothing to heal")) };
        super::target::heal(&self.0, target, &hosts)?;
        self.0.record_outage(&words, OutageState::Ended);
        Ok(())
    }

    /// How many things will heal by themselves.
    pub(crate) fn healing(&self) -> usize {
        self.0.lock().healing
    }

    /// Notes that a fault rule could not do what it says.
    pub(crate) fn note_error(&self, rule: &str, injection_error: &str) {
        self.0.lock().injection_errors.push(format!("fault {rule} could not strike: {injection_error}"));
    }

    /// What fault rules could not do.
    pub(crate) fn injection_errors(&self) -> Vec<String> {
        self.0.lock().injection_errors.clone()
    }

    /// Switches a node's VM.
    pub(crate) fn power(&self, node: &str, state: PowerState) -> Result<(), InjectionError> {
        let wanted = match state {
            PowerState::On => vsphere::PowerState::PoweredOn,
            PowerState::Off => vsphere::PowerState::PoweredOff,
        };
        self.0.on_vm(node, |world, now, vm| world.set_power(now, vm, wanted))
    }

    /// Moves a node's VM to the first host that lives of another cluster of its vCenter.
    pub(crate) fn move_vm(&self, node: &str, cluster: &str) -> Result<(), InjectionError> {
        let host = self.0.vcenter_of(node)?.with_world(|world| world.living_hosts_of(cluster).into_iter().next());
        let Some(host) = host else { return Err(format!("cluster {cluster} has no host that lives")) };
        self.0.on_vm(node, |world, now, vm| world.move_vm(now, vm, &host))
    }

    /// Removes a node's VM.
    pub(crate) fn destroy_vm(&self, node: &str) -> Result<(), InjectionError> {
        self.0.on_vm(node, vsphere::World::destroy_vm)
    }

    /// Creates a node's VM anew, where the world's description wants it.
    pub(crate) fn create_vm(&self, node: &str) -> Result<(), InjectionError> {
        let vcenter = self.0.vcenter_of(node)?;
        let homes = self.0.scenario.world.homes();
        let place = homes.iter().position(|home| home.node.name.value == node).ok_or_else(|| format!("there is no node {node}"))?;
        let config = vcenter::node_vm(place, &homes[place]);
        let now = vcenter.now();
        vcenter.with_world(|world| {
            if world.vm_named(node).is_some() {
                return Err(format!("the VM {node} is still there: destroy it first"));
            }
            world.create_vm(now, &config, vcenter::DATACENTER).map(drop).map_err(|fault| fault.message)
        })
    }

    /// Attaches a volume to a node's VM as an administrator would.
    pub(crate) fn attach_by_hand(&self, volume: &str, node: &str) -> Result<(), InjectionError> {
        self.0.on_vm(node, |world, now, vm| world.attach_out_of_band(now, volume, vm))
    }

    /// Puts tags on an object.
    pub(crate) fn tag(&self, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
        self.0.on_tagged(on, tags, |world, now, tag, on| world.attach_tag(now, &tag.category, &tag.tag, on))
    }

    /// Takes tags off an object.
    pub(crate) fn untag(&self, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
        self.0.on_tagged(on, tags, |world, now, tag, on| world.detach_tag(now, &tag.category, &tag.tag, on))
    }

    /// Lets the next tasks of a method fail.
    pub(crate) fn fail_next_tasks(&self, vcenter: &str, fault: vsphere::TaskFault) -> Result<(), InjectionError> {
        self.0.vcenter(vcenter)?.with_world(|world| world.fail_next_tasks(fault));
        Ok(())
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the state is locked")
    }

    fn record_outage(&self, what: &str, state: OutageState) {
        self.network.journal().record(Event::Outage { what: what.to_owned(), state });
    }

    /// The vCenter of this name.
    pub(super) fn vcenter(&self, name: &str) -> Result<&Arc<VCenter>, InjectionError> {
        self.vcenters.get(name).ok_or_else(|| format!("there is no vCenter {name}"))
    }

    /// The vCenter that a node's VM is in.
    pub(super) fn vcenter_of(&self, node: &str) -> Result<&Arc<VCenter>, InjectionError> {
        self.nodes.get(node).map(|slot| &slot.vcenter).ok_or_else(|| format!("there is no node {node}"))
    }

    /// Does something to a node's VM.
    pub(super) fn on_vm(
        &self,
        node: &str,
        act: impl FnOnce(&mut vsphere::World, jiff::Timestamp, &MoRef) -> Result<(), Fault>,
    ) -> Result<(), InjectionError> {
        let vcenter = self.vcenter_of(node)?;
        let now = vcenter.now();
        vcenter.with_world(|world| {
            let Some(vm) = world.vm_named(node) else { return Err(format!("there is no VM {node}")) };
            act(world, now, &vm.vm).map_err(|fault| fault.message)
        })
    }

    fn on_tagged(
        &self,
        on: &TagTarget,
        tags: &[ObjectTag],
        act: impl Fn(&mut vsphere::World, jiff::Timestamp, &ObjectTag, &vsphere::TagTarget) -> Result<(), Fault>,
    ) -> Result<(), InjectionError> {
        let (vcenter, on) = self.tag_target(on)?;
        let now = vcenter.now();
        vcenter.with_world(|world| tags.iter().try_for_each(|tag| act(world, now, tag, &on))).map_err(|fault| fault.message)
    }

    fn tag_target(&self, on: &TagTarget) -> Result<(&Arc<VCenter>, vsphere::TagTarget), InjectionError> {
        Ok(match on {
            TagTarget::Datacenter(vcenter) => (self.vcenter(vcenter)?, vsphere::TagTarget::Datacenter(vcenter::DATACENTER.to_owned())),
            TagTarget::Cluster { cluster, vcenter } => (self.vcenter(vcenter)?, vsphere::TagTarget::Cluster(cluster.value.clone())),
            TagTarget::Datastore { datastore, vcenter } => (self.vcenter(vcenter)?, vsphere::TagTarget::Datastore(datastore.value.clone())),
            TagTarget::Vm(node) => (self.vcenter_of(node)?, vsphere::TagTarget::Vm(node.value.clone())),
            TagTarget::HostOf(node) => {
                let vcenter = self.vcenter_of(node)?;
                let host = vcenter.with_world(|world| world.place_of(node));
                let (cluster, index) = host.ok_or_else(|| format!("there is no VM {node}"))?;
                (vcenter, vsphere::TagTarget::Host { cluster, index })
            }
        })
    }
}
