//! Methods of the service of first class disks (VSLM), which finds them by their id alone.

rows! { vslm:
    served RetrieveContent on VslmServiceInstance () returns (VslmServiceInstanceContent) reads without_session;
    known VslmLogout on VslmSessionManager () returns ();
    served VslmQueryInfo on VslmTask () returns (VslmTaskInfo) reads of_any_type;
    served VslmQueryTaskResult on VslmTask () returns (Option<Value>) reads of_any_type;
    known VslmCancelTask on VslmTask () returns ();
    served VslmCreateDiskTask = "VslmCreateDisk_Task" on VslmVStorageObjectManager (
        spec: VslmCreateSpec = "spec",
    ) returns (MoRef as "VslmTask");
    served VslmRegisterDisk on VslmVStorageObjectManager (
        path: String = "path",
        name: Option<String> = "name",
    ) returns (Object as "VStorageObject");
    served VslmExtendDiskTask = "VslmExtendDisk_Task" on VslmVStorageObjectManager (
        id: Id = "id",
        new_capacity_in_mb: i64 = "newCapacityInMB",
    ) returns (MoRef as "VslmTask");
    known VslmInflateDiskTask = "VslmInflateDisk_Task" on VslmVStorageObjectManager (
        Id = "id",
    ) returns (MoRef as "VslmTask");
    served VslmRenameVStorageObject on VslmVStorageObjectManager (
        id: Id = "id",
        name: String = "name",
    ) returns ();
    known VslmUpdateVstorageObjectPolicyTask = "VslmUpdateVstorageObjectPolicy_Task" on VslmVStorageObjectManager (
        Id = "id",
        Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
    ) returns (MoRef as "VslmTask");
    known VslmUpdateVstorageObjectCryptoTask = "VslmUpdateVstorageObjectCrypto_Task" on VslmVStorageObjectManager (
        Id = "id",
        Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        Option<Object> = "disksCrypto" -> "DiskCryptoSpec",
    ) returns (MoRef as "VslmTask");
    served VslmDeleteVStorageObjectTask = "VslmDeleteVStorageObject_Task" on VslmVStorageObjectManager (
        id: Id = "id",
    ) returns (MoRef as "VslmTask");
    served VslmRetrieveVStorageObject on VslmVStorageObjectManager (
        id: Id = "id",
    ) returns (Object as "VStorageObject") reads;
    served VslmRetrieveVStorageObjects on VslmVStorageObjectManager (
        ids: Vec<Id> = "ids",
    ) returns (Vec<VslmVsoVStorageObjectResult>) reads;
    served VslmListVStorageObjectForSpec on VslmVStorageObjectManager (
        query: Vec<VslmVsoVStorageObjectQuerySpec> = "query",
        max_result: i32 = "maxResult",
    ) returns (Option<VslmVsoVStorageObjectQueryResult>) reads;
    served VslmCreateSnapshotTask = "VslmCreateSnapshot_Task" on VslmVStorageObjectManager (
        id: Id = "id",
        description: String = "description",
    ) returns (MoRef as "VslmTask");
    served VslmDeleteSnapshotTask = "VslmDeleteSnapshot_Task" on VslmVStorageObjectManager (
        id: Id = "id",
        snapshot_id: Id = "snapshotId",
    ) returns (MoRef as "VslmTask");
    served VslmRetrieveSnapshotInfo on VslmVStorageObjectManager (
        id: Id = "id",
    ) returns (VStorageObjectSnapshotInfo) reads;
    served VslmReconcileDatastoreInventoryTask = "VslmReconcileDatastoreInventory_Task" on VslmVStorageObjectManager (
        datastore: MoRef = "datastore" -> "Datastore",
    ) returns (MoRef as "VslmTask");
    known VslmAttachDiskTask = "VslmAttachDisk_Task" on VslmVStorageObjectManager (
        Id = "id",
        MoRef = "vm" -> "VirtualMachine",
        Option<i32> = "controllerKey",
        Option<i32> = "unitNumber",
    ) returns (MoRef as "VslmTask");
    known VslmCloneVStorageObjectTask = "VslmCloneVStorageObject_Task" on VslmVStorageObjectManager (
        Id = "id",
        Object = "spec" -> "VslmCloneSpec",
    ) returns (MoRef as "VslmTask");
    known VslmRelocateVStorageObjectTask = "VslmRelocateVStorageObject_Task" on VslmVStorageObjectManager (
        Id = "id",
        Object = "spec" -> "VslmRelocateSpec",
    ) returns (MoRef as "VslmTask");
    known VslmRevertVStorageObjectTask = "VslmRevertVStorageObject_Task" on VslmVStorageObjectManager (
        Id = "id",
        Id = "snapshotId",
    ) returns (MoRef as "VslmTask");
    known VslmSetVStorageObjectControlFlags on VslmVStorageObjectManager (
        Id = "id",
        Vec<String> = "controlFlags",
    ) returns ();
    known VslmClearVStorageObjectControlFlags on VslmVStorageObjectManager (
        Id = "id",
        Vec<String> = "controlFlags",
    ) returns ();
    known VslmAttachTagToVStorageObject on VslmVStorageObjectManager (
        Id = "id",
        String = "category",
        String = "tag",
    ) returns ();
    known VslmDetachTagFromVStorageObject on VslmVStorageObjectManager (
        Id = "id",
        String = "category",
        String = "tag",
    ) returns ();
    known VslmUpdateVStorageObjectMetadataTask = "VslmUpdateVStorageObjectMetadata_Task" on VslmVStorageObjectManager (
        Id = "id",
        Vec<KeyValue> = "metadata",
        Vec<String> = "deleteKeys",
    ) returns (MoRef as "VslmTask");
}
