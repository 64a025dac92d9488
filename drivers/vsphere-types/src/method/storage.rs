//! Methods of files, disks and first class disks.

use crate::table::methods;
use crate::{Id, MoRef, Object, VStorageObjectSnapshotInfo};

methods! {
    "CreateDisk_Task" on "VcenterVStorageObjectManager" (
        Object = "spec" -> "VslmCreateSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "RegisterDisk" on "VcenterVStorageObjectManager" (
        String = "path",
        Option<String> = "name",
        Option<Id> = "id" since "9.1.0.0",
    ) returns (Object = "returnval" -> "VStorageObject");
    "DeleteVStorageObject_Task" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
    ) returns (MoRef = "returnval" -> "Task");
    "RetrieveVStorageObject" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        Vec<String> = "diskInfoFlags" since "8.0.0.1",
    ) returns (Object = "returnval" -> "VStorageObject");
    "ListVStorageObject" on "VcenterVStorageObjectManager" (
        MoRef = "datastore" -> "Datastore",
    ) returns (Vec<Id> = "returnval");
    "ExtendDisk_Task" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        i64 = "newCapacityInMB",
    ) returns (MoRef = "returnval" -> "Task");
    "RenameVStorageObject" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        String = "name",
    ) returns ();
    "ReconcileDatastoreInventory_Task" on "VcenterVStorageObjectManager" (
        MoRef = "datastore" -> "Datastore",
        Option<bool> = "deepCleansing" since "9.0.0.0",
    ) returns (MoRef = "returnval" -> "Task");
    "RetrieveSnapshotInfo" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
    ) returns (VStorageObjectSnapshotInfo = "returnval");
    "VStorageObjectCreateSnapshot_Task" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        String = "description",
    ) returns (MoRef = "returnval" -> "Task");
    "DeleteSnapshot_Task" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        Id = "snapshotId",
    ) returns (MoRef = "returnval" -> "Task");
    "SearchDatastore_Task" on "HostDatastoreBrowser" (
        String = "datastorePath",
        Option<Object> = "searchSpec" -> "HostDatastoreBrowserSearchSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "SearchDatastoreSubFolders_Task" on "HostDatastoreBrowser" (
        String = "datastorePath",
        Option<Object> = "searchSpec" -> "HostDatastoreBrowserSearchSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "CreateVirtualDisk_Task" on "VirtualDiskManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        Object = "spec" -> "VirtualDiskSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "DeleteVirtualDisk_Task" on "VirtualDiskManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (MoRef = "returnval" -> "Task");
    "MoveVirtualDisk_Task" on "VirtualDiskManager" (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destName",
        Option<MoRef> = "destDatacenter" -> "Datacenter",
        Option<bool> = "force",
        Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "CopyVirtualDisk_Task" on "VirtualDiskManager" (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destName",
        Option<MoRef> = "destDatacenter" -> "Datacenter",
        Option<Object> = "destSpec" -> "VirtualDiskSpec",
        Option<bool> = "force",
    ) returns (MoRef = "returnval" -> "Task");
    "ExtendVirtualDisk_Task" on "VirtualDiskManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        i64 = "newCapacityKb",
        Option<bool> = "eagerZero",
    ) returns (MoRef = "returnval" -> "Task");
    "QueryVirtualDiskUuid" on "VirtualDiskManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (String = "returnval");
    "SetVirtualDiskUuid" on "VirtualDiskManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "uuid",
    ) returns ();
    "MakeDirectory" on "FileManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
        Option<bool> = "createParentDirectories",
    ) returns ();
    "DeleteDatastoreFile_Task" on "FileManager" (
        String = "name",
        Option<MoRef> = "datacenter" -> "Datacenter",
    ) returns (MoRef = "returnval" -> "Task");
    "MoveDatastoreFile_Task" on "FileManager" (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destinationName",
        Option<MoRef> = "destinationDatacenter" -> "Datacenter",
        Option<bool> = "force",
    ) returns (MoRef = "returnval" -> "Task");
    "CopyDatastoreFile_Task" on "FileManager" (
        String = "sourceName",
        Option<MoRef> = "sourceDatacenter" -> "Datacenter",
        String = "destinationName",
        Option<MoRef> = "destinationDatacenter" -> "Datacenter",
        Option<bool> = "force",
    ) returns (MoRef = "returnval" -> "Task");
}
