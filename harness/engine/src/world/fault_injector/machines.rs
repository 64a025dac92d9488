//! Virtual machines of nodes: switched, moved, destroyed and created, and volumes that are attached to them by hand.

use fake_vcenter_world as vsphere;
use seatrial_scenario::{GuestTells, PowerState};

use super::error::InjectionError;
use super::reach::Reach;
use crate::world::names::DATACENTER;
use crate::world::vcenter::{adapters, node_vm};

/// Switches a node's VM.
pub(super) fn power(reach: &Reach, node: &str, state: PowerState) -> Result<(), InjectionError> {
    let wanted = match state {
        PowerState::On => vsphere::PowerState::PoweredOn,
        PowerState::Off => vsphere::PowerState::PoweredOff,
    };
    reach.on_vm(node, |world, now, vm| world.set_power(now, vm, wanted))
}

/// Moves a node's VM to the first host that lives of another cluster of its vCenter.
pub(super) fn relocate(reach: &Reach, node: &str, cluster: &str) -> Result<(), InjectionError> {
    let host = reach.node(node)?.vcenter.with_world(|world| world.hosts_for_machines(cluster).into_iter().next());
    let host = host.ok_or_else(|| InjectionError::NoLivingHost { place: format!("cluster {cluster}") })?;
    reach.on_vm(node, |world, now, vm| world.move_vm(now, vm, &host))
}

/// Adds a host to a cluster, beside those that are there.
pub(super) fn add_host(reach: &Reach, vcenter: &str, cluster: &str) -> Result<(), InjectionError> {
    reach.on_vcenter(vcenter, |world, now| world.add_host(now, cluster).map(drop))
}

/// Removes a node's VM.
pub(super) fn destroy(reach: &Reach, node: &str) -> Result<(), InjectionError> {
    reach.on_vm(node, vsphere::World::destroy_vm)
}

/// Creates a node's VM anew, where the world's description wants it.
pub(super) fn create(reach: &Reach, node: &str) -> Result<(), InjectionError> {
    let homes = reach.scenario.world.homes();
    let place = homes.iter().position(|home| home.node.name.value == node);
    let place = place.ok_or_else(|| InjectionError::NoNode { node: node.to_owned() })?;
    let config = node_vm(place, &homes[place]);
    let vcenter = &reach.node(node)?.vcenter;
    let now = vcenter.now();
    vcenter.with_world(|world| {
        if world.vm_named(node).is_some() {
            return Err(InjectionError::VmExists { node: node.to_owned() });
        }
        world.create_vm(now, &config, DATACENTER)?;
        Ok(())
    })
}

/// Changes what VMware Tools tell of a node's guest.
pub(super) fn tell(reach: &Reach, step: &GuestTells) -> Result<(), InjectionError> {
    reach.on_vm(&step.vm, |world, now, vm| {
        let Some(mut guest) = world.guest(vm) else { return Ok(()) };
        if let Some(name) = &step.host_name {
            guest.host_name = Some(name.value.clone());
        }
        let guest = match &step.nics {
            Some(nics) => guest.with_adapters(adapters(nics)),
            None => guest,
        };
        world.set_guest(now, vm, guest)
    })
}

/// Detaches a volume from a node's VM as an administrator would.
pub(super) fn detach(reach: &Reach, volume: &str, node: &str) -> Result<(), InjectionError> {
    reach.on_vm(node, |world, now, vm| world.detach_out_of_band(now, volume, vm))
}

/// Attaches a volume to a node's VM as an administrator would.
pub(super) fn attach(reach: &Reach, volume: &str, node: &str) -> Result<(), InjectionError> {
    reach.on_vm(node, |world, now, vm| world.attach_out_of_band(now, volume, vm))
}
