//! Datastores and networks.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{MoRef, Object};

data_objects! {
    /// What lists show of a datastore.
    DatastoreSummary: DynamicData {
        datastore: Option<MoRef> = "datastore" -> "Datastore",
        name: String = "name",
        url: String = "url",
        capacity: i64 = "capacity",
        free_space: i64 = "freeSpace",
        uncommitted: Option<i64> = "uncommitted",
        accessible: bool = "accessible",
        multiple_host_access: Option<bool> = "multipleHostAccess",
        kind: String = "type",
        maintenance_mode: Option<String> = "maintenanceMode",
    }

    /// What is known of a datastore beyond its summary; its subtypes know the kind.
    DatastoreInfo: DynamicData {
        name: String = "name",
        url: String = "url",
        free_space: i64 = "freeSpace",
        max_file_size: i64 = "maxFileSize",
        max_virtual_disk_capacity: Option<i64> = "maxVirtualDiskCapacity",
        max_memory_file_size: i64 = "maxMemoryFileSize",
        timestamp: Option<Timestamp> = "timestamp",
        container_id: Option<String> = "containerId",
        alias_of: Option<String> = "aliasOf" since "6.7.1",
        supported_v_disk_formats: Vec<String> = "supportedVDiskFormats" since "9.0.0.0",
        logical_sector_size: Option<i32> = "logicalSectorSize" since "9.0.0.0",
        physical_sector_size: Option<i32> = "physicalSectorSize" since "9.0.0.0",
    }

    /// A datastore on VMFS.
    VmfsDatastoreInfo: DatastoreInfo {
        max_physical_rdm_file_size: i64 = "maxPhysicalRDMFileSize",
        max_virtual_rdm_file_size: i64 = "maxVirtualRDMFileSize",
        vmfs: Option<HostVmfsVolume> = "vmfs",
    }

    /// A datastore on NFS.
    NasDatastoreInfo: DatastoreInfo {
        nas: Option<HostNasVolume> = "nas",
    }

    /// A datastore on vSAN.
    VsanDatastoreInfo: DatastoreInfo {
        membership_uuid: Option<String> = "membershipUuid",
        access_gen_no: Option<i32> = "accessGenNo",
    }

    /// What a datastore can do.
    DatastoreCapability: DynamicData {
        directory_hierarchy_supported: bool = "directoryHierarchySupported",
        raw_disk_mappings_supported: bool = "rawDiskMappingsSupported",
        per_file_thin_provisioning_supported: bool = "perFileThinProvisioningSupported",
        storage_iorm_supported: bool = "storageIORMSupported",
        native_snapshot_supported: bool = "nativeSnapshotSupported",
        top_level_directory_create_supported: Option<bool> = "topLevelDirectoryCreateSupported",
        se_sparse_supported: Option<bool> = "seSparseSupported",
        vmfs_sparse_supported: Option<bool> = "vmfsSparseSupported" since "6.5",
        vsan_sparse_supported: Option<bool> = "vsanSparseSupported" since "6.5",
        upit_supported: Option<bool> = "upitSupported" since "6.5",
        vmdk_expand_supported: Option<bool> = "vmdkExpandSupported" since "6.7",
        clustered_vmdk_supported: Option<bool> = "clusteredVmdkSupported" since "7.0.0.0",
    }

    /// How one host mounts a datastore.
    DatastoreHostMount: DynamicData {
        key: MoRef = "key" -> "HostSystem",
        mount_info: HostMountInfo = "mountInfo",
    }

    /// A mount of a datastore on a host.
    HostMountInfo: DynamicData {
        path: Option<String> = "path",
        access_mode: String = "accessMode",
        mounted: Option<bool> = "mounted",
        accessible: Option<bool> = "accessible",
        inaccessible_reason: Option<String> = "inaccessibleReason",
        vmknic_name: Option<String> = "vmknicName" since "8.0.1.0",
        vmknic_active: Option<bool> = "vmknicActive" since "8.0.1.0",
        mount_failed_reason: Option<String> = "mountFailedReason" since "8.0.0.1",
        num_tcp_connections: Option<i32> = "numTcpConnections" since "8.0.1.0",
    }

    /// A file system on a host's storage.
    HostFileSystemVolume: DynamicData {
        kind: String = "type",
        name: String = "name",
        capacity: i64 = "capacity",
    }

    /// A VMFS volume.
    HostVmfsVolume: HostFileSystemVolume {
        block_size_mb: i32 = "blockSizeMb",
        block_size: Option<i32> = "blockSize" since "6.5",
        unmap_granularity: Option<i32> = "unmapGranularity" since "6.5",
        unmap_priority: Option<String> = "unmapPriority" since "6.5",
        unmap_bandwidth_spec: Option<Object> = "unmapBandwidthSpec" -> "VmfsUnmapBandwidthSpec" since "6.7",
        max_blocks: i32 = "maxBlocks",
        major_version: i32 = "majorVersion",
        version: String = "version",
        uuid: String = "uuid",
        extent: Vec<HostScsiDiskPartition> = "extent" [required],
        vmfs_upgradable: bool = "vmfsUpgradable",
        force_mounted_info: Option<Object> = "forceMountedInfo" -> "HostForceMountedInfo",
        ssd: Option<bool> = "ssd",
        local: Option<bool> = "local",
        scsi_disk_type: Option<String> = "scsiDiskType" since "6.5",
    }

    /// A partition of a disk.
    HostScsiDiskPartition: DynamicData {
        disk_name: String = "diskName",
        partition: i32 = "partition",
    }

    /// An NFS export as a host mounts it.
    HostNasVolume: HostFileSystemVolume {
        remote_host: String = "remoteHost",
        remote_path: String = "remotePath",
        user_name: Option<String> = "userName",
        remote_host_names: Vec<String> = "remoteHostNames",
        security_type: Option<String> = "securityType",
        protocol_endpoint: Option<bool> = "protocolEndpoint",
    }

    /// What lists show of a network.
    NetworkSummary: DynamicData {
        network: Option<MoRef> = "network" -> "Network",
        name: String = "name",
        accessible: bool = "accessible",
        ip_pool_name: String = "ipPoolName",
        ip_pool_id: Option<i32> = "ipPoolId",
    }
}
