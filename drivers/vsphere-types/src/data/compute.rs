//! Clusters, resource pools and what they allot.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{DrsBehavior, ManagedEntityStatus, MoRef, Object, OptionValue, SharesLevel};

data_objects! {
    /// Totals of a compute resource.
    ComputeResourceSummary: DynamicData {
        total_cpu: i32 = "totalCpu",
        total_memory: i64 = "totalMemory",
        num_cpu_cores: i16 = "numCpuCores",
        num_cpu_threads: i16 = "numCpuThreads",
        effective_cpu: i32 = "effectiveCpu",
        effective_memory: i64 = "effectiveMemory",
        num_hosts: i32 = "numHosts",
        num_effective_hosts: i32 = "numEffectiveHosts",
        overall_status: ManagedEntityStatus = "overallStatus",
    }

    /// Totals of a cluster.
    ClusterComputeResourceSummary: ComputeResourceSummary {
        current_failover_level: i32 = "currentFailoverLevel",
        admission_control_info: Option<Object> = "admissionControlInfo" -> "ClusterDasAdmissionControlInfo",
        num_vmotions: i32 = "numVmotions",
        target_balance: Option<i32> = "targetBalance",
        current_balance: Option<i32> = "currentBalance",
        drs_score: Option<i32> = "drsScore" since "7.0.0.0",
        num_vms_per_drs_score_bucket: Vec<i32> = "numVmsPerDrsScoreBucket" since "7.0.0.0",
        usage_summary: Option<Object> = "usageSummary" -> "ClusterUsageSummary",
        current_evc_mode_key: Option<String> = "currentEVCModeKey",
        current_evc_graphics_mode_key: Option<String> = "currentEVCGraphicsModeKey" since "7.0.1.0",
        das_data: Option<Object> = "dasData" -> "ClusterDasData",
        cluster_maintenance_mode_status: Option<String> = "clusterMaintenanceModeStatus" since "7.0.0.2",
        vcs_health_status: Option<String> = "vcsHealthStatus" since "7.0.1.1",
        vcs_slots: Vec<Object> = "vcsSlots" -> "ClusterComputeResourceVcsSlots" since "7.0.1.1",
    }

    /// How a compute resource is set up.
    ComputeResourceConfigInfo: DynamicData {
        vm_swap_placement: String = "vmSwapPlacement",
        spbm_enabled: Option<bool> = "spbmEnabled",
        default_hardware_version_key: Option<String> = "defaultHardwareVersionKey",
        maximum_hardware_version_key: Option<String> = "maximumHardwareVersionKey" since "7.0.2.0",
    }

    /// How a cluster is set up.
    ClusterConfigInfoEx: ComputeResourceConfigInfo {
        system_v_ms_config: Option<Object> = "systemVMsConfig" -> "ClusterSystemVMsConfigInfo" since "7.0.3.0",
        das_config: ClusterDasConfigInfo = "dasConfig",
        das_vm_config: Vec<Object> = "dasVmConfig" -> "ClusterDasVmConfigInfo",
        drs_config: ClusterDrsConfigInfo = "drsConfig",
        drs_vm_config: Vec<Object> = "drsVmConfig" -> "ClusterDrsVmConfigInfo",
        rule: Vec<Object> = "rule" -> "ClusterRuleInfo",
        orchestration: Option<Object> = "orchestration" -> "ClusterOrchestrationInfo" since "6.5",
        vm_orchestration: Vec<Object> = "vmOrchestration" -> "ClusterVmOrchestrationInfo" since "6.5",
        dpm_config_info: Option<Object> = "dpmConfigInfo" -> "ClusterDpmConfigInfo",
        dpm_host_config: Vec<Object> = "dpmHostConfig" -> "ClusterDpmHostConfigInfo",
        vsan_config_info: Option<Object> = "vsanConfigInfo" -> "VsanClusterConfigInfo",
        vsan_host_config: Vec<Object> = "vsanHostConfig" -> "VsanHostConfigInfo",
        group: Vec<Object> = "group" -> "ClusterGroupInfo",
        infra_update_ha_config: Option<Object> = "infraUpdateHaConfig" -> "ClusterInfraUpdateHaConfigInfo" since "6.5",
        proactive_drs_config: Option<Object> = "proactiveDrsConfig" -> "ClusterProactiveDrsConfigInfo" since "6.5",
        crypto_config: Option<Object> = "cryptoConfig" -> "ClusterCryptoConfigInfo" since "7.0.0.0",
        vsan_core_config: Option<Object> = "vsanCoreConfig" -> "VsanClusterCoreConfig" since "9.0.0.0",
    }

    /// How vSphere HA is set up.
    ClusterDasConfigInfo: DynamicData {
        enabled: Option<bool> = "enabled",
        vm_monitoring: Option<String> = "vmMonitoring",
        host_monitoring: Option<String> = "hostMonitoring",
        vm_component_protecting: Option<String> = "vmComponentProtecting",
        failover_level: Option<i32> = "failoverLevel",
        admission_control_policy: Option<Object> = "admissionControlPolicy" -> "ClusterDasAdmissionControlPolicy",
        admission_control_enabled: Option<bool> = "admissionControlEnabled",
        default_vm_settings: Option<Object> = "defaultVmSettings" -> "ClusterDasVmSettings",
        option: Vec<OptionValue> = "option",
        heartbeat_datastore: Vec<MoRef> = "heartbeatDatastore" -> "Datastore",
        h_b_datastore_candidate_policy: Option<String> = "hBDatastoreCandidatePolicy",
    }

    /// How DRS is set up.
    ClusterDrsConfigInfo: DynamicData {
        enabled: Option<bool> = "enabled",
        enable_vm_behavior_overrides: Option<bool> = "enableVmBehaviorOverrides",
        default_vm_behavior: Option<DrsBehavior> = "defaultVmBehavior",
        vmotion_rate: Option<i32> = "vmotionRate",
        scale_descendants_shares: Option<String> = "scaleDescendantsShares" since "7.0.0.0",
        option: Vec<OptionValue> = "option",
    }

    /// What lists show of a resource pool.
    ResourcePoolSummary: DynamicData {
        name: String = "name",
        config: ResourceConfigSpec = "config",
        runtime: ResourcePoolRuntimeInfo = "runtime",
        quick_stats: Option<Object> = "quickStats" -> "ResourcePoolQuickStats",
        configured_memory_mb: Option<i32> = "configuredMemoryMB",
    }

    /// What a resource pool uses now.
    ResourcePoolRuntimeInfo: DynamicData {
        memory: ResourcePoolResourceUsage = "memory",
        cpu: ResourcePoolResourceUsage = "cpu",
        overall_status: ManagedEntityStatus = "overallStatus",
        shares_scalable: Option<String> = "sharesScalable" since "7.0.0.0",
    }

    /// What a resource pool uses of one resource.
    ResourcePoolResourceUsage: DynamicData {
        reservation_used: i64 = "reservationUsed",
        reservation_used_for_vm: i64 = "reservationUsedForVm",
        unreserved_for_pool: i64 = "unreservedForPool",
        unreserved_for_vm: i64 = "unreservedForVm",
        overall_usage: i64 = "overallUsage",
        max_usage: i64 = "maxUsage",
    }

    /// What a resource pool or machine is allotted.
    ResourceConfigSpec: DynamicData {
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        change_version: Option<String> = "changeVersion",
        last_modified: Option<Timestamp> = "lastModified",
        cpu_allocation: ResourceAllocationInfo = "cpuAllocation",
        memory_allocation: ResourceAllocationInfo = "memoryAllocation",
        scale_descendants_shares: Option<String> = "scaleDescendantsShares" since "7.0.0.0",
    }

    /// Reservation, limit and shares of one resource.
    ResourceAllocationInfo: DynamicData {
        reservation: Option<i64> = "reservation",
        expandable_reservation: Option<bool> = "expandableReservation",
        limit: Option<i64> = "limit",
        shares: Option<SharesInfo> = "shares",
        overhead_limit: Option<i64> = "overheadLimit",
    }

    /// A relative weight.
    SharesInfo: DynamicData {
        shares: i32 = "shares",
        level: SharesLevel = "level",
    }

    /// Shares and limit of storage traffic.
    StorageIOAllocationInfo: DynamicData {
        limit: Option<i64> = "limit",
        shares: Option<SharesInfo> = "shares",
        reservation: Option<i32> = "reservation",
    }
}
