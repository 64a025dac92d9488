//! Hosts: what they are made of, and what their own managers are set to.

use crate::table::data_objects;
use crate::{MoRef, Object};

data_objects! {
    /// What a host is made of.
    HostHardwareInfo: DynamicData {
        system_info: HostSystemInfo = "systemInfo",
        cpu_power_management_info: Option<Object> = "cpuPowerManagementInfo" -> "HostCpuPowerManagementInfo",
        cpu_info: HostCpuInfo = "cpuInfo",
        cpu_pkg: Vec<HostCpuPackage> = "cpuPkg" [required],
        memory_size: i64 = "memorySize",
        numa_info: Option<Object> = "numaInfo" -> "HostNumaInfo",
        smc_present: bool = "smcPresent",
        pci_device: Vec<Object> = "pciDevice" -> "HostPciDevice",
        dvx_classes: Vec<Object> = "dvxClasses" -> "HostDvxClass",
        cpu_feature: Vec<Object> = "cpuFeature" -> "HostCpuIdInfo",
        bios_info: Option<Object> = "biosInfo" -> "HostBIOSInfo",
        reliable_memory_info: Option<Object> = "reliableMemoryInfo" -> "HostReliableMemoryInfo",
        persistent_memory_info: Option<Object> = "persistentMemoryInfo" -> "HostPersistentMemoryInfo",
        sgx_info: Option<Object> = "sgxInfo" -> "HostSgxInfo",
        sev_info: Option<Object> = "sevInfo" -> "HostSevInfo",
        memory_tiering_type: Option<String> = "memoryTieringType",
        memory_tier_info: Vec<Object> = "memoryTierInfo" -> "HostMemoryTierInfo",
        tdx_info: Option<Object> = "tdxInfo" -> "HostTdxInfo",
    }

    /// Whose make a host is.
    HostSystemInfo: DynamicData {
        vendor: String = "vendor",
        model: String = "model",
        family: Option<String> = "family",
        uuid: String = "uuid",
        other_identifying_info: Vec<Object> = "otherIdentifyingInfo" -> "HostSystemIdentificationInfo",
        serial_number: Option<String> = "serialNumber",
        qualified_name: Vec<Object> = "qualifiedName" -> "HostQualifiedName",
        vvol_host_nqn: Option<Object> = "vvolHostNQN" -> "HostQualifiedName",
        vvol_host_id: Option<String> = "vvolHostId",
        boot_command_line: Option<String> = "bootCommandLine",
    }

    /// The processors of a host.
    HostCpuInfo: DynamicData {
        num_cpu_packages: i16 = "numCpuPackages",
        num_cpu_cores: i16 = "numCpuCores",
        num_cpu_threads: i16 = "numCpuThreads",
        hz: i64 = "hz",
    }

    /// A processor of a host.
    HostCpuPackage: DynamicData {
        index: i16 = "index",
        vendor: String = "vendor",
        hz: i64 = "hz",
        bus_hz: i64 = "busHz",
        description: String = "description",
        thread_id: Vec<i16> = "threadId" [required],
        cpu_feature: Vec<Object> = "cpuFeature" -> "HostCpuIdInfo",
        family: Option<i16> = "family",
        model: Option<i16> = "model",
        stepping: Option<i16> = "stepping",
    }

    /// The managers of a host.
    HostConfigManager: DynamicData {
        cpu_scheduler: Option<MoRef> = "cpuScheduler" -> "HostCpuSchedulerSystem",
        datastore_system: Option<MoRef> = "datastoreSystem" -> "HostDatastoreSystem",
        memory_manager: Option<MoRef> = "memoryManager" -> "HostMemorySystem",
        storage_system: Option<MoRef> = "storageSystem" -> "HostStorageSystem",
        network_system: Option<MoRef> = "networkSystem" -> "HostNetworkSystem",
        vmotion_system: Option<MoRef> = "vmotionSystem" -> "HostVMotionSystem",
        virtual_nic_manager: Option<MoRef> = "virtualNicManager" -> "HostVirtualNicManager",
        service_system: Option<MoRef> = "serviceSystem" -> "HostServiceSystem",
        firewall_system: Option<MoRef> = "firewallSystem" -> "HostFirewallSystem",
        advanced_option: Option<MoRef> = "advancedOption" -> "OptionManager",
        diagnostic_system: Option<MoRef> = "diagnosticSystem" -> "HostDiagnosticSystem",
        auto_start_manager: Option<MoRef> = "autoStartManager" -> "HostAutoStartManager",
        snmp_system: Option<MoRef> = "snmpSystem" -> "HostSnmpSystem",
        date_time_system: Option<MoRef> = "dateTimeSystem" -> "HostDateTimeSystem",
        patch_manager: Option<MoRef> = "patchManager" -> "HostPatchManager",
        image_config_manager: Option<MoRef> = "imageConfigManager" -> "HostImageConfigManager",
        boot_device_system: Option<MoRef> = "bootDeviceSystem" -> "HostBootDeviceSystem",
        firmware_system: Option<MoRef> = "firmwareSystem" -> "HostFirmwareSystem",
        health_status_system: Option<MoRef> = "healthStatusSystem" -> "HostHealthStatusSystem",
        pci_passthru_system: Option<MoRef> = "pciPassthruSystem" -> "HostPciPassthruSystem",
        license_manager: Option<MoRef> = "licenseManager" -> "LicenseManager",
        kernel_module_system: Option<MoRef> = "kernelModuleSystem" -> "HostKernelModuleSystem",
        authentication_manager: Option<MoRef> = "authenticationManager" -> "HostAuthenticationManager",
        power_system: Option<MoRef> = "powerSystem" -> "HostPowerSystem",
        cache_configuration_manager: Option<MoRef> = "cacheConfigurationManager" -> "HostCacheConfigurationManager",
        esx_agent_host_manager: Option<MoRef> = "esxAgentHostManager" -> "HostEsxAgentHostManager",
        iscsi_manager: Option<MoRef> = "iscsiManager" -> "IscsiManager",
        v_flash_manager: Option<MoRef> = "vFlashManager" -> "HostVFlashManager",
        vsan_system: Option<MoRef> = "vsanSystem" -> "HostVsanSystem",
        message_bus_proxy: Option<MoRef> = "messageBusProxy" -> "MessageBusProxy",
        user_directory: Option<MoRef> = "userDirectory" -> "UserDirectory",
        account_manager: Option<MoRef> = "accountManager" -> "HostLocalAccountManager",
        host_access_manager: Option<MoRef> = "hostAccessManager" -> "HostAccessManager",
        graphics_manager: Option<MoRef> = "graphicsManager" -> "HostGraphicsManager",
        vsan_internal_system: Option<MoRef> = "vsanInternalSystem" -> "HostVsanInternalSystem",
        certificate_manager: Option<MoRef> = "certificateManager" -> "HostCertificateManager",
        crypto_manager: Option<MoRef> = "cryptoManager" -> "CryptoManager",
        nvdimm_system: Option<MoRef> = "nvdimmSystem" -> "HostNvdimmSystem",
        assignable_hardware_manager: Option<MoRef> = "assignableHardwareManager" -> "HostAssignableHardwareManager",
    }

    /// What a host starts and stops by itself.
    HostAutoStartManagerConfig: DynamicData {
        defaults: Option<Object> = "defaults" -> "AutoStartDefaults",
        power_info: Vec<Object> = "powerInfo" -> "AutoStartPowerInfo",
    }
}
