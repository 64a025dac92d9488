//! `summary` and `runtime` of a virtual machine.

use vsphere_types::{
    GuestInfo, ManagedEntityStatus, MoRef, VirtualMachineConfigSummary, VirtualMachineConnectionState, VirtualMachineFaultToleranceState,
    VirtualMachineGuestSummary, VirtualMachinePowerState, VirtualMachineQuickStats, VirtualMachineRecordReplayState,
    VirtualMachineRuntimeInfo, VirtualMachineRuntimeInfoDasProtectionState, VirtualMachineSummary,
};

use super::common::{CPUS, GUEST_ID, GUEST_NAME, HARDWARE_VERSION, MEMORY_MB, heartbeat, path};
use crate::look::Look;
use crate::managed::value::count;
use crate::state::{Host, PowerState, VirtualMachine};

/// The state as it is now.
pub fn runtime(look: &Look, vm: &VirtualMachine) -> VirtualMachineRuntimeInfo {
    let connected = look.state.hosts.get(&vm.host).is_some_and(Host::connected);
    let locked = is_locked(look, vm);
    let ha = look.state.parent_of(&vm.host).and_then(|cluster| look.state.clusters.get(cluster)).is_some_and(|cluster| cluster.ha);
    let power_state = match vm.power {
        PowerState::PoweredOn => VirtualMachinePowerState::PoweredOn,
        PowerState::PoweredOff => VirtualMachinePowerState::PoweredOff,
    };
    VirtualMachineRuntimeInfo {
        host: Some(vm.host.clone()),
        connection_state: match (connected, has_files(look, vm), locked) {
            (false, _, _) => VirtualMachineConnectionState::Disconnected,
            (true, false, _) => VirtualMachineConnectionState::Inaccessible,
            (true, true, true) => VirtualMachineConnectionState::Invalid,
            (true, true, false) => VirtualMachineConnectionState::Connected,
        },
        power_state,
        fault_tolerance_state: VirtualMachineFaultToleranceState::NotConfigured,
        das_vm_protection: ha.then_some(VirtualMachineRuntimeInfoDasProtectionState { das_protected: true }),
        crypto_state: vm.key.as_ref().map(|_| if locked { "locked" } else { "unlocked" }.to_owned()),
        boot_time: vm.boot_time,
        max_cpu_usage: Some(CPUS * crate::managed::host_system::CPU_MHZ),
        max_memory_usage: Some(MEMORY_MB),
        record_replay_state: VirtualMachineRecordReplayState::Inactive,
        ..VirtualMachineRuntimeInfo::default()
    }
}

/// Whether its host reaches the datastore that its configuration lies on.
fn has_files(look: &Look, vm: &VirtualMachine) -> bool {
    let mounted = look.state.hosts.get(&vm.host).is_none_or(|host| host.datastores.contains(&vm.datastore));
    mounted && look.state.datastores.get(&vm.datastore).is_none_or(|datastore| datastore.accessible)
}

/// Whether its files cannot be opened: its host holds none of its keys and could not get one.
fn is_locked(look: &Look, vm: &VirtualMachine) -> bool {
    let keys = vm.keys();
    let Some(host) = look.state.hosts.get(&vm.host) else { return false };
    let off = vm.power == PowerState::PoweredOff;
    off && !keys.is_empty() && !keys.iter().any(|key| host.key_cache.contains(key) || look.state.can_fetch(key))
}

/// What lists show of the guest.
pub fn guest(known: GuestInfo) -> VirtualMachineGuestSummary {
    VirtualMachineGuestSummary {
        guest_id: known.guest_id,
        guest_full_name: known.guest_full_name,
        tools_status: known.tools_status,
        tools_version_status2: known.tools_version_status2,
        tools_running_status: known.tools_running_status,
        host_name: known.host_name,
        ip_address: known.ip_address,
        ..VirtualMachineGuestSummary::default()
    }
}

/// What lists show of the configuration.
pub fn config(look: &Look, object: &MoRef, vm: &VirtualMachine) -> VirtualMachineConfigSummary {
    VirtualMachineConfigSummary {
        name: vm.name.clone(),
        vm_path_name: path(look, vm),
        memory_size_mb: Some(MEMORY_MB),
        num_cpu: Some(CPUS),
        num_ethernet_cards: Some(1),
        num_virtual_disks: Some(count(1 + look.state.volumes_of(object).len())),
        uuid: Some(super::config::uuid(vm).to_owned()),
        instance_uuid: Some(vm.instance_uuid.clone()),
        guest_id: Some(GUEST_ID.to_owned()),
        guest_full_name: Some(GUEST_NAME.to_owned()),
        annotation: Some(String::new()),
        hw_version: Some(HARDWARE_VERSION.to_owned()),
        ..VirtualMachineConfigSummary::default()
    }
}

/// What lists show.
pub fn summary(look: &Look, object: &MoRef, vm: &VirtualMachine) -> VirtualMachineSummary {
    VirtualMachineSummary {
        vm: Some(object.clone()),
        runtime: runtime(look, vm),
        guest: Some(guest(super::guest::guest(look, vm))),
        config: config(look, object, vm),
        quick_stats: VirtualMachineQuickStats { guest_heartbeat_status: heartbeat(vm), ..VirtualMachineQuickStats::default() },
        overall_status: ManagedEntityStatus::Green,
        ..VirtualMachineSummary::default()
    }
}
