//! `guest` of a virtual machine: what VMware Tools tell while it runs.

use vsphere_types::{GuestDiskInfo, GuestInfo, GuestNicInfo, NetIpConfigInfo, NetIpConfigInfoIpAddress, VirtualMachineToolsStatus};

use super::common::{GUEST_ID, GUEST_NAME};
use crate::look::Look;
use crate::managed::signed;
use crate::state::{PowerState, VirtualMachine};

/// The file system that the guest runs from: as large as its disk, and empty.
fn root_disk(vm: &VirtualMachine) -> GuestDiskInfo {
    let size = Some(signed(vm.boot_disk.capacity_bytes));
    GuestDiskInfo { disk_path: Some("/".to_owned()), capacity: size, free_space: size, ..GuestDiskInfo::default() }
}

/// What is known of the guest; addresses are forgotten when the machine is off, its name is not. While it runs and Tools
/// do not, nothing is known.
pub fn guest(look: &Look, vm: &VirtualMachine) -> GuestInfo {
    let on = vm.power == PowerState::PoweredOn;
    let running = vm.tells_guest();
    let network = look.state.networks.get(&vm.network).map(|network| network.name.clone());
    let addresses = if running { vm.guest.addresses.clone() } else { Vec::new() };
    let card = GuestNicInfo {
        network,
        ip_address: addresses.clone(),
        mac_address: Some(vm.mac_address.clone()),
        connected: true,
        device_config_id: 4_000,
        ip_config: Some(NetIpConfigInfo {
            ip_address: addresses
                .iter()
                .map(|address| NetIpConfigInfoIpAddress {
                    ip_address: address.clone(),
                    prefix_length: if address.contains(':') { 64 } else { 24 },
                    state: Some("preferred".to_owned()),
                    ..NetIpConfigInfoIpAddress::default()
                })
                .collect(),
            ..NetIpConfigInfo::default()
        }),
        ..GuestNicInfo::default()
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
        net: if running { vec![card] } else { Vec::new() },
        disk: if running { vec![root_disk(vm)] } else { Vec::new() },
        guest_state: if on { "running" } else { "notRunning" }.to_owned(),
        guest_operations_ready: Some(running),
        ..GuestInfo::default()
    }
}
