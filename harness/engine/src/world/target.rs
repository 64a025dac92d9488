//! What `fail` takes away and `heal` brings back, target by target.

use fake_vcenter_types::MoRef;
use fake_vcenter_world as vsphere;
use seatrial_scenario::{Service, Target};

use super::kubernetes::API_SERVER;
use super::node::{kubelet, plugin};
use super::powers::{Inner, Objection};
use crate::supervisor::Why;

/// Takes something away; answers the hosts that went with it.
pub(super) fn fail(powers: &Inner, target: &Target) -> Result<Vec<(String, MoRef)>, Objection> {
    let hosts = hosts(powers, target)?;
    for (vcenter, host) in &hosts {
        on_vcenter(powers, vcenter, |world, now| world.fail_host(now, host))?;
    }
    if hosts.is_empty() {
        fail_others(powers, target)?;
    }
    Ok(hosts)
}

fn fail_others(powers: &Inner, target: &Target) -> Result<(), Objection> {
    match target {
        Target::HostOf(_) | Target::Zone(_) => Err(format!("{target} has no host that lives")),
        Target::VCenter(name) => hold_down(powers, name),
        Target::Service { service, vcenter } => on_vcenter(powers, vcenter, |world, now| {
            world.stop_service(now, service_of(service.value));
            Ok(())
        }),
        Target::KeyProvider { provider, vcenter } => {
            on_vcenter(powers, vcenter, |world, now| world.set_key_provider_available(now, provider, false))
        }
        Target::Datastore { datastore, vcenter } => set_accessible(powers, datastore, vcenter, false),
        Target::NetworkOf(node) => {
            powers.vcenter_of(node)?;
            for process in [kubelet(node), plugin(node)] {
                powers.network.cut(&process, API_SERVER);
            }
            Ok(())
        }
        Target::Kubelet(node) => hold_down(powers, &kubelet(node)),
        Target::Sessions(name) => on_vcenter(powers, name, |world, now| {
            world.end_all_sessions(now);
            Ok(())
        }),
        Target::GuestTools(node) => powers.on_vm(node, |world, now, vm| set_tools(world, now, vm, false)),
        Target::Process(name) => hold_down(powers, name),
    }
}

/// Brings it back, with the hosts that went with it.
pub(super) fn heal(powers: &Inner, target: &Target, hosts: &[(String, MoRef)]) -> Result<(), Objection> {
    match target {
        Target::HostOf(_) | Target::Zone(_) => {
            hosts.iter().try_for_each(|(vcenter, host)| on_vcenter(powers, vcenter, |world, now| world.recover_host(now, host)))
        }
        Target::VCenter(name) => let_go(powers, name),
        Target::Service { service, vcenter } => on_vcenter(powers, vcenter, |world, now| {
            world.start_service(now, service_of(service.value));
            Ok(())
        }),
        Target::KeyProvider { provider, vcenter } => {
            on_vcenter(powers, vcenter, |world, now| world.set_key_provider_available(now, provider, true))
        }
        Target::Datastore { datastore, vcenter } => set_accessible(powers, datastore, vcenter, true),
        Target::NetworkOf(node) => {
            powers.vcenter_of(node)?;
            for process in [kubelet(node), plugin(node)] {
                powers.network.mend(&process, API_SERVER);
            }
            Ok(())
        }
        Target::Kubelet(node) => let_go(powers, &kubelet(node)),
        Target::Sessions(name) => Err(format!("the sessions of {name} have ended: there is nothing to heal")),
        Target::GuestTools(node) => powers.on_vm(node, |world, now, vm| set_tools(world, now, vm, true)),
        Target::Process(name) => let_go(powers, name),
    }
}

fn service_of(service: Service) -> vsphere::Service {
    match service {
        Service::Vpxd => vsphere::Service::Vpxd,
        Service::Cns => vsphere::Service::VsanHealth,
        Service::Sps => vsphere::Service::Sps,
        Service::Vapi => vsphere::Service::Vapi,
    }
}

fn hold_down(powers: &Inner, process: &str) -> Result<(), Objection> {
    if !powers.supervisor.knows(process) {
        return Err(format!("there is no process {process} in this world"));
    }
    powers.supervisor.hold_down(process, Why::Failed);
    Ok(())
}

fn let_go(powers: &Inner, process: &str) -> Result<(), Objection> {
    if !powers.supervisor.is_held_down(process) {
        return Err(format!("{process} has not failed: there is nothing to heal"));
    }
    powers.supervisor.let_go(process, Why::Failed);
    Ok(())
}

fn on_vcenter(
    powers: &Inner,
    name: &str,
    act: impl FnOnce(&mut vsphere::World, jiff::Timestamp) -> Result<(), fake_vcenter_types::Fault>,
) -> Result<(), Objection> {
    let vcenter = powers.vcenters.get(name).ok_or_else(|| format!("there is no vCenter {name}"))?;
    let now = vcenter.now();
    vcenter.with_world(|world| act(world, now)).map_err(|fault| fault.message)
}

fn set_accessible(powers: &Inner, datastore: &str, vcenter: &str, accessible: bool) -> Result<(), Objection> {
    on_vcenter(powers, vcenter, |world, now| {
        let found = world.datastores().into_iter().filter(|facts| facts.name == datastore);
        found.into_iter().try_for_each(|facts| world.set_datastore_accessible(now, &facts.datastore, accessible))
    })
}

/// The hosts that a target means now.
fn hosts(powers: &Inner, target: &Target) -> Result<Vec<(String, MoRef)>, Objection> {
    match target {
        Target::HostOf(node) => {
            let home = powers.scenario.world.home(node).ok_or_else(|| format!("there is no node {node}"))?;
            let vm = powers.vcenter_of(node)?.with_world(|world| world.vm_named(node));
            let vm = vm.ok_or_else(|| format!("there is no VM {node}"))?;
            Ok(vec![(home.vcenter.name.value.clone(), vm.host)])
        }
        Target::Zone(zone) => {
            let mut found = Vec::new();
            for (vcenter, cluster) in powers.scenario.world.clusters_in_zone(zone) {
                let name = &vcenter.name.value;
                let Some(server) = powers.vcenters.get(name) else { continue };
                let hosts = server.with_world(|world| world.living_hosts_of(&cluster.name));
                found.extend(hosts.into_iter().map(|host| (name.clone(), host)));
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

fn set_tools(world: &mut vsphere::World, now: jiff::Timestamp, vm: &MoRef, running: bool) -> Result<(), fake_vcenter_types::Fault> {
    let Some(guest) = world.guest(vm) else { return Ok(()) };
    world.set_guest(now, vm, vsphere::GuestState { tools_running: running, ..guest })
}
