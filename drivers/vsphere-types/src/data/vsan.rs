//! How vSAN is set up on a cluster.

use crate::Object;
use crate::table::data_objects;

data_objects! {
    /// What hosts of a vSAN cluster have by default.
    VsanClusterConfigInfoHostDefaultInfo: DynamicData {
        uuid: Option<String> = "uuid",
        auto_claim_storage: Option<bool> = "autoClaimStorage",
        checksum_enabled: Option<bool> = "checksumEnabled" since "6.0",
    }

    /// Whether a cluster has vSAN.
    VsanClusterConfigInfo: DynamicData {
        enabled: Option<bool> = "enabled",
        default_config: Option<VsanClusterConfigInfoHostDefaultInfo> = "defaultConfig",
        vsan_esa_enabled: Option<bool> = "vsanEsaEnabled" since "8.0.0.1",
        vsan_cyber_recovery_enabled: Option<bool> = "vsanCyberRecoveryEnabled" since "9.1.0.0",
    }

    /// The same with what vSAN's own service knows.
    VsanConfigInfoEx: VsanClusterConfigInfo {
        data_efficiency_config: Option<Object> = "dataEfficiencyConfig" -> "VsanDataEfficiencyConfig",
        resync_iops_limit_config: Option<Object> = "resyncIopsLimitConfig" -> "ResyncIopsInfo",
        iscsi_config: Option<Object> = "iscsiConfig" -> "VsanIscsiTargetServiceConfig",
        data_encryption_config: Option<Object> = "dataEncryptionConfig" -> "VsanDataEncryptionConfig",
        extended_config: Option<Object> = "extendedConfig" -> "VsanExtendedConfig",
        datastore_config: Option<Object> = "datastoreConfig" -> "VsanDatastoreConfig",
        perfsvc_config: Option<Object> = "perfsvcConfig" -> "VsanPerfsvcConfig",
        unmap_config: Option<Object> = "unmapConfig" -> "VsanUnmapConfig",
        vum_config: Option<Object> = "vumConfig" -> "VsanVumConfig",
        file_service_config: Option<Object> = "fileServiceConfig" -> "VsanFileServiceConfig",
        metrics_config: Option<Object> = "metricsConfig" -> "VsanMetricsConfig",
        rdma_config: Option<Object> = "rdmaConfig" -> "VsanRdmaConfig",
        data_in_transit_encryption_config: Option<Object> = "dataInTransitEncryptionConfig" -> "VsanDataInTransitEncryptionConfig",
        vsan_health_config: Option<Object> = "vsanHealthConfig" -> "VsanHealthConfigSpec",
        mode: Option<String> = "mode",
        vsan_p_mem_config: Option<Object> = "vsanPMemConfig" -> "VimVsanVsanPMemConfig",
        vsan_esa_config_info: Option<Object> = "vsanEsaConfigInfo" -> "VsanEsaConfigInfo",
        xvc_datastore_config: Option<Object> = "xvcDatastoreConfig" -> "VsanXVCDatastoreConfig",
        server_cluster_config: Option<Object> = "serverClusterConfig" -> "VcRemoteVsanServerClusterConfig",
        datastore_default_policy_selection_config: Option<Object> = "datastoreDefaultPolicySelectionConfig" -> "VsanDatastoreDefaultPolicySelectionConfig",
        snap_service_config: Option<Object> = "snapServiceConfig" -> "VsanSnapServiceConfig",
        deconverged_net_config: Option<Object> = "deconvergedNetConfig" -> "VsanDeconvergedNetConfig",
        site_fault_domain_config: Option<Object> = "siteFaultDomainConfig" -> "VsanSiteFaultDomainConfig",
        vboss_cluster_config: Option<Object> = "vbossClusterConfig" -> "VsanVbossClusterConfig",
    }
}
