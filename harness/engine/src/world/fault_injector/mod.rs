//! What a scenario may do to the world beside being a user of Kubernetes: take things away and bring them back, switch,
//! move, destroy and create virtual machines, put tags on and off.
//!
//! Steps and faults use the same injector. Everything here happens at once, at the instant at which it is asked for; what
//! follows from it (HA, boots, evictions) takes the time that it takes.

mod error;
mod machines;
mod reach;
mod tags;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fake_vcenter_world::TaskFault;
use seatrial_journal::{Event, OutageState};
use seatrial_scenario::{DiskAction, GuestTells, ObjectTag, PowerState, Scenario, SnapshotAction, TagTarget, Target};
use seatrial_wires::{Network, Process};
use vsphere_types::Method;

use super::context::VCenters;
use super::node::Nodes;
use crate::supervisor::Supervisor;
use reach::Reach;
use target::{Found, Way};

pub(crate) use error::InjectionError;

/// What may be done to one world; clones are handles on the same.
#[derive(Clone)]
pub(crate) struct FaultInjector(Arc<Inner>);

struct Inner {
    reach: Reach,
    /// Lets time pass until something heals.
    keeper: Process,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What has failed, by the scenario's words, and what those meant when it did.
    failed: BTreeMap<String, Found>,
    /// How many things will heal by themselves.
    healing: usize,
    /// Faults that could not be brought about, or not be healed by themselves.
    injection_errors: Vec<String>,
}

impl FaultInjector {
    pub(super) fn new(network: &Network, supervisor: &Supervisor, scenario: &Scenario, vcenters: VCenters, nodes: Nodes) -> Self {
        let (network, supervisor, scenario, keeper) = (network.clone(), supervisor.clone(), scenario.clone(), network.process("powers"));
        Self(Arc::new(Inner { reach: Reach { network, supervisor, scenario, vcenters, nodes }, keeper, state: Mutex::default() }))
    }

    /// The nodes.
    pub(crate) fn nodes(&self) -> &Nodes {
        &self.0.reach.nodes
    }

