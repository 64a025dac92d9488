//! Hosts: what they are made of, and what their own managers are set to.

use crate::Object;
use crate::table::data_objects;

data_objects! {
    /// What a host is made of.
    HostHardwareInfo: DynamicData {
        system_info: HostSystemInfo = "systemInfo",
        cpu_power_management_info: Option<Object> = "cpuPowerManagementInfo" -> "HostCpuPowerManagementInfo",
        cpu_info: HostCpuInfo = "cpuInfo",
        cpu_pkg: Vec<Object> = "cpuPkg" -> "HostCpuPackage" [required],
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

    /// What a host starts and stops by itself.
    HostAutoStartManagerConfig: DynamicData {
        defaults: Option<Object> = "defaults" -> "AutoStartDefaults",
        power_info: Vec<Object> = "powerInfo" -> "AutoStartPowerInfo",
    }
}
