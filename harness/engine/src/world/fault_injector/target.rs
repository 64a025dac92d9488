//! What `fail` takes away and `heal` brings back, target by target.
//!
//! A target is found before it is touched: what is not there changes nothing.

use fake_vcenter_world as vsphere;
use jiff::Timestamp;
use seatrial_scenario::{Service, Target};
use vsphere_types::MoRef;

use super::error::InjectionError;
use super::reach::{Reach, no_vm};
use crate::supervisor::Why;
use crate::world::names::{API_SERVER, kubelet, plugin, vcenter_address};

/// What a target means at this instant.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// Hosts, each with its vCenter.
    Hosts(Vec<(String, MoRef)>),
    Maintenance {
        vcenter: String,
        host: MoRef,
    },
    /// Datastores at a host.
    Mount {
        vcenter: String,
        host: MoRef,
        datastores: Vec<MoRef>,
    },
    Process(String),
    Service {
        service: vsphere::Service,
        vcenter: String,
    },
    KeyProvider {
        provider: String,
        vcenter: String,
    },
    Datastores {
        datastores: Vec<MoRef>,
        vcenter: String,
    },
    /// Datastores that something else fills.
    Space {
        datastores: Vec<MoRef>,
        vcenter: String,
    },
    /// The ways of these processes to an address.
    Network {
        processes: Vec<String>,
        address: String,
    },
    Sessions {
        vcenter: String,
    },
    TasksOfCns {
        vcenter: String,
    },
    Password {
        vcenter: String,
    },
    GuestTools {
        node: String,
    },
}

/// Which way something goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Away,
    Back,
}

/// Looks for what a target means.
pub(super) fn find(reach: &Reach, target: &Target) -> Result<Found, InjectionError> {
    let found = match target {
        Target::HostOf(node) => Found::Hosts(vec![host_of(reach, node)?]),
        Target::MaintenanceOf(node) => {
            let (vcenter, host) = host_of(reach, node)?;
            Found::Maintenance { vcenter, host }
        }
        Target::Mount { datastore, node } => {
            let (vcenter, host) = host_of(reach, node)?;
            Found::Mount { datastores: datastores(reach, datastore, &vcenter)?, vcenter, host }
        }
        Target::Zone(zone) => match hosts_in(reach, zone) {
            none if none.is_empty() => return Err(InjectionError::NoLivingHost { place: target.to_string() }),
            hosts => Found::Hosts(hosts),
        },
        Target::VCenter(process) | Target::Process(process) => Found::Process(known(reach, &process.value)?),
        Target::Kubelet(node) => Found::Process(known(reach, &kubelet(node))?),
        Target::Service { service, vcenter } => {
            reach.vcenter(vcenter)?;
            Found::Service { service: service_of(service.value), vcenter: vcenter.value.clone() }
        }
        Target::KeyProvider { provider, vcenter } => key_provider(reach, provider, vcenter)?,
        Target::Datastore { datastore, vcenter } => {
            Found::Datastores { datastores: datastores(reach, datastore, vcenter)?, vcenter: vcenter.value.clone() }
        }
        Target::SpaceOn { datastore, vcenter } => {
            Found::Space { datastores: datastores(reach, datastore, vcenter)?, vcenter: vcenter.value.clone() }
        }
        Target::NetworkOf(node) => {
            reach.node(node)?;
            Found::Network { processes: vec![kubelet(node), plugin(node)], address: API_SERVER.to_owned() }
        }
        Target::NetworkFrom { process, vcenter } => {
            reach.vcenter(vcenter)?;
            Found::Network { processes: vec![known(reach, &process.value)?], address: vcenter_address(vcenter) }
        }
        Target::Sessions(vcenter) => {
            reach.vcenter(vcenter)?;
            Found::Sessions { vcenter: vcenter.value.clone() }
        }
        Target::TasksOfCns(vcenter) => {
            reach.vcenter(vcenter)?;
            Found::TasksOfCns { vcenter: vcenter.value.clone() }
        }
        Target::Password(vcenter) => {
            reach.vcenter(vcenter)?;
            Found::Password { vcenter: vcenter.value.clone() }
        }
        Target::GuestTools(node) => {
            // Nothing is changed: it is only seen whether there is a VM.
            reach.on_vm(node, |_, _, _| Ok(()))?;
            Found::GuestTools { node: node.value.clone() }
        }
    };
    Ok(found)
}

