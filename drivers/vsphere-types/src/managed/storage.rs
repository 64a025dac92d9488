//! Datastores, networks, and what manages disks and volumes.

use super::core::ManagedObject;
use super::inventory::ManagedEntity;
use crate::table::managed_objects;
use crate::{DatastoreCapability, DatastoreHostMount, DatastoreSummary, MoRef, NetworkSummary, Object, OptionValue};

managed_objects! {
    Datastore: ManagedEntity {
        Object = "info" -> "DatastoreInfo",
        DatastoreSummary = "summary",
        Vec<DatastoreHostMount> = "host",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        MoRef = "browser" -> "HostDatastoreBrowser",
        DatastoreCapability = "capability",
        Option<Object> = "iormConfiguration" -> "StorageIORMInfo",
    }

    Network: ManagedEntity {
        NetworkSummary = "summary",
        Vec<MoRef> = "host" -> "HostSystem",
        Vec<MoRef> = "vm" -> "VirtualMachine",
    }

    OpaqueNetwork: Network {
        Option<Object> = "capability" -> "OpaqueNetworkCapability" since "6.5",
        Vec<OptionValue> = "extraConfig" since "6.5",
    }

    DistributedVirtualPortgroup: Network {
        String = "key",
        Object = "config" -> "DVPortgroupConfigInfo",
        Vec<String> = "portKeys",
    }

    DistributedVirtualSwitch: ManagedEntity {
        String = "uuid",
        Object = "capability" -> "DVSCapability",
        Object = "summary" -> "DVSSummary",
        Object = "config" -> "DVSConfigInfo",
        Vec<Object> = "networkResourcePool" -> "DVSNetworkResourcePool",
        Vec<MoRef> = "portgroup" -> "DistributedVirtualPortgroup",
        Option<Object> = "runtime" -> "DVSRuntimeInfo",
    }

    VmwareDistributedVirtualSwitch: DistributedVirtualSwitch {}

    HostDatastoreBrowser: ManagedObject {
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<Object> = "supportedType" -> "FileQuery",
    }

    FileManager: ManagedObject {}

    VirtualDiskManager: ManagedObject {}

    StorageResourceManager: ManagedObject {}

    VStorageObjectManagerBase: ManagedObject {}

    VcenterVStorageObjectManager: VStorageObjectManagerBase {}

    CnsVolumeManager: ManagedObject {}

    VsanVcClusterConfigSystem: ManagedObject {}
}
