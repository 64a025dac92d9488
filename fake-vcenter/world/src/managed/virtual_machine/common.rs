//! What all VMs have alike, and what several parts of one show.

use vsphere_types::ManagedEntityStatus;

use crate::look::Look;
use crate::state::{PowerState, VirtualMachine};

/// The guest that all VMs have.
pub const GUEST_ID: &str = "other5xLinux64Guest";
/// Its name.
pub const GUEST_NAME: &str = "Other 5.x or later Linux (64-bit)";
/// Virtual hardware.
pub const HARDWARE_VERSION: &str = "vmx-19";
/// Processors.
pub const CPUS: i32 = 4;
/// Memory.
pub const MEMORY_MB: i32 = 16_384;

/// How the guest fares.
pub fn heartbeat(vm: &VirtualMachine) -> ManagedEntityStatus {
    match vm.power {
        PowerState::PoweredOn => ManagedEntityStatus::Green,
        PowerState::PoweredOff => ManagedEntityStatus::Gray,
    }
}

/// The path of its configuration.
pub fn path(look: &Look, vm: &VirtualMachine) -> String {
    let datastore = look.state.datastores.get(&vm.datastore).map_or("", |datastore| &datastore.name);
    format!("[{datastore}] {0}/{0}.vmx", vm.name)
}
