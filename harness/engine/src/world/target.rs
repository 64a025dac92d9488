//! What `fail` takes away and `heal` brings back, target by target.

use fake_vcenter_world as vsphere;
use seatrial_scenario::{Service, Target};
use vsphere_types::MoRef;

use super::fault_injector::{InjectionError, Inner};
use super::kubernetes::API_SERVER;
use super::node::{kubelet, plugin};
use crate::supervisor::Why;

/// Which way something goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Away,
    Back,
}

/// Takes something away; answers the hosts that went with it.
pub(super) fn fail(injector: &Inner, target: &Target) -> Result<Vec<(String, MoRef)>, InjectionError> {
    let hosts = hosts(injector, target)?;
    send(injector, target, &hosts, Way::Away)?;
    Ok(hosts)
}

/// Brings it back, with the hosts that went with it.
pub(super) fn heal(injector: &Inner, target: &Target, hosts: &[(String, MoRef)]) -> Result<(), InjectionError> {
    send(injector, target, hosts, Way::Back)
}

fn send(injector: &Inner, target: &Target, hosts: &[(String, MoRef)], way: Way) -> Result<(), InjectionError> {
    let back = way == Way::Back;
    match target {
        Target::HostOf(_) | Target::Zone(_) if hosts.is_empty() && !back => Err(format!("{target} has no host that lives")),
        Target::HostOf(_) | Target::Zone(_) => hosts.iter().try_for_each(|(vcenter, host)| {
            on_vcenter(injector, vcenter, |world, now| if back { world.recover_host(now, host) } else { world.fail_host(now, host) })
        }),
        Target::VCenter(process) | Target::Process(process) => hold(injector, process, way),
        Target::Kubelet(node) => hold(injector, &kubelet(node), way),
        Target::Service { service, vcenter } => on_vcenter(injector, vcenter, |world, now| {
            let service = service_of(service.value);
            if back {
                world.start_service(now, service);
            } else {
                world.stop_service(now, service);
            }
            Ok(())
        }),
        Target::KeyProvider { provider, vcenter } => {
            on_vcenter(injector, vcenter, |world, now| world.set_key_provider_available(now, provider, back))
        }
        Target::Datastore { datastore, vcenter } => set_accessible(injector, datastore, vcenter, back),
        Target::NetworkOf(node) => {
            injector.vcenter_of(node)?;
            let network = &injector.network;
            for process in [kubelet(node), plugin(node)] {
                if back { network.mend(&process, API_SERVER) } else { network.cut(&process, API_SERVER) }
            }
            Ok(())
        }
        Target::Sessions(name) if back => Err(format!("the sessions of {name} have ended: there is nothing to heal")),
        Target::Sessions(name) => on_vcenter(injector, name, |world, now| {
            world.end_all_sessions(now);
            Ok(())
        }),
        Target::GuestTools(node) => injector.on_vm(node, |world, now, vm| set_tools(world, now, vm, back)),
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

fn hold(injector: &Inner, process: &str, way: Way) -> Result<(), InjectionError> {
    let supervisor = &injector.supervisor;
    match way {
        Way::Away if !supervisor.knows(process) => return Err(format!("there is no process {process} in this world")),
        Way::Away => supervisor.hold_down(process, Why::Failed),
        Way::Back if !supervisor.is_held_down(process) => return Err(format!("{process} has not failed: there is nothing to heal")),
        Way::Back => supervisor.let_go(process, Why::Failed),
    }
    Ok(())
}

fn on_vcenter(
    injector: &Inner,
    name: &str,
    act: impl FnOnce(&mut vsphere::World, jiff::Timestamp) -> Result<(), vsphere_types::Fault>,
) -> Result<(), InjectionError> {
    let vcenter = injector.vcenter(name)?;
    let now = vcenter.now();
    vcenter.with_world(|world| act(world, now)).map_err(|fault| fault.message)
}

fn set_accessible(injector: &Inner, datastore: &str, vcenter: &str, accessible: bool) -> Result<(), InjectionError> {
    on_vcenter(injector, vcenter, |world, now| {
        let found = world.datastores().into_iter().filter(|facts| facts.name == datastore);
        found.into_iter().try_for_each(|facts| world.set_datastore_accessible(now, &facts.datastore, accessible))
    })
}

/// The hosts that a target means now.
fn hosts(injector: &Inner, target: &Target) -> Result<Vec<(String, MoRef)>, InjectionError> {
    match target {
        Target::HostOf(node) => {
            let home = injector.scenario.world.home(node).ok_or_else(|| format!("there is no node {node}"))?;
            let vm = injector.vcenter_of(node)?.with_world(|world| world.vm_named(node));
            let vm = vm.ok_or_else(|| format!("there is no VM {node}"))?;
            Ok(vec![(home.vcenter.name.value.clone(), vm.host)])
        }
        Target::Zone(zone) => {
            let mut found = Vec::new();
            for (vcenter, cluster) in injector.scenario.world.clusters_in_zone(zone) {
                let name = &vcenter.name.value;
                let Some(server) = injector.vcenters.get(name) else { continue };
                let hosts = server.with_world(|world| world.living_hosts_of(&cluster.name));
                found.extend(hosts.into_iter().map(|host| (name.clone(), host)));
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

fn set_tools(world: &mut vsphere::World, now: jiff::Timestamp, vm: &MoRef, running: bool) -> Result<(), vsphere_types::Fault> {
    let Some(guest) = world.guest(vm) else { return Ok(()) };
    world.set_guest(now, vm, vsphere::GuestState { tools_running: running, ..guest })
}
