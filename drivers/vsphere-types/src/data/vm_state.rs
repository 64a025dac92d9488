//! Virtual machines: summary, state and guest.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{
    KeyValue, ManagedEntityStatus, MoRef, Object, VirtualMachineConnectionState, VirtualMachineFaultToleranceState,
    VirtualMachinePowerState, VirtualMachineRecordReplayState, VirtualMachineToolsStatus,
};

data_objects! {
    /// What lists show of a virtual machine.
    VirtualMachineSummary: DynamicData {
        vm: Option<MoRef> = "vm" -> "VirtualMachine",
        runtime: VirtualMachineRuntimeInfo = "runtime",
        guest: Option<VirtualMachineGuestSummary> = "guest",
        config: VirtualMachineConfigSummary = "config",
        storage: Option<VirtualMachineStorageSummary> = "storage",
        quick_stats: VirtualMachineQuickStats = "quickStats",
        overall_status: ManagedEntityStatus = "overallStatus",
        custom_value: Vec<Object> = "customValue" -> "CustomFieldValue",
    }

    /// What lists show of its configuration.
    VirtualMachineConfigSummary: DynamicData {
        name: String = "name",
        template: bool = "template",
        vm_path_name: String = "vmPathName",
        memory_size_mb: Option<i32> = "memorySizeMB",
        cpu_reservation: Option<i32> = "cpuReservation",
        memory_reservation: Option<i32> = "memoryReservation",
        num_cpu: Option<i32> = "numCpu",
        num_ethernet_cards: Option<i32> = "numEthernetCards",
        num_virtual_disks: Option<i32> = "numVirtualDisks",
        uuid: Option<String> = "uuid",
        instance_uuid: Option<String> = "instanceUuid",
        guest_id: Option<String> = "guestId",
        guest_full_name: Option<String> = "guestFullName",
        annotation: Option<String> = "annotation",
        product: Option<Object> = "product" -> "VAppProductInfo",
        install_boot_required: Option<bool> = "installBootRequired",
        ft_info: Option<Object> = "ftInfo" -> "FaultToleranceConfigInfo",
        managed_by: Option<Object> = "managedBy" -> "ManagedByInfo",
        tpm_present: Option<bool> = "tpmPresent" since "6.7",
        num_vmiop_backings: Option<i32> = "numVmiopBackings" since "6.7",
        hw_version: Option<String> = "hwVersion" since "6.9.1",
    }

    /// A virtual machine's state.
    VirtualMachineRuntimeInfo: DynamicData {
        device: Vec<Object> = "device" -> "VirtualMachineDeviceRuntimeInfo",
        host: Option<MoRef> = "host" -> "HostSystem",
        connection_state: VirtualMachineConnectionState = "connectionState",
        power_state: VirtualMachinePowerState = "powerState",
        vm_failover_in_progress: Option<bool> = "vmFailoverInProgress" since "7.0.2.0",
        fault_tolerance_state: VirtualMachineFaultToleranceState = "faultToleranceState",
        das_vm_protection: Option<VirtualMachineRuntimeInfoDasProtectionState> = "dasVmProtection",
        tools_installer_mounted: bool = "toolsInstallerMounted",
        suspend_time: Option<Timestamp> = "suspendTime",
        boot_time: Option<Timestamp> = "bootTime",
        suspend_interval: Option<i64> = "suspendInterval",
        question: Option<Object> = "question" -> "VirtualMachineQuestionInfo",
        memory_overhead: Option<i64> = "memoryOverhead",
        max_cpu_usage: Option<i32> = "maxCpuUsage",
        max_memory_usage: Option<i32> = "maxMemoryUsage",
        num_mks_connections: i32 = "numMksConnections",
        record_replay_state: VirtualMachineRecordReplayState = "recordReplayState",
        clean_power_off: Option<bool> = "cleanPowerOff",
        need_secondary_reason: Option<String> = "needSecondaryReason",
        online_standby: bool = "onlineStandby",
        min_required_evc_mode_key: Option<String> = "minRequiredEVCModeKey",
        consolidation_needed: bool = "consolidationNeeded",
        offline_feature_requirement: Vec<Object> = "offlineFeatureRequirement" -> "VirtualMachineFeatureRequirement",
        feature_requirement: Vec<Object> = "featureRequirement" -> "VirtualMachineFeatureRequirement",
        feature_mask: Vec<Object> = "featureMask" -> "HostFeatureMask",
        vflash_cache_allocation: Option<i64> = "vFlashCacheAllocation",
        paused: Option<bool> = "paused",
        snapshot_in_background: Option<bool> = "snapshotInBackground",
        quiesced_fork_parent: Option<bool> = "quiescedForkParent",
        instant_clone_frozen: Option<bool> = "instantCloneFrozen" since "6.7",
        crypto_state: Option<String> = "cryptoState" since "6.7",
        suspended_to_memory: Option<bool> = "suspendedToMemory" since "7.0.2.0",
        op_notification_timeout: Option<i64> = "opNotificationTimeout" since "8.0.0.1",
        iommu_active: Option<bool> = "iommuActive" since "8.0.1.0",
        consolidate_work_total: Option<i64> = "consolidateWorkTotal" since "9.1.0.0",
        consolidate_work_done: Option<i64> = "consolidateWorkDone" since "9.1.0.0",
        disk_chain_broken: Option<bool> = "diskChainBroken" since "9.1.0.0",
    }

    /// Whether vSphere HA guards it.
    VirtualMachineRuntimeInfoDasProtectionState: DynamicData {
        das_protected: bool = "dasProtected",
    }

    /// What lists show of its guest.
    VirtualMachineGuestSummary: DynamicData {
        guest_id: Option<String> = "guestId",
        guest_full_name: Option<String> = "guestFullName",
        tools_status: Option<VirtualMachineToolsStatus> = "toolsStatus",
        tools_version_status: Option<String> = "toolsVersionStatus",
        tools_version_status2: Option<String> = "toolsVersionStatus2",
        tools_running_status: Option<String> = "toolsRunningStatus",
        host_name: Option<String> = "hostName",
        ip_address: Option<String> = "ipAddress",
        hw_version: Option<String> = "hwVersion" since "6.9.1",
    }

    /// The space that it takes, in sum.
    VirtualMachineStorageSummary: DynamicData {
        committed: i64 = "committed",
        uncommitted: i64 = "uncommitted",
        unshared: i64 = "unshared",
        timestamp: Timestamp = "timestamp",
    }

    /// Its load.
    VirtualMachineQuickStats: DynamicData {
        overall_cpu_usage: Option<i32> = "overallCpuUsage",
        overall_cpu_demand: Option<i32> = "overallCpuDemand",
        overall_cpu_readiness: Option<i32> = "overallCpuReadiness" since "7.0.0.0",
        guest_memory_usage: Option<i32> = "guestMemoryUsage",
        host_memory_usage: Option<i32> = "hostMemoryUsage",
        guest_heartbeat_status: ManagedEntityStatus = "guestHeartbeatStatus",
        distributed_cpu_entitlement: Option<i32> = "distributedCpuEntitlement",
        distributed_memory_entitlement: Option<i32> = "distributedMemoryEntitlement",
        static_cpu_entitlement: Option<i32> = "staticCpuEntitlement",
        static_memory_entitlement: Option<i32> = "staticMemoryEntitlement",
        granted_memory: Option<i32> = "grantedMemory" since "7.0.0.0",
        private_memory: Option<i32> = "privateMemory",
        shared_memory: Option<i32> = "sharedMemory",
        swapped_memory: Option<i32> = "swappedMemory",
        ballooned_memory: Option<i32> = "balloonedMemory",
        consumed_overhead_memory: Option<i32> = "consumedOverheadMemory",
        ft_log_bandwidth: Option<i32> = "ftLogBandwidth",
        ft_secondary_latency: Option<i32> = "ftSecondaryLatency",
        ft_latency_status: Option<ManagedEntityStatus> = "ftLatencyStatus",
        compressed_memory: Option<i64> = "compressedMemory",
        uptime_seconds: Option<i32> = "uptimeSeconds",
        ssd_swapped_memory: Option<i64> = "ssdSwappedMemory",
        active_memory: Option<i32> = "activeMemory" since "7.0.3.0",
        memory_tier_stats: Vec<Object> = "memoryTierStats" -> "VirtualMachineQuickStatsMemoryTierStats" since "7.0.3.0",
    }

    /// What VMware Tools say of the guest.
    GuestInfo: DynamicData {
        tools_status: Option<VirtualMachineToolsStatus> = "toolsStatus",
        tools_version_status: Option<String> = "toolsVersionStatus",
        tools_version_status2: Option<String> = "toolsVersionStatus2",
        tools_running_status: Option<String> = "toolsRunningStatus",
        tools_version: Option<String> = "toolsVersion",
        tools_install_type: Option<String> = "toolsInstallType" since "6.5",
        guest_id: Option<String> = "guestId",
        guest_family: Option<String> = "guestFamily",
        guest_full_name: Option<String> = "guestFullName",
        guest_reboot_status: Option<Object> = "guestRebootStatus" -> "VirtualMachineGuestRebootStatus" since "9.1.0.0",
        guest_detailed_data: Option<String> = "guestDetailedData" since "8.0.2.0",
        host_name: Option<String> = "hostName",
        ip_address: Option<String> = "ipAddress",
        net: Vec<GuestNicInfo> = "net",
        ip_stack: Vec<GuestStackInfo> = "ipStack",
        disk: Vec<GuestDiskInfo> = "disk",
        screen: Option<Object> = "screen" -> "GuestScreenInfo",
        guest_state: String = "guestState",
        app_heartbeat_status: Option<String> = "appHeartbeatStatus",
        guest_kernel_crashed: Option<bool> = "guestKernelCrashed",
        app_state: Option<String> = "appState",
        guest_operations_ready: Option<bool> = "guestOperationsReady",
        interactive_guest_operations_ready: Option<bool> = "interactiveGuestOperationsReady",
        guest_state_change_supported: Option<bool> = "guestStateChangeSupported",
        generation_info: Vec<Object> = "generationInfo" -> "GuestInfoNamespaceGenerationInfo",
        hw_version: Option<String> = "hwVersion" since "6.9.1",
        customization_info: Option<Object> = "customizationInfo" -> "GuestInfoCustomizationInfo" since "7.0.2.0",
    }

    /// A network adapter as the guest sees it.
    GuestNicInfo: DynamicData {
        network: Option<String> = "network",
        ip_address: Vec<String> = "ipAddress",
        mac_address: Option<String> = "macAddress",
        connected: bool = "connected",
        device_config_id: i32 = "deviceConfigId",
        dns_config: Option<NetDnsConfigInfo> = "dnsConfig",
        ip_config: Option<NetIpConfigInfo> = "ipConfig",
        net_bios_config: Option<Object> = "netBIOSConfig" -> "NetBIOSConfigInfo",
    }

    /// The addresses of a guest's adapter.
    NetIpConfigInfo: DynamicData {
        ip_address: Vec<NetIpConfigInfoIpAddress> = "ipAddress",
        dhcp: Option<Object> = "dhcp" -> "NetDhcpConfigInfo",
        auto_configuration_enabled: Option<bool> = "autoConfigurationEnabled",
    }

    /// One address of a guest's adapter.
    NetIpConfigInfoIpAddress: DynamicData {
        ip_address: String = "ipAddress",
        prefix_length: i32 = "prefixLength",
        origin: Option<String> = "origin",
        state: Option<String> = "state",
        lifetime: Option<Timestamp> = "lifetime",
    }

    /// A file system as the guest sees it.
    GuestDiskInfo: DynamicData {
        disk_path: Option<String> = "diskPath",
        capacity: Option<i64> = "capacity",
        free_space: Option<i64> = "freeSpace",
        filesystem_type: Option<String> = "filesystemType" since "7.0.0.0",
        mappings: Vec<Object> = "mappings" -> "GuestInfoVirtualDiskMapping" since "7.0.0.0",
    }

    /// The guest's network settings.
    GuestStackInfo: DynamicData {
        dns_config: Option<NetDnsConfigInfo> = "dnsConfig",
        ip_route_config: Option<Object> = "ipRouteConfig" -> "NetIpRouteConfigInfo",
        ip_stack_config: Vec<KeyValue> = "ipStackConfig",
        dhcp_config: Option<Object> = "dhcpConfig" -> "NetDhcpConfigInfo",
    }

    /// Names and servers of the guest's resolver.
    NetDnsConfigInfo: DynamicData {
        dhcp: bool = "dhcp",
        host_name: String = "hostName",
        domain_name: String = "domainName",
        ip_address: Vec<String> = "ipAddress",
        search_domain: Vec<String> = "searchDomain",
    }
}
