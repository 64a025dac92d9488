//! First class disks as the vStorageObject manager shows and makes them, and disks that are files only.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{CryptoKeyId, Id, KeyValue, MoRef, Object};

data_objects! {
    /// A first class disk.
    VStorageObject: DynamicData {
        config: VStorageObjectConfigInfo = "config",
    }

    /// How a first class disk or its snapshot is set up.
    BaseConfigInfo: DynamicData {
        id: Id = "id",
        name: String = "name",
        create_time: Timestamp = "createTime",
        keep_after_delete_vm: Option<bool> = "keepAfterDeleteVm",
        relocation_disabled: Option<bool> = "relocationDisabled",
        native_snapshot_supported: Option<bool> = "nativeSnapshotSupported",
        changed_block_tracking_enabled: Option<bool> = "changedBlockTrackingEnabled",
        backing: Object = "backing" -> "BaseConfigInfoBackingInfo",
        metadata: Vec<KeyValue> = "metadata" since "7.0.2.0",
        vclock: Option<Object> = "vclock" -> "vslmVClockInfo" since "7.0.2.0",
        iofilter: Vec<String> = "iofilter",
    }

    /// How a first class disk is set up.
    VStorageObjectConfigInfo: BaseConfigInfo {
        descriptor_version: Option<i32> = "descriptorVersion" since "8.0.1.0",
        capacity_in_mb: i64 = "capacityInMB",
        consumption_type: Vec<String> = "consumptionType",
        consumer_id: Vec<Id> = "consumerId",
        virtual_disk_format: Option<String> = "virtualDiskFormat" since "9.0.0.0",
        linked_clone_base_path: Option<String> = "linkedCloneBasePath" since "9.1.0.0",
        linked_clone_parent_id: Option<Id> = "linkedCloneParentId" since "9.1.0.0",
    }

    /// The snapshots of a first class disk.
    VStorageObjectSnapshotInfo: DynamicData {
        snapshots: Vec<VStorageObjectSnapshotInfoVStorageObjectSnapshot> = "snapshots",
    }

    /// A snapshot of a first class disk.
    VStorageObjectSnapshotInfoVStorageObjectSnapshot: DynamicData {
        id: Option<Id> = "id",
        backing_object_id: Option<String> = "backingObjectId",
        create_time: Timestamp = "createTime",
        description: String = "description",
    }

    /// What a first class disk is made of.
    BaseConfigInfoBackingInfo: DynamicData {
        datastore: MoRef = "datastore" -> "Datastore",
    }

    /// A first class disk in a file.
    BaseConfigInfoFileBackingInfo: BaseConfigInfoBackingInfo {
        file_path: String = "filePath",
        backing_object_id: Option<String> = "backingObjectId",
        parent: Option<Object> = "parent" -> "BaseConfigInfoFileBackingInfo",
        delta_size_in_mb: Option<i64> = "deltaSizeInMB",
        key_id: Option<CryptoKeyId> = "keyId" since "7.0.0.0",
        shared_file_backing: Option<bool> = "sharedFileBacking" since "9.1.0.0",
    }

    /// A first class disk in a VMDK file.
    BaseConfigInfoDiskFileBackingInfo: BaseConfigInfoFileBackingInfo {
        provisioning_type: String = "provisioningType",
    }

    /// A first class disk that is to be made.
    VslmCreateSpec: DynamicData {
        id: Option<Id> = "id" since "9.1.0.0",
        name: String = "name",
        keep_after_delete_vm: Option<bool> = "keepAfterDeleteVm",
        backing_spec: Object = "backingSpec" -> "VslmCreateSpecBackingSpec",
        capacity_in_mb: i64 = "capacityInMB",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        crypto: Option<Object> = "crypto" -> "CryptoSpec",
        metadata: Vec<KeyValue> = "metadata",
    }

    /// Where it is to lie.
    VslmCreateSpecBackingSpec: DynamicData {
        datastore: MoRef = "datastore" -> "Datastore",
        path: Option<String> = "path",
    }

    /// The same for a disk in a file.
    VslmCreateSpecDiskFileBackingSpec: VslmCreateSpecBackingSpec {
        provisioning_type: Option<String> = "provisioningType",
    }

    /// A disk that is to be made as a file.
    VirtualDiskSpec: DynamicData {
        disk_type: String = "diskType",
        adapter_type: String = "adapterType",
    }

    /// The same, of a size.
    FileBackedVirtualDiskSpec: VirtualDiskSpec {
        capacity_kb: i64 = "capacityKb",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        crypto: Option<Object> = "crypto" -> "CryptoSpec",
        sector_format: Option<String> = "sectorFormat" since "9.0.0.0",
    }
}
