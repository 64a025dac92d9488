//! Virtual machines: configuration, and files.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{Binary, CryptoKeyId, KeyValue, MoRef, Object, OptionValue, ResourceAllocationInfo, VirtualMachinePowerState};

data_objects! {
    /// How a virtual machine is set up.
    VirtualMachineConfigInfo: DynamicData {
        change_version: String = "changeVersion",
        modified: Timestamp = "modified",
        name: String = "name",
        guest_full_name: String = "guestFullName",
        version: String = "version",
        uuid: String = "uuid",
        create_date: Option<Timestamp> = "createDate" since "6.7",
        instance_uuid: Option<String> = "instanceUuid",
        npiv_node_world_wide_name: Vec<i64> = "npivNodeWorldWideName",
        npiv_port_world_wide_name: Vec<i64> = "npivPortWorldWideName",
        npiv_world_wide_name_type: Option<String> = "npivWorldWideNameType",
        npiv_desired_node_wwns: Option<i16> = "npivDesiredNodeWwns",
        npiv_desired_port_wwns: Option<i16> = "npivDesiredPortWwns",
        npiv_temporary_disabled: Option<bool> = "npivTemporaryDisabled",
        npiv_on_non_rdm_disks: Option<bool> = "npivOnNonRdmDisks",
        location_id: Option<String> = "locationId",
        template: bool = "template",
        guest_id: String = "guestId",
        alternate_guest_name: String = "alternateGuestName",
        annotation: Option<String> = "annotation",
        files: VirtualMachineFileInfo = "files",
        tools: Option<ToolsConfigInfo> = "tools",
        flags: VirtualMachineFlagInfo = "flags",
        console_preferences: Option<Object> = "consolePreferences" -> "VirtualMachineConsolePreferences",
        default_power_ops: VirtualMachineDefaultPowerOpInfo = "defaultPowerOps",
        reboot_power_off: Option<bool> = "rebootPowerOff" since "8.0.0.1",
        hardware: VirtualHardware = "hardware",
        vcpu_config: Vec<Object> = "vcpuConfig" -> "VirtualMachineVcpuConfig" since "7.0.0.0",
        cpu_allocation: Option<ResourceAllocationInfo> = "cpuAllocation",
        memory_allocation: Option<ResourceAllocationInfo> = "memoryAllocation",
        latency_sensitivity: Option<Object> = "latencySensitivity" -> "LatencySensitivity",
        memory_hot_add_enabled: Option<bool> = "memoryHotAddEnabled",
        cpu_hot_add_enabled: Option<bool> = "cpuHotAddEnabled",
        cpu_hot_remove_enabled: Option<bool> = "cpuHotRemoveEnabled",
        hot_plug_memory_limit: Option<i64> = "hotPlugMemoryLimit",
        hot_plug_memory_increment_size: Option<i64> = "hotPlugMemoryIncrementSize",
        cpu_affinity: Option<Object> = "cpuAffinity" -> "VirtualMachineAffinityInfo",
        memory_affinity: Option<Object> = "memoryAffinity" -> "VirtualMachineAffinityInfo",
        network_shaper: Option<Object> = "networkShaper" -> "VirtualMachineNetworkShaperInfo",
        extra_config: Vec<OptionValue> = "extraConfig",
        cpu_feature_mask: Vec<Object> = "cpuFeatureMask" -> "HostCpuIdInfo",
        datastore_url: Vec<VirtualMachineConfigInfoDatastoreUrlPair> = "datastoreUrl",
        swap_placement: Option<String> = "swapPlacement",
        boot_options: Option<Object> = "bootOptions" -> "VirtualMachineBootOptions",
        ft_info: Option<Object> = "ftInfo" -> "FaultToleranceConfigInfo",
        rep_config: Option<Object> = "repConfig" -> "ReplicationConfigSpec",
        v_app_config: Option<Object> = "vAppConfig" -> "VmConfigInfo",
        v_asserts_enabled: Option<bool> = "vAssertsEnabled",
        change_tracking_enabled: Option<bool> = "changeTrackingEnabled",
        firmware: Option<String> = "firmware",
        max_mks_connections: Option<i32> = "maxMksConnections",
        guest_auto_lock_enabled: Option<bool> = "guestAutoLockEnabled",
        managed_by: Option<Object> = "managedBy" -> "ManagedByInfo",
        memory_reservation_locked_to_max: Option<bool> = "memoryReservationLockedToMax",
        initial_overhead: Option<Object> = "initialOverhead" -> "VirtualMachineConfigInfoOverheadInfo",
        nested_hv_enabled: Option<bool> = "nestedHVEnabled",
        v_pmc_enabled: Option<bool> = "vPMCEnabled",
        scheduled_hardware_upgrade_info: Option<Object> = "scheduledHardwareUpgradeInfo" -> "ScheduledHardwareUpgradeInfo",
        fork_config_info: Option<Object> = "forkConfigInfo" -> "VirtualMachineForkConfigInfo",
        vflash_cache_reservation: Option<i64> = "vFlashCacheReservation",
        vmx_config_checksum: Option<Binary> = "vmxConfigChecksum",
        message_bus_tunnel_enabled: Option<bool> = "messageBusTunnelEnabled",
        vm_storage_object_id: Option<String> = "vmStorageObjectId",
        swap_storage_object_id: Option<String> = "swapStorageObjectId",
        key_id: Option<CryptoKeyId> = "keyId" since "6.5",
        guest_integrity_info: Option<Object> = "guestIntegrityInfo" -> "VirtualMachineGuestIntegrityInfo" since "6.5",
        migrate_encryption: Option<String> = "migrateEncryption" since "6.5",
        sgx_info: Option<Object> = "sgxInfo" -> "VirtualMachineSgxInfo" since "7.0.0.0",
        content_lib_item_info: Option<Object> = "contentLibItemInfo" -> "VirtualMachineContentLibraryItemInfo" since "7.0.0.0",
        ft_encryption_mode: Option<String> = "ftEncryptionMode" since "7.0.2.0",
        guest_monitoring_mode_info: Option<Object> = "guestMonitoringModeInfo" -> "VirtualMachineGuestMonitoringModeInfo" since "7.0.0.0",
        sev_enabled: Option<bool> = "sevEnabled" since "7.0.1.0",
        numa_info: Option<Object> = "numaInfo" -> "VirtualMachineVirtualNumaInfo" since "8.0.0.1",
        pmem_failover_enabled: Option<bool> = "pmemFailoverEnabled" since "7.0.2.0",
        vmx_stats_collection_enabled: Option<bool> = "vmxStatsCollectionEnabled" since "7.0.3.1",
        vm_op_notification_to_app_enabled: Option<bool> = "vmOpNotificationToAppEnabled" since "7.0.3.0",
        vm_op_notification_timeout: Option<i64> = "vmOpNotificationTimeout" since "8.0.0.1",
        device_swap: Option<Object> = "deviceSwap" -> "VirtualMachineVirtualDeviceSwap" since "8.0.0.1",
        pmem: Option<Object> = "pmem" -> "VirtualMachineVirtualPMem" since "7.0.3.0",
        device_groups: Option<Object> = "deviceGroups" -> "VirtualMachineVirtualDeviceGroups" since "8.0.0.1",
        fixed_passthru_hot_plug_enabled: Option<bool> = "fixedPassthruHotPlugEnabled" since "8.0.1.0",
        metro_ft_enabled: Option<bool> = "metroFtEnabled" since "8.0.3.0",
        vmx_runtime_config: Vec<OptionValue> = "vmxRuntimeConfig" since "9.0.0.0",
        metro_ft_host_group: Option<String> = "metroFtHostGroup" since "8.0.3.0",
        tdx_enabled: Option<bool> = "tdxEnabled" since "9.0.0.0",
        sev_snp_enabled: Option<bool> = "sevSnpEnabled" since "9.0.0.0",
        guest_architecture: Option<String> = "guestArchitecture" since "9.1.0.0",
    }

    /// The hardware of a virtual machine.
    VirtualHardware: DynamicData {
        num_cpu: i32 = "numCPU",
        num_cores_per_socket: Option<i32> = "numCoresPerSocket",
        auto_cores_per_socket: Option<bool> = "autoCoresPerSocket" since "8.0.0.1",
        memory_mb: i32 = "memoryMB",
        virtual_ich7_m_present: Option<bool> = "virtualICH7MPresent",
        virtual_smc_present: Option<bool> = "virtualSMCPresent",
        device: Vec<Object> = "device" -> "VirtualDevice",
        motherboard_layout: Option<String> = "motherboardLayout" since "8.0.0.1",
        simultaneous_threads: Option<i32> = "simultaneousThreads" since "8.0.0.1",
    }

    /// Where a virtual machine's files are.
    VirtualMachineFileInfo: DynamicData {
        vm_path_name: Option<String> = "vmPathName",
        snapshot_directory: Option<String> = "snapshotDirectory",
        suspend_directory: Option<String> = "suspendDirectory",
        log_directory: Option<String> = "logDirectory",
        ft_metadata_directory: Option<String> = "ftMetadataDirectory",
    }

    /// Switches of a virtual machine.
    VirtualMachineFlagInfo: DynamicData {
        disable_acceleration: Option<bool> = "disableAcceleration",
        enable_logging: Option<bool> = "enableLogging",
        use_toe: Option<bool> = "useToe",
        run_with_debug_info: Option<bool> = "runWithDebugInfo",
        monitor_type: Option<String> = "monitorType",
        ht_sharing: Option<String> = "htSharing",
        snapshot_disabled: Option<bool> = "snapshotDisabled",
        snapshot_locked: Option<bool> = "snapshotLocked",
        disk_uuid_enabled: Option<bool> = "diskUuidEnabled",
        virtual_mmu_usage: Option<String> = "virtualMmuUsage",
        virtual_exec_usage: Option<String> = "virtualExecUsage",
        snapshot_power_off_behavior: Option<String> = "snapshotPowerOffBehavior",
        record_replay_enabled: Option<bool> = "recordReplayEnabled",
        fault_tolerance_type: Option<String> = "faultToleranceType",
        cbrc_cache_enabled: Option<bool> = "cbrcCacheEnabled" since "6.5",
        vvtd_enabled: Option<bool> = "vvtdEnabled" since "6.7",
        vbs_enabled: Option<bool> = "vbsEnabled" since "6.7",
    }

    /// What the power buttons do.
    VirtualMachineDefaultPowerOpInfo: DynamicData {
        power_off_type: Option<String> = "powerOffType",
        suspend_type: Option<String> = "suspendType",
        reset_type: Option<String> = "resetType",
        default_power_off_type: Option<String> = "defaultPowerOffType",
        default_suspend_type: Option<String> = "defaultSuspendType",
        default_reset_type: Option<String> = "defaultResetType",
        standby_action: Option<String> = "standbyAction",
    }

    /// A datastore that the configuration uses.
    VirtualMachineConfigInfoDatastoreUrlPair: DynamicData {
        name: String = "name",
        url: String = "url",
    }

    /// How VMware Tools are set up.
    ToolsConfigInfo: DynamicData {
        tools_version: Option<i32> = "toolsVersion",
        tools_install_type: Option<String> = "toolsInstallType" since "6.5",
        after_power_on: Option<bool> = "afterPowerOn",
        after_resume: Option<bool> = "afterResume",
        before_guest_standby: Option<bool> = "beforeGuestStandby",
        before_guest_shutdown: Option<bool> = "beforeGuestShutdown",
        before_guest_reboot: Option<bool> = "beforeGuestReboot",
        tools_upgrade_policy: Option<String> = "toolsUpgradePolicy",
        pending_customization: Option<String> = "pendingCustomization",
        customization_key_id: Option<CryptoKeyId> = "customizationKeyId" since "6.5",
        sync_time_with_host_allowed: Option<bool> = "syncTimeWithHostAllowed" since "7.0.1.0",
        sync_time_with_host: Option<bool> = "syncTimeWithHost",
        last_install_info: Option<Object> = "lastInstallInfo" -> "ToolsConfigInfoToolsLastInstallInfo",
    }

    /// A virtual machine's files and how they belong together.
    VirtualMachineFileLayoutEx: DynamicData {
        file: Vec<VirtualMachineFileLayoutExFileInfo> = "file",
        disk: Vec<Object> = "disk" -> "VirtualMachineFileLayoutExDiskLayout",
        snapshot: Vec<Object> = "snapshot" -> "VirtualMachineFileLayoutExSnapshotLayout",
        timestamp: Timestamp = "timestamp",
    }

    /// One file of a virtual machine.
    VirtualMachineFileLayoutExFileInfo: DynamicData {
        key: i32 = "key",
        name: String = "name",
        kind: String = "type",
        size: i64 = "size",
        unique_size: Option<i64> = "uniqueSize",
        backing_object_id: Option<String> = "backingObjectId",
        accessible: Option<bool> = "accessible",
    }

    /// The space that a virtual machine takes.
    VirtualMachineStorageInfo: DynamicData {
        per_datastore_usage: Vec<VirtualMachineUsageOnDatastore> = "perDatastoreUsage",
        timestamp: Timestamp = "timestamp",
    }

    /// The space that a virtual machine takes on one datastore.
    VirtualMachineUsageOnDatastore: DynamicData {
        datastore: MoRef = "datastore" -> "Datastore",
        committed: i64 = "committed",
        uncommitted: i64 = "uncommitted",
        unshared: i64 = "unshared",
    }

    /// A storage policy to apply; its subtypes say which.
    VirtualMachineProfileSpec: DynamicData {}

    /// A storage policy, by its id.
    VirtualMachineDefinedProfileSpec: VirtualMachineProfileSpec {
        profile_id: String = "profileId",
        replication_spec: Option<Object> = "replicationSpec" -> "ReplicationSpec" since "6.5",
        profile_data: Option<VirtualMachineProfileRawData> = "profileData",
        profile_params: Vec<KeyValue> = "profileParams" since "6.7",
    }

    /// No storage policy.
    VirtualMachineEmptyProfileSpec: VirtualMachineProfileSpec {}

    /// A policy's own data for an extension.
    VirtualMachineProfileRawData: DynamicData {
        extension_key: String = "extensionKey",
        object_data: Option<String> = "objectData",
    }

    /// The snapshots of a virtual machine.
    VirtualMachineSnapshotInfo: DynamicData {
        current_snapshot: Option<MoRef> = "currentSnapshot" -> "VirtualMachineSnapshot",
        root_snapshot_list: Vec<VirtualMachineSnapshotTree> = "rootSnapshotList" [required],
    }

    /// A snapshot and those made after it.
    VirtualMachineSnapshotTree: DynamicData {
        snapshot: MoRef = "snapshot" -> "VirtualMachineSnapshot",
        vm: MoRef = "vm" -> "VirtualMachine",
        name: String = "name",
        description: String = "description",
        id: i32 = "id",
        create_time: Timestamp = "createTime",
        state: VirtualMachinePowerState = "state",
        quiesced: bool = "quiesced",
        backup_manifest: Option<String> = "backupManifest",
        child_snapshot_list: Vec<VirtualMachineSnapshotTree> = "childSnapshotList",
        replay_supported: Option<bool> = "replaySupported",
    }
}
