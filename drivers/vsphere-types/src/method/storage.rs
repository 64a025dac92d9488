//! Methods of files, disks and first class disks.

rows! { storage:
    served CreateDiskTask = "CreateDisk_Task" on VcenterVStorageObjectManager (
        spec: VslmCreateSpec = "spec",
    ) returns (MoRef as "Task");
    served RegisterDisk on VcenterVStorageObjectManager (
        path: String = "path",
        name: Option<String> = "name",
        id: Option<Id> = "id" since "9.1.0.0",
    ) returns (Object as "VStorageObject");
    served DeleteVStorageObjectTask = "DeleteVStorageObject_Task" on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
    ) returns (MoRef as "Task");
    served RetrieveVStorageObject on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        disk_info_flags: Vec<String> = "diskInfoFlags" since "8.0.0.1",
    ) returns (Object as "VStorageObject") reads;
    served ListVStorageObject on VcenterVStorageObjectManager (
        datastore: MoRef = "datastore" -> "Datastore",
    ) returns (Vec<Id>) reads;
    served ExtendDiskTask = "ExtendDisk_Task" on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        new_capacity_in_mb: i64 = "newCapacityInMB",
    ) returns (MoRef as "Task");
    served RenameVStorageObject on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        name: String = "name",
    ) returns ();
    served ReconcileDatastoreInventoryTask = "ReconcileDatastoreInventory_Task" on VcenterVStorageObjectManager (
        datastore: MoRef = "datastore" -> "Datastore",
        deep_cleansing: Option<bool> = "deepCleansing" since "9.0.0.0",
    ) returns (MoRef as "Task");
    served RetrieveSnapshotInfo on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
    ) returns (VStorageObjectSnapshotInfo) reads;
    served VStorageObjectCreateSnapshotTask = "VStorageObjectCreateSnapshot_Task" on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        description: String = "description",
    ) returns (MoRef as "Task");
    served DeleteSnapshotTask = "DeleteSnapshot_Task" on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        snapshot_id: Id = "snapshotId",
    ) returns (MoRef as "Task");
    served SearchDatastoreTask = "SearchDatastore_Task" on HostDatastoreBrowser (
        datastore_path: String = "datastorePath",
        search_spec: Option<Object> = "searchSpec" -> "HostDatastoreBrowserSearchSpec",
    ) returns (MoRef as "Task");
    served SearchDatastoreSubFoldersTask = "SearchDatastoreSubFolders_Task" on HostDatastoreBrowser (
        datastore_path: String = "datastorePath",
        search_spec: Option<Object> = "searchSpec" -> "HostDatastoreBrowserSearchSpec",
    ) returns (MoRef as "Task");
    served CreateVirtualDiskTask = "CreateVirtualDisk_Task" on VirtualDiskManager (
        name: String = "name",
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        spec: Object = "spec" -> "VirtualDiskSpec",
    ) returns (MoRef as "Task");
    served DeleteVirtualDiskTask = "DeleteVirtualDisk_Task" on VirtualDiskManager (
        name: String = "name",
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (MoRef as "Task");
    known MoveVirtualDiskTask = "MoveVirtualDisk_Task" on VirtualDiskManager (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destName",
        Option<MoRef> = "destDatacenter" -> "Datacenter",
        Option<bool> = "force",
        Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
    ) returns (MoRef as "Task");
    known CopyVirtualDiskTask = "CopyVirtualDisk_Task" on VirtualDiskManager (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destName",
        Option<MoRef> = "destDatacenter" -> "Datacenter",
        Option<Object> = "destSpec" -> "VirtualDiskSpec",
        Option<bool> = "force",
    ) returns (MoRef as "Task");
    known ExtendVirtualDiskTask = "ExtendVirtualDisk_Task" on VirtualDiskManager (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        i64 = "newCapacityKb",
        Option<bool> = "eagerZero",
    ) returns (MoRef as "Task");
    served QueryVirtualDiskUuid on VirtualDiskManager (
        name: String = "name",
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (String) reads;
    known SetVirtualDiskUuid on VirtualDiskManager (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "uuid",
    ) returns ();
    known MakeDirectory on FileManager (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        Option<bool> = "createParentDirectories",
    ) returns ();
    known DeleteDatastoreFileTask = "DeleteDatastoreFile_Task" on FileManager (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (MoRef as "Task");
    known MoveDatastoreFileTask = "MoveDatastoreFile_Task" on FileManager (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destinationName",
        Option<MoRef> = "destinationDatacenter" -> "Datacenter",
        Option<bool> = "force",
    ) returns (MoRef as "Task");
    known CopyDatastoreFileTask = "CopyDatastoreFile_Task" on FileManager (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destinationName",
        Option<MoRef> = "destinationDatacenter" -> "Datacenter",
        Option<bool> = "force",
    ) returns (MoRef as "Task");
}
