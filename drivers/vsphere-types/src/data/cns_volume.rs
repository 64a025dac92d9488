//! CNS: volumes, what they are made of and what the cluster says of them.

use crate::table::data_objects;
use crate::{KeyValue, Object};

data_objects! {
    /// The id of a volume.
    CnsVolumeId: DynamicData {
        id: String = "id",
    }

    /// A volume.
    CnsVolume: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        datastore_url: Option<String> = "datastoreUrl",
        name: Option<String> = "name",
        volume_type: Option<String> = "volumeType",
        storage_policy_id: Option<String> = "storagePolicyId",
        metadata: Option<CnsVolumeMetadata> = "metadata",
        backing_object_details: Option<Object> = "backingObjectDetails" -> "CnsBackingObjectDetails",
        compliance_status: Option<String> = "complianceStatus",
        datastore_accessibility_status: Option<String> = "datastoreAccessibilityStatus",
        health_status: Option<String> = "healthStatus" since "7.0",
    }

    /// What container clusters say of a volume.
    CnsVolumeMetadata: DynamicData {
        container_cluster: CnsContainerCluster = "containerCluster",
        entity_metadata: Vec<Object> = "entityMetadata" -> "CnsEntityMetadata",
        container_cluster_array: Vec<CnsContainerCluster> = "containerClusterArray" since "7.0",
    }

    /// A container cluster.
    CnsContainerCluster: DynamicData {
        cluster_type: String = "clusterType",
        cluster_id: String = "clusterId",
        vsphere_user: String = "vSphereUser",
        cluster_flavor: Option<String> = "clusterFlavor" since "7.0",
        cluster_distribution: Option<String> = "clusterDistribution" since "vSAN 7.0U2",
        delete: Option<bool> = "delete" since "8.0.0.2",
    }

    /// What a container cluster says of one of its objects.
    CnsEntityMetadata: DynamicData {
        entity_name: String = "entityName",
        labels: Vec<KeyValue> = "labels",
        delete: Option<bool> = "delete",
        cluster_id: Option<String> = "clusterId" since "7.0",
    }

    /// A PersistentVolume, claim or pod that belongs to a volume.
    CnsKubernetesEntityMetadata: CnsEntityMetadata {
        entity_type: String = "entityType",
        namespace: Option<String> = "namespace",
        referred_entity: Vec<CnsKubernetesEntityReference> = "referredEntity" since "7.0",
    }

    /// A Kubernetes object that another one refers to.
    CnsKubernetesEntityReference: DynamicData {
        entity_type: String = "entityType",
        entity_name: String = "entityName",
        namespace: Option<String> = "namespace",
        cluster_id: Option<String> = "clusterId",
    }

    /// What a volume is made of.
    CnsBackingObjectDetails: DynamicData {
        capacity_in_mb: Option<i64> = "capacityInMb",
    }

    /// A volume that is a first class disk.
    CnsBlockBackingDetails: CnsBackingObjectDetails {
        backing_disk_id: Option<String> = "backingDiskId",
        backing_disk_url_path: Option<String> = "backingDiskUrlPath" since "7.2",
        backing_disk_path: Option<String> = "backingDiskPath" since "vSAN 7.0U2",
        backing_disk_object_id: Option<String> = "backingDiskObjectId" since "vSAN 7.0U2",
        used_capacity_in_mb: Option<i64> = "usedCapacityInMb" since "8.0.0.1",
        aggregated_snapshot_capacity_in_mb: Option<i64> = "aggregatedSnapshotCapacityInMb" since "9.0.0.0",
    }

    /// A volume that is a file share.
    CnsFileBackingDetails: CnsBackingObjectDetails {
        backing_file_id: Option<String> = "backingFileId",
    }

    /// A volume that is a file share of vSAN.
    CnsVsanFileShareBackingDetails: CnsFileBackingDetails {
        name: Option<String> = "name",
        access_points: Vec<KeyValue> = "accessPoints",
        permission: Vec<Object> = "permission" -> "VsanFileShareNetPermission" since "vSAN 7.0U2",
    }

    /// Who may use a volume.
    CnsAccessControlSpec: DynamicData {}

    /// Who may mount a file share.
    CnsNFSAccessControlSpec: CnsAccessControlSpec {
        net_permission: Option<Object> = "netPermission" -> "VsanFileShareNetPermission" [required],
        delete: Option<bool> = "delete",
    }
}
