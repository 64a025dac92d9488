//! ESXi hosts.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{
    AboutInfo, CryptoKeyId, ElementDescription, HostSystemConnectionState, HostSystemPowerState, LocalizableMessage, ManagedEntityStatus,
    MoRef, Object,
};

data_objects! {
    /// What lists show of a host.
    HostListSummary: DynamicData {
        host: Option<MoRef> = "host" -> "HostSystem",
        hardware: Option<HostHardwareSummary> = "hardware",
        runtime: Option<HostRuntimeInfo> = "runtime",
        config: HostConfigSummary = "config",
        quick_stats: HostListSummaryQuickStats = "quickStats",
        overall_status: ManagedEntityStatus = "overallStatus",
        reboot_required: bool = "rebootRequired",
        reboot_required_reason: Vec<LocalizableMessage> = "rebootRequiredReason" since "9.1.0.0",
        maintenance_mode_required: Option<bool> = "maintenanceModeRequired" since "9.1.0.0",
        custom_value: Vec<Object> = "customValue" -> "CustomFieldValue",
        management_server_ip: Option<String> = "managementServerIp",
        max_evc_mode_key: Option<String> = "maxEVCModeKey",
        current_evc_mode_key: Option<String> = "currentEVCModeKey",
        current_evc_graphics_mode_key: Option<String> = "currentEVCGraphicsModeKey" since "7.0.1.0",
        gateway: Option<Object> = "gateway" -> "HostListSummaryGatewaySummary",
        tpm_attestation: Option<Object> = "tpmAttestation" -> "HostTpmAttestationInfo" since "6.7",
        trust_authority_attestation_infos: Vec<Object> = "trustAuthorityAttestationInfos"
            -> "HostTrustAuthorityAttestationInfo" since "7.0.1.0",
    }

    /// A host's load.
    HostListSummaryQuickStats: DynamicData {
        overall_cpu_usage: Option<i32> = "overallCpuUsage",
        overall_memory_usage: Option<i32> = "overallMemoryUsage",
        distributed_cpu_fairness: Option<i32> = "distributedCpuFairness",
        distributed_memory_fairness: Option<i32> = "distributedMemoryFairness",
        available_p_mem_capacity: Option<i32> = "availablePMemCapacity" since "6.7",
        uptime: Option<i32> = "uptime",
    }

    /// A host's hardware.
    HostHardwareSummary: DynamicData {
        vendor: String = "vendor",
        model: String = "model",
        family: Option<String> = "family" since "9.0.0.0",
        uuid: String = "uuid",
        other_identifying_info: Vec<HostSystemIdentificationInfo> = "otherIdentifyingInfo",
        memory_size: i64 = "memorySize",
        cpu_model: String = "cpuModel",
        cpu_mhz: i32 = "cpuMhz",
        num_cpu_pkgs: i16 = "numCpuPkgs",
        num_cpu_cores: i16 = "numCpuCores",
        num_cpu_threads: i16 = "numCpuThreads",
        num_nics: i32 = "numNics",
        num_hb_as: i32 = "numHBAs",
    }

    /// A host's state.
    HostRuntimeInfo: DynamicData {
        connection_state: HostSystemConnectionState = "connectionState",
        power_state: HostSystemPowerState = "powerState",
        standby_mode: Option<String> = "standbyMode",
        in_maintenance_mode: bool = "inMaintenanceMode",
        in_quarantine_mode: Option<bool> = "inQuarantineMode" since "6.5",
        boot_time: Option<Timestamp> = "bootTime",
        health_system_runtime: Option<Object> = "healthSystemRuntime" -> "HealthSystemRuntime",
        das_host_state: Option<Object> = "dasHostState" -> "ClusterDasFdmHostState",
        tpm_pcr_values: Vec<Object> = "tpmPcrValues" -> "HostTpmDigestInfo",
        vsan_runtime_info: Option<Object> = "vsanRuntimeInfo" -> "VsanHostRuntimeInfo",
        network_runtime_info: Option<Object> = "networkRuntimeInfo" -> "HostRuntimeInfoNetworkRuntimeInfo",
        vflash_resource_runtime_info: Option<Object> = "vFlashResourceRuntimeInfo" -> "HostVFlashManagerVFlashResourceRunTimeInfo",
        host_max_virtual_disk_capacity: Option<i64> = "hostMaxVirtualDiskCapacity",
        crypto_state: Option<String> = "cryptoState" since "6.5",
        crypto_key_id: Option<CryptoKeyId> = "cryptoKeyId" since "6.5",
        stateless_nvds_migration_ready: Option<String> = "statelessNvdsMigrationReady" since "7.0.2.0",
        partial_maintenance_mode: Vec<Object> = "partialMaintenanceMode" -> "HostPartialMaintenanceModeRuntimeInfo" since "8.0.3.0",
        state_encryption: Option<Object> = "stateEncryption" -> "HostRuntimeInfoStateEncryptionInfo" since "7.0.3.0",
        pod_vm_info: Option<Object> = "podVMInfo" -> "PodVMInfo" since "9.1.0.0",
    }

    /// Name and product of a host.
    HostConfigSummary: DynamicData {
        name: String = "name",
        port: i32 = "port",
        ssl_thumbprint: Option<String> = "sslThumbprint",
        ssl_certificate: Option<String> = "sslCertificate" since "9.0.0.0",
        product: Option<AboutInfo> = "product",
        vmotion_enabled: bool = "vmotionEnabled",
        fault_tolerance_enabled: bool = "faultToleranceEnabled",
        feature_version: Vec<Object> = "featureVersion" -> "HostFeatureVersionInfo",
        agent_vm_datastore: Option<MoRef> = "agentVmDatastore" -> "Datastore",
        agent_vm_network: Option<MoRef> = "agentVmNetwork" -> "Network",
    }

    /// An asset tag or serial number.
    HostSystemIdentificationInfo: DynamicData {
        identifier_value: String = "identifierValue",
        identifier_type: ElementDescription = "identifierType",
    }
}
