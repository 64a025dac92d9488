//! `config.hardware.device` of a virtual machine: controllers, disks, a network card.

use vsphere_types::{
    DataObject, Description, Id, MoRef, Object, ParaVirtualSCSIController, VirtualDeviceConnectInfo, VirtualDisk,
    VirtualDiskFlatVer2BackingInfo, VirtualEthernetCardNetworkBackingInfo, VirtualPCIController, VirtualSCSISharing, VirtualVmxnet3,
};

use crate::look::Look;
use crate::managed::value::signed;
use crate::state::{Attachment, Controller, KeyRef, PowerState, VirtualMachine, Volume};

/// Key of the PCI controller that everything hangs on.
const PCI_KEY: i32 = 100;
/// Key of the network card.
const CARD_KEY: i32 = 4_000;

/// All devices, in the order of their keys.
pub fn devices(look: &Look, object: &MoRef, vm: &VirtualMachine) -> Vec<Object> {
    let volumes = look.state.volumes_of(object);
    let pci = VirtualPCIController {
        key: PCI_KEY,
        device_info: description("PCI controller 0", "PCI controller 0"),
        device: vm.controllers.iter().map(|controller| controller.key).chain([CARD_KEY]).collect(),
        ..VirtualPCIController::default()
    };
    let mut devices = vec![pci.into_object()];
    for controller in &vm.controllers {
        let mut disks: Vec<i32> = volumes
            .iter()
            .filter_map(|volume| volume.attachment_to(object))
            .filter(|place| place.controller_key == controller.key)
            .map(|place| place.key)
            .collect();
        if controller.bus == 0 {
            disks.insert(0, vm.boot_disk.key);
        }
        devices.push(scsi(controller, disks));
    }
    devices.push(boot_disk(look, vm));
    let places = volumes.iter().filter_map(|volume| Some((*volume, volume.attachment_to(object)?)));
    devices.extend(places.map(|(volume, place)| volume_disk(volume, place)));
    devices.push(card(look, vm));
    devices
}

fn description(label: &str, summary: &str) -> Option<Description> {
    Some(Description { label: label.to_owned(), summary: summary.to_owned() })
}

fn scsi(controller: &Controller, device: Vec<i32>) -> Object {
    ParaVirtualSCSIController {
        key: controller.key,
        device_info: description(&format!("SCSI controller {}", controller.bus), "VMware paravirtual SCSI"),
        controller_key: Some(PCI_KEY),
        unit_number: Some(3 + controller.bus),
        bus_number: controller.bus,
        device,
        hot_add_remove: Some(true),
        shared_bus: VirtualSCSISharing::NoSharing,
        scsi_ctlr_unit_number: Some(7),
        ..ParaVirtualSCSIController::default()
    }
    .into_object()
}

fn disk(key: i32, capacity: u64, backing: VirtualDiskFlatVer2BackingInfo) -> VirtualDisk {
    VirtualDisk {
        key,
        device_info: description(&format!("Hard disk {}", key - 1_999), &format!("{} KB", capacity / 1024)),
        backing: Some(backing.into_object()),
        capacity_in_kb: signed(capacity / 1024),
        capacity_in_bytes: Some(signed(capacity)),
        ..VirtualDisk::default()
    }
}

fn boot_disk(look: &Look, vm: &VirtualMachine) -> Object {
    let datastore = look.state.datastores.get(&vm.datastore).map_or("", |datastore| &datastore.name);
    let backing = VirtualDiskFlatVer2BackingInfo {
        file_name: format!("[{datastore}] {0}/{0}.vmdk", vm.name),
        datastore: Some(vm.datastore.clone()),
        disk_mode: "persistent".to_owned(),
        thin_provisioned: Some(true),
        uuid: Some(vm.boot_disk.uuid.clone()),
        key_id: vm.key.as_ref().map(KeyRef::shown),
        sharing: Some("sharingNone".to_owned()),
        ..VirtualDiskFlatVer2BackingInfo::default()
    };
    let controller_key = vm.controllers.first().map(|controller| controller.key);
    VirtualDisk { controller_key, unit_number: Some(0), ..disk(vm.boot_disk.key, vm.boot_disk.capacity_bytes, backing) }.into_object()
}

/// A volume as the disk that it is to the VM.
fn volume_disk(volume: &Volume, place: &Attachment) -> Object {
    let backing = VirtualDiskFlatVer2BackingInfo {
        file_name: volume.path.clone(),
        datastore: Some(volume.datastore.clone()),
        backing_object_id: volume.object_id.clone(),
        disk_mode: "persistent".to_owned(),
        thin_provisioned: Some(true),
        uuid: Some(volume.disk_uuid.clone()),
        key_id: volume.key.as_ref().map(KeyRef::shown),
        sharing: Some("sharingNone".to_owned()),
        ..VirtualDiskFlatVer2BackingInfo::default()
    };
    VirtualDisk {
        controller_key: Some(place.controller_key),
        unit_number: Some(place.unit),
        v_disk_id: volume.first_class.then(|| Id { id: volume.id.clone() }),
        ..disk(place.key, volume.capacity_bytes(), backing)
    }
    .into_object()
}

fn card(look: &Look, vm: &VirtualMachine) -> Object {
    let network = look.state.networks.get(&vm.network).map_or("", |network| &network.name);
    let backing =
        VirtualEthernetCardNetworkBackingInfo { device_name: network.to_owned(), network: Some(vm.network.clone()), ..Default::default() };
    VirtualVmxnet3 {
        key: CARD_KEY,
        device_info: description("Network adapter 1", network),
        backing: Some(backing.into_object()),
        connectable: Some(VirtualDeviceConnectInfo {
            start_connected: true,
            allow_guest_control: true,
            connected: vm.power == PowerState::PoweredOn,
            ..VirtualDeviceConnectInfo::default()
        }),
        controller_key: Some(PCI_KEY),
        unit_number: Some(7),
        address_type: Some("assigned".to_owned()),
        mac_address: Some(vm.mac_address.clone()),
        ..VirtualVmxnet3::default()
    }
    .into_object()
}
