//! VirtualMachine.
//!
//! Modelled: identity, placement, power, guest names and addresses, and the hardware that drivers look at: controllers,
//! disks (those that are volumes are views of the volumes' records), one network card. Not modelled: snapshots, load,
//! the layout of files; what a client can reconfigure is listed in `machines/reconfigure`. A client could notice that statistics are unset.

mod config;
mod devices;
mod guest;
mod part;
mod summary;

use vsphere_types::{ManagedEntityStatus, MoRef, Value};

pub use part::part;

use super::Look;
use super::value::{data, member, reference, references};
use crate::state::{PowerState, VirtualMachine};

/// The guest that all VMs have.
const GUEST_ID: &str = "other5xLinux64Guest";
/// Its name.
const GUEST_NAME: &str = "Other 5.x or later Linux (64-bit)";
/// Virtual hardware.
const HARDWARE_VERSION: &str = "vmx-19";
/// Processors.
const CPUS: i32 = 4;
/// Memory.
const MEMORY_MB: i32 = 16_384;

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, vm: &VirtualMachine, name: &str) -> Option<Value> {
    match name {
        "config" => Some(data(config::config(look, object, vm))),
        "runtime" => Some(data(summary::runtime(look, vm))),
        "guest" => Some(data(guest::guest(look, vm))),
        "summary" => Some(data(summary::summary(look, object, vm))),
        "resourcePool" => Some(reference(&vm.pool)),
        "datastore" => Some(references(look.state.datastores_of(object))),
        "network" => Some(references([vm.network.clone()])),
        "guestHeartbeatStatus" => Some(member("ManagedEntityStatus", heartbeat(vm).wire_name())),
        _ => None,
    }
}

fn heartbeat(vm: &VirtualMachine) -> ManagedEntityStatus {
    match vm.power {
        PowerState::PoweredOn => ManagedEntityStatus::Green,
        PowerState::PoweredOff => ManagedEntityStatus::Gray,
    }
}

fn path(look: &Look, vm: &VirtualMachine) -> String {
    let datastore = look.state.datastores.get(&vm.datastore).map_or("", |datastore| &datastore.name);
    format!("[{datastore}] {0}/{0}.vmx", vm.name)
}
