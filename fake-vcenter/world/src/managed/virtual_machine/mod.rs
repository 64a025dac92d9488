//! VirtualMachine.
//!
//! Modelled: identity, placement, power, guest names and addresses, and the hardware that drivers look at: controllers,
//! disks (those that are volumes are views of the volumes' records), one network card, whatever adapters its guest tells of. Not modelled: snapshots, load,
//! the layout of files; what a client can reconfigure is listed in `machines/reconfigure`. A client could notice that statistics are unset.

mod common;
mod config;
mod devices;
mod guest;
mod part;
mod summary;

use vsphere_types::{MoRef, Value};

pub use part::part;

use super::value::{data, member, reference, references};
use crate::look::Look;
use crate::state::VirtualMachine;

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
        "guestHeartbeatStatus" => Some(member("ManagedEntityStatus", common::heartbeat(vm).wire_name())),
        _ => None,
    }
}
