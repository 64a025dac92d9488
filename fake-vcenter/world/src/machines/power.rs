//! Power of virtual machines.
//!
//! Modelled: on, off, reset, boots counted, the need of keys and of a host that answers. Not modelled: suspend, shutdown
//! by the guest, resources that do not suffice. A client could notice that Tools tell of the guest as soon as it is on.

use vsphere_types::{Fault, HostNotConnected, InvalidHostState, MoRef, TypedFault};

use crate::crypto::keys;
use crate::fault;
use crate::state::{PowerChange, PowerState, State};
use crate::world::World;

/// The VM's host must be there to do anything.
pub fn host_must_answer(state: &State, vm: &MoRef) -> Result<(), Fault> {
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    match state.hosts.get(&record.host) {
        Some(host) if !host.reachable() => Err(HostNotConnected::default().fault()),
        _ => Ok(()),
    }
}

/// A host in maintenance mode starts nothing.
pub fn host_must_start(state: &State, vm: &MoRef) -> Result<(), Fault> {
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    match state.hosts.get(&record.host) {
        Some(host) if host.maintenance => Err(InvalidHostState { host: Some(record.host.clone()), ..InvalidHostState::default() }.fault()),
        _ => Ok(()),
    }
}

/// Changes a VM's power as a client asks.
pub fn change(world: &mut World, vm: &MoRef, change: &PowerChange) -> Result<(), Fault> {
    let power = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?.power;
    let (wanted, needed) = match change {
        PowerChange::On { .. } => (PowerState::PoweredOn, PowerState::PoweredOff),
        PowerChange::Off => (PowerState::PoweredOff, PowerState::PoweredOn),
        PowerChange::Reset => (PowerState::PoweredOn, PowerState::PoweredOn),
    };
    if power != needed {
        return Err(fault::invalid_power_state(wanted, power));
    }
    if let PowerChange::On { host: Some(host) } = change {
        if !world.parts.state.hosts.contains(host) {
            return Err(fault::not_found(host));
        }
        if let Some(record) = world.parts.state.vms.get_mut(vm) {
            record.host = host.clone();
        }
    }
    host_must_answer(&world.parts.state, vm)?;
    match wanted {
        PowerState::PoweredOn => {
            host_must_start(&world.parts.state, vm)?;
            boot(world, vm)
        }
        PowerState::PoweredOff => {
            stop(world, vm);
            Ok(())
        }
    }
}

/// Boots a VM on the host that it is on; one that runs boots anew.
pub fn boot(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let host = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?.host.clone();
    let locks = world.parts.state.locks_of(vm);
    keys::bring(world, &host, &locks)?;
    let now = world.now();
    if let Some(record) = world.parts.state.vms.get_mut(vm) {
        record.power = PowerState::PoweredOn;
        record.boot_time = Some(now);
        record.boot_id += 1;
        record.restart_owed = false;
    }
    Ok(())
}

/// Switches a VM off.
pub fn stop(world: &mut World, vm: &MoRef) {
    if let Some(record) = world.parts.state.vms.get_mut(vm) {
        record.power = PowerState::PoweredOff;
        record.boot_time = None;
        record.restart_owed = false;
    }
}
