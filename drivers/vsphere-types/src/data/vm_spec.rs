//! Virtual machines: what is to be changed about them and their devices.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{
    Object, OptionValue, ResourceAllocationInfo, ToolsConfigInfo, VirtualDeviceConfigSpecFileOperation, VirtualDeviceConfigSpecOperation,
    VirtualMachineDefaultPowerOpInfo, VirtualMachineFileInfo, VirtualMachineFlagInfo,
};

data_objects! {
    /// A change of a virtual machine.
    VirtualMachineConfigSpec: DynamicData {
        change_version: Option<String> = "changeVersion",
        name: Option<String> = "name",
        version: Option<String> = "version",
        create_date: Option<Timestamp> = "createDate",
        uuid: Option<String> = "uuid",
        instance_uuid: Option<String> = "instanceUuid",
        npiv_node_world_wide_name: Vec<i64> = "npivNodeWorldWideName",
        npiv_port_world_wide_name: Vec<i64> = "npivPortWorldWideName",
        npiv_world_wide_name_type: Option<String> = "npivWorldWideNameType",
        npiv_desired_node_wwns: Option<i16> = "npivDesiredNodeWwns",
        npiv_desired_port_wwns: Option<i16> = "npivDesiredPortWwns",
        npiv_temporary_disabled: Option<bool> = "npivTemporaryDisabled",
        npiv_on_non_rdm_disks: Option<bool> = "npivOnNonRdmDisks",
        npiv_world_wide_name_op: Option<String> = "npivWorldWideNameOp",
        location_id: Option<String> = "locationId",
        guest_id: Option<String> = "guestId",
        alternate_guest_name: Option<String> = "alternateGuestName",
        annotation: Option<String> = "annotation",
        files: Option<VirtualMachineFileInfo> = "files",
        tools: Option<ToolsConfigInfo> = "tools",
        flags: Option<VirtualMachineFlagInfo> = "flags",
        console_preferences: Option<Object> = "consolePreferences" -> "VirtualMachineConsolePreferences",
        power_op_info: Option<VirtualMachineDefaultPowerOpInfo> = "powerOpInfo",
        reboot_power_off: Option<bool> = "rebootPowerOff" since "8.0.0.1",
        num_cpus: Option<i32> = "numCPUs",
        vcpu_config: Vec<Object> = "vcpuConfig" -> "VirtualMachineVcpuConfig" since "7.0.0.0",
        num_cores_per_socket: Option<i32> = "numCoresPerSocket",
        memory_mb: Option<i64> = "memoryMB",
        memory_hot_add_enabled: Option<bool> = "memoryHotAddEnabled",
        cpu_hot_add_enabled: Option<bool> = "cpuHotAddEnabled",
        cpu_hot_remove_enabled: Option<bool> = "cpuHotRemoveEnabled",
        virtual_ich7m_present: Option<bool> = "virtualICH7MPresent",
        virtual_smc_present: Option<bool> = "virtualSMCPresent",
        device_change: Vec<Object> = "deviceChange" -> "VirtualDeviceConfigSpec",
        cpu_allocation: Option<ResourceAllocationInfo> = "cpuAllocation",
        memory_allocation: Option<ResourceAllocationInfo> = "memoryAllocation",
        latency_sensitivity: Option<Object> = "latencySensitivity" -> "LatencySensitivity",
        cpu_affinity: Option<Object> = "cpuAffinity" -> "VirtualMachineAffinityInfo",
        memory_affinity: Option<Object> = "memoryAffinity" -> "VirtualMachineAffinityInfo",
        network_shaper: Option<Object> = "networkShaper" -> "VirtualMachineNetworkShaperInfo",
        cpu_feature_mask: Vec<Object> = "cpuFeatureMask" -> "VirtualMachineCpuIdInfoSpec",
        extra_config: Vec<OptionValue> = "extraConfig",
        swap_placement: Option<String> = "swapPlacement",
        boot_options: Option<Object> = "bootOptions" -> "VirtualMachineBootOptions",
        v_app_config: Option<Object> = "vAppConfig" -> "VmConfigSpec",
        ft_info: Option<Object> = "ftInfo" -> "FaultToleranceConfigInfo",
        rep_config: Option<Object> = "repConfig" -> "ReplicationConfigSpec",
        v_app_config_removed: Option<bool> = "vAppConfigRemoved",
        v_asserts_enabled: Option<bool> = "vAssertsEnabled",
        change_tracking_enabled: Option<bool> = "changeTrackingEnabled",
        firmware: Option<String> = "firmware",
        max_mks_connections: Option<i32> = "maxMksConnections",
        guest_auto_lock_enabled: Option<bool> = "guestAutoLockEnabled",
        managed_by: Option<Object> = "managedBy" -> "ManagedByInfo",
        memory_reservation_locked_to_max: Option<bool> = "memoryReservationLockedToMax",
        nested_hv_enabled: Option<bool> = "nestedHVEnabled",
        v_pmc_enabled: Option<bool> = "vPMCEnabled",
        scheduled_hardware_upgrade_info: Option<Object> = "scheduledHardwareUpgradeInfo" -> "ScheduledHardwareUpgradeInfo",
        vm_profile: Vec<Object> = "vmProfile" -> "VirtualMachineProfileSpec",
        message_bus_tunnel_enabled: Option<bool> = "messageBusTunnelEnabled",
        crypto: Option<Object> = "crypto" -> "CryptoSpec",
        migrate_encryption: Option<String> = "migrateEncryption",
        sgx_info: Option<Object> = "sgxInfo" -> "VirtualMachineSgxInfo" since "7.0.0.0",
        ft_encryption_mode: Option<String> = "ftEncryptionMode" since "7.0.2.0",
        guest_monitoring_mode_info: Option<Object> = "guestMonitoringModeInfo" -> "VirtualMachineGuestMonitoringModeInfo" since "7.0.0.0",
        sev_enabled: Option<bool> = "sevEnabled" since "7.0.1.0",
        virtual_numa: Option<Object> = "virtualNuma" -> "VirtualMachineVirtualNuma" since "8.0.0.1",
        motherboard_layout: Option<String> = "motherboardLayout" since "8.0.0.1",
        pmem_failover_enabled: Option<bool> = "pmemFailoverEnabled" since "7.0.2.0",
        vmx_stats_collection_enabled: Option<bool> = "vmxStatsCollectionEnabled" since "7.0.3.1",
        vm_op_notification_to_app_enabled: Option<bool> = "vmOpNotificationToAppEnabled" since "7.0.3.0",
        vm_op_notification_timeout: Option<i64> = "vmOpNotificationTimeout" since "8.0.0.1",
        device_swap: Option<Object> = "deviceSwap" -> "VirtualMachineVirtualDeviceSwap" since "8.0.0.1",
        simultaneous_threads: Option<i32> = "simultaneousThreads" since "8.0.0.1",
        pmem: Option<Object> = "pmem" -> "VirtualMachineVirtualPMem" since "7.0.3.0",
        device_groups: Option<Object> = "deviceGroups" -> "VirtualMachineVirtualDeviceGroups" since "8.0.0.1",
        fixed_passthru_hot_plug_enabled: Option<bool> = "fixedPassthruHotPlugEnabled" since "8.0.1.0",
        metro_ft_enabled: Option<bool> = "metroFtEnabled" since "8.0.3.0",
        metro_ft_host_group: Option<String> = "metroFtHostGroup" since "8.0.3.0",
        tdx_enabled: Option<bool> = "tdxEnabled" since "9.0.0.0",
        sev_snp_enabled: Option<bool> = "sevSnpEnabled" since "9.0.0.0",
        tag_specs: Vec<Object> = "tagSpecs" -> "TagSpec" since "9.1.0.0",
        vm_placement_policies: Vec<Object> = "vmPlacementPolicies" -> "VmPlacementPolicy" since "9.1.0.0",
    }

    /// A change of one virtual device.
    VirtualDeviceConfigSpec: DynamicData {
        operation: Option<VirtualDeviceConfigSpecOperation> = "operation",
        file_operation: Option<VirtualDeviceConfigSpecFileOperation> = "fileOperation",
        device: Object = "device" -> "VirtualDevice",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        backing: Option<VirtualDeviceConfigSpecBackingSpec> = "backing",
        filter_spec: Vec<Object> = "filterSpec" -> "VirtualMachineBaseIndependentFilterSpec" since "7.0.2.1",
        change_mode: Option<String> = "changeMode" since "8.0.0.1",
    }

    /// A change of what is behind a virtual device.
    VirtualDeviceConfigSpecBackingSpec: DynamicData {
        parent: Option<Object> = "parent" -> "VirtualDeviceConfigSpecBackingSpec",
        crypto: Option<Object> = "crypto" -> "CryptoSpec",
    }

    /// A change of one virtual disk.
    VirtualDiskConfigSpec: VirtualDeviceConfigSpec {
        disk_move_type: Option<String> = "diskMoveType",
        migrate_cache: Option<bool> = "migrateCache",
    }
}
