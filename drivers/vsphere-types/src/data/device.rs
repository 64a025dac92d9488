//! Virtual devices: what all share, controllers and input devices.

use crate::table::data_objects;
use crate::{Description, MoRef, Object, VirtualSCSISharing};

data_objects! {
    /// What every virtual device has.
    VirtualDevice: DynamicData {
        key: i32 = "key",
        device_info: Option<Description> = "deviceInfo",
        backing: Option<Object> = "backing" -> "VirtualDeviceBackingInfo",
        connectable: Option<VirtualDeviceConnectInfo> = "connectable",
        slot_info: Option<Object> = "slotInfo" -> "VirtualDeviceBusSlotInfo",
        controller_key: Option<i32> = "controllerKey",
        unit_number: Option<i32> = "unitNumber",
        numa_node: Option<i32> = "numaNode" since "8.0.0.1",
        device_group_info: Option<Object> = "deviceGroupInfo" -> "VirtualDeviceDeviceGroupInfo" since "8.0.0.1",
    }

    /// What a virtual device is made of; its subtypes say what.
    VirtualDeviceBackingInfo: DynamicData {}

    /// A device that is a file.
    VirtualDeviceFileBackingInfo: VirtualDeviceBackingInfo {
        file_name: String = "fileName",
        datastore: Option<MoRef> = "datastore" -> "Datastore",
        backing_object_id: Option<String> = "backingObjectId",
    }

    /// A device of the host.
    VirtualDeviceDeviceBackingInfo: VirtualDeviceBackingInfo {
        device_name: String = "deviceName",
        use_auto_detect: Option<bool> = "useAutoDetect",
    }

    /// A device of a client.
    VirtualDeviceRemoteDeviceBackingInfo: VirtualDeviceBackingInfo {
        device_name: String = "deviceName",
        use_auto_detect: Option<bool> = "useAutoDetect",
    }

    /// Whether a device that can be unplugged is plugged in.
    VirtualDeviceConnectInfo: DynamicData {
        migrate_connect: Option<String> = "migrateConnect" since "6.7",
        start_connected: bool = "startConnected",
        allow_guest_control: bool = "allowGuestControl",
        connected: bool = "connected",
        status: Option<String> = "status",
    }

    /// A slot on a bus.
    VirtualDeviceBusSlotInfo: DynamicData {}

    /// A slot on the PCI bus.
    VirtualDevicePciBusSlotInfo: VirtualDeviceBusSlotInfo {
        pci_slot_number: i32 = "pciSlotNumber",
    }

    /// What every controller has.
    VirtualController: VirtualDevice {
        bus_number: i32 = "busNumber",
        device: Vec<i32> = "device",
    }

    /// The PCI bus.
    VirtualPCIController: VirtualController {}

    /// The PS/2 controller.
    VirtualPS2Controller: VirtualController {}

    /// The super I/O controller.
    VirtualSIOController: VirtualController {}

    /// An IDE controller.
    VirtualIDEController: VirtualController {}

    /// A SATA controller.
    VirtualSATAController: VirtualController {}

    /// An AHCI SATA controller.
    VirtualAHCIController: VirtualSATAController {}

    /// An NVMe controller.
    VirtualNVMEController: VirtualController {
        shared_bus: Option<String> = "sharedBus" since "8.0.2.0",
    }

    /// What every SCSI controller has.
    VirtualSCSIController: VirtualController {
        hot_add_remove: Option<bool> = "hotAddRemove",
        shared_bus: VirtualSCSISharing = "sharedBus",
        scsi_ctlr_unit_number: Option<i32> = "scsiCtlrUnitNumber",
    }

    /// A paravirtual SCSI controller.
    ParaVirtualSCSIController: VirtualSCSIController {}

    /// An LSI Logic parallel controller.
    VirtualLsiLogicController: VirtualSCSIController {}

    /// An LSI Logic SAS controller.
    VirtualLsiLogicSASController: VirtualSCSIController {}

    /// A BusLogic controller.
    VirtualBusLogicController: VirtualSCSIController {}

    /// The keyboard.
    VirtualKeyboard: VirtualDevice {}

    /// The mouse.
    VirtualPointingDevice: VirtualDevice {}

    /// The host's mouse.
    VirtualPointingDeviceDeviceBackingInfo: VirtualDeviceDeviceBackingInfo {
        host_pointing_device: String = "hostPointingDevice",
    }

    /// The video card.
    VirtualMachineVideoCard: VirtualDevice {
        video_ram_size_in_kb: Option<i64> = "videoRamSizeInKB",
        num_displays: Option<i32> = "numDisplays",
        use_auto_detect: Option<bool> = "useAutoDetect",
        enable3_d_support: Option<bool> = "enable3DSupport",
        use3d_renderer: Option<String> = "use3dRenderer",
        graphics_memory_size_in_kb: Option<i64> = "graphicsMemorySizeInKB",
    }

    /// The VMCI device.
    VirtualMachineVMCIDevice: VirtualDevice {
        id: Option<i64> = "id",
        allow_unrestricted_communication: Option<bool> = "allowUnrestrictedCommunication",
        filter_enable: Option<bool> = "filterEnable",
        filter_info: Option<Object> = "filterInfo" -> "VirtualMachineVMCIDeviceFilterInfo",
    }
}