/// Takes away or brings back what was found.
pub(super) fn send(reach: &Reach, found: &Found, way: Way) -> Result<(), InjectionError> {
    let back = way == Way::Back;
    match found {
        Found::Hosts(hosts) => hosts.iter().try_for_each(|(vcenter, host)| {
            reach.on_vcenter(vcenter, |world, now| if back { world.recover_host(now, host) } else { world.fail_host(now, host) })
        }),
        Found::Maintenance { vcenter, host } => reach.on_vcenter(vcenter, |world, now| world.set_maintenance(now, host, !back)),
        Found::Mount { vcenter, host, datastores } => reach
            .on_vcenter(vcenter, |world, now| datastores.iter().try_for_each(|datastore| world.set_mounted(now, host, datastore, back))),
        Found::Process(process) if back => {
            reach.supervisor.let_go(process, Why::Failed);
            Ok(())
        }
        Found::Process(process) => {
            reach.supervisor.hold_down(process, Why::Failed);
            Ok(())
        }
        Found::Service { service, vcenter } => reach.on_vcenter(vcenter, |world, now| {
            if back {
                world.start_service(now, *service);
            } else {
                world.stop_service(now, *service);
            }
            Ok(())
        }),
        Found::KeyProvider { provider, vcenter } => {
            reach.on_vcenter(vcenter, |world, now| world.set_key_provider_available(now, provider, back))
        }
        Found::Datastores { datastores, vcenter } => reach.on_vcenter(vcenter, |world, now| {
            datastores.iter().try_for_each(|datastore| world.set_datastore_accessible(now, datastore, back))
        }),
        Found::Space { datastores, vcenter } => reach
            .on_vcenter(vcenter, |world, now| datastores.iter().try_for_each(|datastore| world.set_datastore_full(now, datastore, !back))),
        Found::Network { processes, address } => {
            for process in processes {
                if back { reach.network.mend(process, address) } else { reach.network.cut(process, address) }
            }
            Ok(())
        }
        Found::Sessions { vcenter } => reach.on_vcenter(vcenter, |world, now| {
            world.end_all_sessions(now);
            Ok(())
        }),
        Found::TasksOfCns { vcenter } => reach.on_vcenter(vcenter, |world, now| {
            world.fail_tasks_of_cns(now);
            Ok(())
        }),
        Found::Password { vcenter } => reach.on_vcenter(vcenter, |world, now| {
            world.change_passwords(now, !back);
            Ok(())
        }),
        Found::GuestTools { node } => reach.on_vm(node, |world, now, vm| set_tools(world, now, vm, back)),
    }
}

fn host_of(reach: &Reach, node: &str) -> Result<(String, MoRef), InjectionError> {
    let home = reach.scenario.world.home(node).ok_or_else(|| InjectionError::NoNode { node: node.to_owned() })?;
    let vm = reach.node(node)?.vcenter.with_world(|world| world.vm_named(node));
    Ok((home.vcenter.name.value.clone(), vm.ok_or_else(|| no_vm(node))?.host))
}

/// The hosts of a zone that live.
fn hosts_in(reach: &Reach, zone: &str) -> Vec<(String, MoRef)> {
    let mut found = Vec::new();
    for (vcenter, cluster) in reach.scenario.world.clusters_in_zone(zone) {
        let name = &vcenter.name.value;
        let Some(server) = reach.vcenters.get(name) else { continue };
        let hosts = server.with_world(|world| world.living_hosts_of(&cluster.name));
        found.extend(hosts.into_iter().map(|host| (name.clone(), host)));
    }
    found
}

fn known(reach: &Reach, process: &str) -> Result<String, InjectionError> {
    if reach.supervisor.knows(process) {
        return Ok(process.to_owned());
    }
    Err(InjectionError::NoProcess { process: process.to_owned() })
}

fn key_provider(reach: &Reach, provider: &str, vcenter: &str) -> Result<Found, InjectionError> {
    reach.vcenter(vcenter)?;
    let described = reach.scenario.world.vcenters.iter().filter(|described| described.name.value == vcenter);
    let (provider, vcenter) = (provider.to_owned(), vcenter.to_owned());
    if described.flat_map(|described| &described.key_providers).any(|known| known.name.value == provider) {
        Ok(Found::KeyProvider { provider, vcenter })
    } else {
        Err(InjectionError::NoKeyProvider { provider, vcenter })
    }
}

fn datastores(reach: &Reach, datastore: &str, vcenter: &str) -> Result<Vec<MoRef>, InjectionError> {
    let all = reach.vcenter(vcenter)?.with_world(|world| world.datastores());
    let datastores: Vec<MoRef> = all.into_iter().filter(|facts| facts.name == datastore).map(|facts| facts.datastore).collect();
    if datastores.is_empty() {
        return Err(InjectionError::NoDatastore { datastore: datastore.to_owned(), vcenter: vcenter.to_owned() });
    }
    Ok(datastores)
}

fn service_of(service: Service) -> vsphere::Service {
    match service {
        Service::Vpxd => vsphere::Service::Vpxd,
        Service::Cns => vsphere::Service::VsanHealth,
        Service::Sps => vsphere::Service::Sps,
        Service::Vapi => vsphere::Service::Vapi,
    }
}

fn set_tools(world: &mut vsphere::World, now: Timestamp, vm: &MoRef, running: bool) -> Result<(), vsphere_types::Fault> {
    let Some(guest) = world.guest(vm) else { return Ok(()) };
    world.set_guest(now, vm, vsphere::GuestState { tools_running: running, ..guest })
}
