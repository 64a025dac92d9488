//! What happens to hosts: failure, recovery, and HA, which restarts elsewhere what ran on a host that failed.
//!
//! A host that fails takes its machines with it at once; vCenter learns of it 15 to 18 seconds later, when the HA master
//! calls the host dead for want of heartbeats, and shows it as not responding and its machines as disconnected, powered
//! on as last known. With HA each machine is back within one to three minutes of the failure, on another host of the
//! cluster that answers, mounts what the machine lies on and gets its keys: the same machine with the same disks in the
//! same slots, booted once more. Where no host will do, HA looks again whenever a host, a datastore or a key provider comes
//! back. Without HA the machine stays where it was: nothing attached to it can be detached, until its host comes back,
//! with the machine switched off (unverified).
//!
//! A host for maintenance is emptied first: what runs on it moves to other hosts of its cluster, as DRS has it, and what is off stays.
//! Where a machine can go nowhere, the host does not enter maintenance mode at all (a real one waits for it). In maintenance a host takes
//! no machine and starts none.
//! Not modelled: admission control, priorities, isolation, partitions, machine monitoring, DRS beyond that, what vSAN does with its data.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seatrial_seed::Generator;
use vsphere_types::{Fault, HostNotConnected, InvalidHostState, MoRef, ResourceInUse, TypedFault};

use crate::fault;
use crate::machines::{power, vmotion};
use crate::schedule::Step;
use crate::state::{Host, HostConnection, PowerState, VmMark, number_of};
use crate::world::World;

/// A host fails: power is gone.
pub fn fail(world: &mut World, host: &MoRef) -> Result<(), Fault> {
    let now = world.now();
    let mut draws = draws(world, host);
    let detection = world.config.latency.failure_detection.draw(&mut draws);
    let record = world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?;
    if record.failed.is_some() {
        return Ok(());
    }
    record.failed = Some(now);
    record.key_cache = BTreeSet::new();
    let ha = world.parts.state.clusters.get(&world.parts.state.parent_of(host).cloned().unwrap_or_else(|| host.clone()));
    let ha = ha.is_some_and(|cluster| cluster.ha);
    world.schedule.at(now + detection, Step::NoticeFailure(host.clone(), now));
    for vm in world.parts.state.vms_by(&VmMark::At(host.clone()), |vm| vm.power == PowerState::PoweredOn) {
        if ha {
            if let Some(record) = world.parts.state.vms.get_mut(&vm) {
                record.restart_owed = true;
            }
            schedule_restart(world, &vm, now);
        }
    }
    Ok(())
}

fn draws(world: &World, object: &MoRef) -> Generator {
    world.seed.child("failure").child(&object.id).child(&world.now().to_string()).generator()
}

fn schedule_restart(world: &mut World, vm: &MoRef, from: Timestamp) {
    let mut draws = draws(world, vm);
    let due = from + world.config.latency.ha_restart.draw(&mut draws);
    world.schedule.at(due, Step::RestartVm(vm.clone()));
}

/// vCenter learns that a host is gone, if it still is.
pub fn notice(world: &mut World, host: &MoRef, failed: Timestamp) {
    let still = world.parts.state.hosts.get(host).is_some_and(|record| record.failed == Some(failed));
    if let Some(record) = world.parts.state.hosts.get_mut(host).filter(|_| still) {
        record.connection = HostConnection::NotResponding;
    }
}

/// HA restarts a machine, if it still owes it that and a host will do.
pub fn restart(world: &mut World, vm: &MoRef) {
    if !world.parts.state.vms.get(vm).is_some_and(|record| record.restart_owed) {
        return;
    }
    for host in candidates(world, vm) {
        let before = world.parts.state.vms.get(vm).map(|record| record.host.clone());
        if let Some(record) = world.parts.state.vms.get_mut(vm) {
            record.host = host;
        }
        if power::boot(world, vm).is_ok() {
            return;
        }
        if let (Some(record), Some(before)) = (world.parts.state.vms.get_mut(vm), before) {
            record.host = before;
        }
    }
}