    /// Takes something away. What cannot be healed is no outage that lasts, and what is not there is none at all.
    pub(crate) fn fail(&self, target: &Target) -> Result<(), InjectionError> {
        let words = target.to_string();
        if self.0.lock().failed.contains_key(&words) {
            return Err(InjectionError::AlreadyFailed { target: words });
        }
        let found = target::find(&self.0.reach, target)?;
        if target.can_heal() {
            // Before anything goes: of several hosts the first may be away when vCenter refuses the second.
            self.0.record_outage(&words, OutageState::Began);
            self.0.lock().failed.insert(words, found.clone());
        }
        target::send(&self.0.reach, &found, Way::Away)
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
            match injector.heal(&target) {
                // A step may have healed it already.
                Ok(()) | Err(InjectionError::NotFailed { .. }) => {}
                Err(error) => injector.0.lock().injection_errors.push(format!("{target} could not heal by itself: {error}")),
            }
        });
        Ok(())
    }

    /// Brings it back. What could not be brought back is away still, and can be healed later.
    pub(crate) fn heal(&self, target: &Target) -> Result<(), InjectionError> {
        let words = target.to_string();
        let found = self.0.lock().failed.get(&words).cloned();
        let Some(found) = found else { return Err(InjectionError::NotFailed { target: words }) };
        target::send(&self.0.reach, &found, Way::Back)?;
        self.0.lock().failed.remove(&words);
        self.0.record_outage(&words, OutageState::Ended);
        Ok(())
    }

    /// How many things will heal by themselves.
    pub(crate) fn healing(&self) -> usize {
        self.0.lock().healing
    }

    /// Notes that a fault rule could not do what it says.
    pub(crate) fn note_error(&self, rule: &str, error: &InjectionError) {
        self.0.lock().injection_errors.push(format!("fault {rule} could not strike: {error}"));
    }

    /// What fault rules could not do.
    pub(crate) fn injection_errors(&self) -> Vec<String> {
        self.0.lock().injection_errors.clone()
    }

    /// Switches a node's VM.
    pub(crate) fn power(&self, node: &str, state: PowerState) -> Result<(), InjectionError> {
        machines::power(&self.0.reach, node, state)
    }

    /// Moves a node's VM to the first host that lives of another cluster of its vCenter.
    pub(crate) fn move_vm(&self, node: &str, cluster: &str) -> Result<(), InjectionError> {
        machines::relocate(&self.0.reach, node, cluster)
    }

    /// Adds a host to a cluster.
    pub(crate) fn add_host(&self, vcenter: &str, cluster: &str) -> Result<(), InjectionError> {
        machines::add_host(&self.0.reach, vcenter, cluster)
    }

    /// Removes a node's VM.
    pub(crate) fn destroy_vm(&self, node: &str) -> Result<(), InjectionError> {
        machines::destroy(&self.0.reach, node)
    }

    /// Creates a node's VM anew, where the world's description wants it.
    pub(crate) fn create_vm(&self, node: &str) -> Result<(), InjectionError> {
        machines::create(&self.0.reach, node)
    }

    /// Attaches a volume to a node's VM as an administrator would.
    pub(crate) fn attach_by_hand(&self, volume: &str, node: &str) -> Result<(), InjectionError> {
        machines::attach(&self.0.reach, volume, node)
    }

    /// Detaches a volume from a node's VM as an administrator would.
    pub(crate) fn detach_by_hand(&self, volume: &str, node: &str) -> Result<(), InjectionError> {
        machines::detach(&self.0.reach, volume, node)
    }

    /// Takes a snapshot of a claim's volume, or deletes all that it has, as an administrator would.
    pub(crate) fn snapshot_by_hand(&self, vcenter: &str, volume: &str, action: SnapshotAction) -> Result<(), InjectionError> {
        self.0.reach.on_vcenter(vcenter, |world, now| match action {
            SnapshotAction::Take => world.take_snapshot_out_of_band(now, volume),
            SnapshotAction::Delete => world.delete_snapshots_out_of_band(now, volume),
        })
    }

    /// Does something to a disk that was there beforehand, as an administrator would.
    pub(crate) fn disk_by_hand(&self, disk: &str, action: DiskAction) -> Result<(), InjectionError> {
        let mut vcenters = self.0.reach.scenario.world.vcenters.iter();
        let home = vcenters.find(|vcenter| vcenter.disks.iter().any(|known| known.name.value == disk));
        let home = home.ok_or_else(|| InjectionError::NoDisk { disk: disk.to_owned() })?;
        self.0.reach.on_vcenter(&home.name, |world, now| match action {
            DiskAction::Register => world.register_out_of_band(now, disk),
            DiskAction::Delete => world.delete_disk_out_of_band(now, disk),
        })
    }

    /// Changes what VMware Tools tell of a node's guest.
    pub(crate) fn guest_tells(&self, step: &GuestTells) -> Result<(), InjectionError> {
        machines::tell(&self.0.reach, step)
    }

    /// Puts tags on an object.
    pub(crate) fn tag(&self, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
        tags::put(&self.0.reach, on, tags)
    }

    /// Takes tags off an object.
    pub(crate) fn untag(&self, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
        tags::take(&self.0.reach, on, tags)
    }

    /// Lets the next tasks of a method fail.
    pub(crate) fn fail_next_tasks(&self, vcenter: &str, fault: TaskFault) -> Result<(), InjectionError> {
        self.0.reach.on_vcenter(vcenter, |world, _| {
            world.fail_next_tasks(fault);
            Ok(())
        })
    }

    /// Lets the next task of a method take so much longer.
    pub(crate) fn slow_next_task(&self, vcenter: &str, method: Method, by: Duration) -> Result<(), InjectionError> {
        self.0.reach.on_vcenter(vcenter, |world, _| {
            world.slow_next_task(method, by);
            Ok(())
        })
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the state is locked")
    }

    fn record_outage(&self, what: &str, state: OutageState) {
        self.reach.network.journal().record(Event::Outage { what: what.to_owned(), state });
    }
}
