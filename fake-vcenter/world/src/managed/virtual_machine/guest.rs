//! `guest` of a virtual machine: what VMware Tools tell while it runs.

use vsphere_types::{GuestDiskInfo, GuestInfo, GuestNicInfo, NetIpConfigInfo, NetIpConfigInfoIpAddress, VirtualMachineToolsStatus};

use super::common::{GUEST_ID, GUEST_NAME};
use crate::look::Look;
use crate::managed::signed;
use crate::state::{GuestAdapter, PowerState, VirtualMachine};

/// The file system that the guest runs from: as large as its disk, and empty.
fn root_disk(vm: &VirtualMachine) -> GuestDiskInfo {
    let size = Some(signed(vm.boot_disk.capacity_bytes));
    GuestDiskInfo { disk_path: Some("/".to_owned()), capacity: size, free_space: size, ..GuestDiskInfo::default() }
}

/// An adapter, the `place`th.
fn card(vm: &VirtualMachine, place: i32, adapter: GuestAdapter) -> GuestNicInfo {
    let told = |address: &String| NetIpConfigInfoIpAddress {
        ip_address: address.clone(),
        prefix_length: if address.contains(':') { 64 } else { 24 },
        state: Some("preferred".to_owned()),
        ..NetIpConfigInfoIpAddress::default()
    };
    let ip_config = NetIpConfigInfo { ip_address: adapter.addresses.iter().map(told).collect(), ..NetIpConfigInfo::default() };
    GuestNicInfo {
        network: Some(adapter.network).filter(|name| !name.is_empty()),
        ip_address: adapter.addresses,
        mac_address: Some(mac_address(vm, place)),
        connected: true,
        device_config_id: if adapter.hardware { 4_000 + place } else { -1 },
        ip_config: Some(ip_config),
        ..GuestNicInfo::default()
    }
}

/// That of the machine's card, or one that follows it.
fn mac_address(vm: &VirtualMachine, place: i32) -> String {
    let own = &vm.mac_address;
    match own.rsplit_once(':').and_then(|(before, last)| Some((before, i32::from_str_radix(last, 16).ok()?))) {
        Some((before, last)) if place > 0 => format!("{before}:{:02x}", (last + place) % 256),
        _ => own.clone(),
    }
}

/// What is known of the guest; addresses are forgotten when the machine is off, its name is not. While it runs and Tools
/// do not, nothing is known.
pub fn guest(look: &Look, vm: &VirtualMachine) -> GuestInfo {
    let on = vm.power == PowerState::PoweredOn;
    let running = vm.tells_guest();
    let addresses: &[String] = if running { &vm.guest.addresses } else { &[] };
    let own = look.state.networks.get(&vm.network).map(|network| network.name.clone()).unwrap_or_default();
    let adapters = match vm.guest.adapters.as_slice() {
        [] => vec![GuestAdapter { network: own, addresses: addresses.to_vec(), hardware: true }],
        told => told.to_vec(),
    };
    GuestInfo {
        tools_status: Some(if running { VirtualMachineToolsStatus::ToolsOk } else { VirtualMachineToolsStatus::ToolsNotRunning }),
        tools_version_status2: Some("guestToolsUnmanaged".to_owned()),
        tools_running_status: Some(if running { "guestToolsRunning" } else { "guestToolsNotRunning" }.to_owned()),
        tools_version: Some("12352".to_owned()),
        guest_id: Some(GUEST_ID.to_owned()),
        guest_family: running.then(|| "linuxGuest".to_owned()),
        guest_full_name: Some(GUEST_NAME.to_owned()),
        host_name: vm.guest.host_name.clone().filter(|_| !on || vm.guest.tools_running),
        ip_address: addresses.first().cloned(),
        net: if running { (0..).zip(adapters).map(|(place, adapter)| card(vm, place, adapter)).collect() } else { Vec::new() },
        disk: if running { vec![root_disk(vm)] } else { Vec::new() },
        guest_state: if on { "running" } else { "notRunning" }.to_owned(),
        guest_operations_ready: Some(running),
        ..GuestInfo::default()
    }
}