/// A host's machines that run go elsewhere, and it is in maintenance mode.
pub fn enter_maintenance(world: &mut World, host: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?;
    if !record.reachable() {
        return Err(HostNotConnected::default().fault());
    }
    record.maintenance = true;
    for vm in world.parts.state.vms_by(&VmMark::At(host.clone()), |vm| vm.power == PowerState::PoweredOn) {
        let places = candidates(world, &vm);
        if !places.iter().any(|place| vmotion::migrate(world, &vm, place).is_ok()) {
            let name = |object: &MoRef| world.parts.state.name_of(object).unwrap_or_default().to_owned();
            let text = format!("{} cannot enter maintenance mode: no other host of its cluster takes {}.", name(host), name(&vm));
            return Err(InvalidHostState { host: Some(host.clone()), ..InvalidHostState::default() }.fault_with(text));
        }
    }
    Ok(())
}

/// A host leaves maintenance mode. What has left it does not come back by itself.
pub fn exit_maintenance(world: &mut World, host: &MoRef) -> Result<(), Fault> {
    world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?.maintenance = false;
    look_again(world);
    Ok(())
}

/// A host unmounts a datastore, which it cannot while a machine on it has something there, or mounts it again.
pub fn set_mounted(world: &mut World, host: &MoRef, datastore: &MoRef, mounted: bool) -> Result<(), Fault> {
    let state = &world.parts.state;
    let name = state.name_of(datastore).ok_or_else(|| fault::not_found(datastore))?.to_owned();
    if !mounted && state.vms_at(host).iter().any(|vm| state.datastores_of(vm).contains(datastore)) {
        let fault = ResourceInUse { kind: Some("Datastore".to_owned()), name: Some(name.clone()), ..ResourceInUse::default() };
        return Err(fault.fault_with(format!("The resource '{name}' is in use.")));
    }
    let record = world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?;
    record.datastores.retain(|known| known != datastore);
    if mounted {
        record.datastores.push(datastore.clone());
        record.datastores.sort_by_key(number_of);
        look_again(world);
    }
    Ok(())
}

/// The hosts of the machine's cluster that would do, the emptiest first.
fn candidates(world: &World, vm: &MoRef) -> Vec<MoRef> {
    let state = &world.parts.state;
    let Some(cluster) = state.vms.get(vm).and_then(|record| state.parent_of(&record.host)) else { return Vec::new() };
    let needed = state.datastores_of(vm);
    let there = needed.iter().all(|datastore| state.datastores.get(datastore).is_some_and(|record| record.accessible));
    let will_do = |host: &Host| host.takes_machines() && needed.iter().all(|datastore| host.datastores.contains(datastore));
    let mut hosts: Vec<MoRef> =
        state.hosts_of(cluster).into_iter().filter(|host| there && state.hosts.get(host).is_some_and(will_do)).collect();
    hosts.sort_by_key(|host| (state.vms_at(host).len(), number_of(host)));
    hosts
}

/// HA looks again after what it could not restart: something has come back.
pub fn look_again(world: &mut World) {
    let now = world.now();
    for vm in world.parts.state.vms_where(|_, vm| vm.restart_owed) {
        schedule_restart(world, &vm, now);
    }
}

/// A failed host boots and connects. What ran on it is off; what HA owes a restart gets it, here or elsewhere.
pub fn recover(world: &mut World, host: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?;
    if record.failed.is_none() {
        return Ok(());
    }
    record.failed = None;
    record.connection = HostConnection::Connected;
    for vm in world.parts.state.vms_at(host) {
        if let Some(record) = world.parts.state.vms.get_mut(&vm) {
            record.power = PowerState::PoweredOff;
            record.boot_time = None;
        }
    }
    look_again(world);
    Ok(())
}
