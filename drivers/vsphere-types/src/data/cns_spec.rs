//! CNS: what is asked for.

use crate::table::data_objects;
use crate::{CnsVolumeId, CnsVolumeMetadata, KeyValue, MoRef, Object};

data_objects! {
    /// A volume to be made or registered.
    CnsVolumeCreateSpec: DynamicData {
        name: String = "name",
        volume_type: String = "volumeType",
        volume_id: Option<CnsVolumeId> = "volumeId" since "9.1.0.0",
        datastores: Vec<MoRef> = "datastores" -> "Datastore",
        metadata: Option<CnsVolumeMetadata> = "metadata",
        backing_object_details: Object = "backingObjectDetails" -> "CnsBackingObjectDetails",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        active_clusters: Vec<MoRef> = "activeClusters" -> "ClusterComputeResource" since "9.1.0.0",
        create_spec: Option<Object> = "createSpec" -> "CnsBaseCreateSpec" since "7.0",
        volume_source: Option<Object> = "volumeSource" -> "CnsVolumeSource" since "7.0",
    }

    /// Details of a volume to be made, by its kind.
    CnsBaseCreateSpec: DynamicData {}

    /// Details of a block volume.
    CnsBlockCreateSpec: CnsBaseCreateSpec {
        crypto_spec: Option<Object> = "cryptoSpec" -> "CryptoSpec",
    }

    /// Details of a file volume.
    CnsFileCreateSpec: CnsBaseCreateSpec {}

    /// Details of a file volume on vSAN.
    CnsVSANFileCreateSpec: CnsFileCreateSpec {
        soft_quota_in_mb: Option<i64> = "softQuotaInMb",
        permission: Vec<Object> = "permission" -> "VsanFileShareNetPermission",
    }

    /// What a new volume starts from.
    CnsVolumeSource: DynamicData {}

    /// A new volume starts from a snapshot.
    CnsSnapshotVolumeSource: CnsVolumeSource {
        volume_id: Option<CnsVolumeId> = "volumeId",
        snapshot_id: Option<CnsSnapshotId> = "snapshotId",
        linked_clone: Option<bool> = "linkedClone" since "9.1.0.0",
    }

    /// A new volume starts from another volume.
    CnsCloneVolumeSource: CnsVolumeSource {
        volume_id: CnsVolumeId = "volumeId",
        keep_after_delete_vm: Option<bool> = "keepAfterDeleteVm",
    }

    /// A volume and the virtual machine that it goes to or leaves.
    CnsVolumeAttachDetachSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        vm: MoRef = "vm" -> "VirtualMachine",
        disk_mode: Option<String> = "diskMode" since "9.1.0.0",
        sharing: Option<String> = "sharing" since "9.1.0.0",
        controller_key: Option<i32> = "controllerKey" since "9.1.0.0",
        unit_number: Option<i32> = "unitNumber" since "9.1.0.0",
        backing_type_name: Option<String> = "backingTypeName" since "9.1.0.0",
        volume_encrypted: Option<bool> = "volumeEncrypted" since "9.1.0.0",
    }

    /// A volume and its new size.
    CnsVolumeExtendSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        capacity_in_mb: i64 = "capacityInMb",
    }

    /// A volume and what is new to be said of it.
    CnsVolumeMetadataUpdateSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        metadata: CnsVolumeMetadata = "metadata",
    }

    /// A volume and where it is to move.
    CnsVolumeRelocateSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        datastore: MoRef = "datastore" -> "Datastore",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
    }

    /// A block volume and where it is to move.
    CnsBlockVolumeRelocateSpec: CnsVolumeRelocateSpec {}

    /// A file volume and who may mount it.
    CnsVolumeACLConfigureSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        access_control_spec_list: Vec<Object> = "accessControlSpecList" -> "CnsAccessControlSpec" [required],
    }

    /// A volume and its new storage policy.
    CnsVolumePolicyReconfigSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
    }

    /// A volume and its new encryption.
    CnsVolumeCryptoUpdateSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        disks_crypto: Option<Object> = "disksCrypto" -> "DiskCryptoSpec",
    }

    /// A volume to be snapshotted.
    CnsSnapshotCreateSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        description: String = "description",
        snapshot_id: Option<CnsSnapshotId> = "snapshotId" since "9.1.0.0",
    }

    /// A snapshot to be removed.
    CnsSnapshotDeleteSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        snapshot_id: CnsSnapshotId = "snapshotId",
    }

    /// The id of a snapshot.
    CnsSnapshotId: DynamicData {
        id: String = "id",
    }

    /// A volume to be read anew from its datastore.
    CnsSyncVolumeSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        datastore: Option<MoRef> = "datastore" -> "Datastore",
        sync_mode: Vec<String> = "syncMode",
    }

    /// A volume that is to stop being one.
    CnsUnregisterVolumeSpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        target_volume_type: String = "targetVolumeType",
    }

    /// Which volumes.
    CnsQueryFilter: DynamicData {
        volume_ids: Vec<CnsVolumeId> = "volumeIds",
        names: Vec<String> = "names",
        container_cluster_ids: Vec<String> = "containerClusterIds",
        storage_policy_id: Option<String> = "storagePolicyId",
        datastores: Vec<MoRef> = "datastores" -> "Datastore",
        labels: Vec<KeyValue> = "labels",
        compliance_status: Option<String> = "complianceStatus",
        datastore_accessibility_status: Option<String> = "datastoreAccessibilityStatus",
        cursor: Option<CnsCursor> = "cursor",
        health_status: Option<String> = "healthStatus" since "7.0",
    }

    /// Which volumes, by the Kubernetes objects that they belong to.
    CnsKubernetesQueryFilter: CnsQueryFilter {
        namespaces: Vec<String> = "namespaces",
        pod_names: Vec<String> = "podNames",
        pvc_names: Vec<String> = "pvcNames",
        pv_names: Vec<String> = "pvNames",
    }

    /// Which fields of the volumes.
    CnsQuerySelection: DynamicData {
        names: Vec<String> = "names",
    }

    /// A place in a long answer.
    CnsCursor: DynamicData {
        offset: i64 = "offset",
        limit: i64 = "limit",
        total_records: Option<i64> = "totalRecords",
    }
}
