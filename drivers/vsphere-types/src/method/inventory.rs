//! Methods that find and change entities.

use crate::table::methods;
use crate::{MoRef, Object, ResourceConfigSpec};

methods! {
    "FindByUuid" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "uuid",
        bool = "vmSearch",
        Option<bool> = "instanceUuid",
    ) returns (Option<MoRef> = "returnval" -> "ManagedEntity");
    "FindAllByUuid" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "uuid",
        bool = "vmSearch",
        Option<bool> = "instanceUuid",
    ) returns (Vec<MoRef> = "returnval" -> "ManagedEntity" [required]);
    "FindByIp" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "ip",
        bool = "vmSearch",
    ) returns (Option<MoRef> = "returnval" -> "ManagedEntity");
    "FindAllByIp" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "ip",
        bool = "vmSearch",
    ) returns (Vec<MoRef> = "returnval" -> "ManagedEntity" [required]);
    "FindByDnsName" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "dnsName",
        bool = "vmSearch",
    ) returns (Option<MoRef> = "returnval" -> "ManagedEntity");
    "FindAllByDnsName" on "SearchIndex" (
        Option<MoRef> = "datacenter" -> "Datacenter",
        String = "dnsName",
        bool = "vmSearch",
    ) returns (Vec<MoRef> = "returnval" -> "ManagedEntity" [required]);
    "FindByInventoryPath" on "SearchIndex" (
        String = "inventoryPath",
    ) returns (Option<MoRef> = "returnval" -> "ManagedEntity");
    "FindByDatastorePath" on "SearchIndex" (
        MoRef = "datacenter" -> "Datacenter",
        String = "path",
    ) returns (Option<MoRef> = "returnval" -> "VirtualMachine");
    "FindChild" on "SearchIndex" (
        MoRef = "entity" -> "ManagedEntity",
        String = "name",
    ) returns (Option<MoRef> = "returnval" -> "ManagedEntity");
    "Destroy_Task" on "ManagedEntity" () returns (MoRef = "returnval" -> "Task");
    "Rename_Task" on "ManagedEntity" (
        String = "newName",
    ) returns (MoRef = "returnval" -> "Task");
    "Reload" on "ManagedEntity" () returns ();
    "CreateFolder" on "Folder" (
        String = "name",
    ) returns (MoRef = "returnval" -> "Folder");
    "CreateDatacenter" on "Folder" (
        String = "name",
    ) returns (MoRef = "returnval" -> "Datacenter");
    "CreateCluster" on "Folder" (
        String = "name",
        Object = "spec" -> "ClusterConfigSpec",
    ) returns (MoRef = "returnval" -> "ClusterComputeResource");
    "CreateClusterEx" on "Folder" (
        String = "name",
        Object = "spec" -> "ClusterConfigSpecEx",
    ) returns (MoRef = "returnval" -> "ClusterComputeResource");
    "MoveIntoFolder_Task" on "Folder" (
        Vec<MoRef> = "list" -> "ManagedEntity" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "UnregisterAndDestroy_Task" on "Folder" () returns (MoRef = "returnval" -> "Task");
    "CreateVM_Task" on "Folder" (
        Object = "config" -> "VirtualMachineConfigSpec",
        MoRef = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef = "returnval" -> "Task");
    "RegisterVM_Task" on "Folder" (
        String = "path",
        Option<String> = "name",
        bool = "asTemplate",
        Option<MoRef> = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef = "returnval" -> "Task");
    "AddStandaloneHost_Task" on "Folder" (
        Object = "spec" -> "HostConnectSpec",
        Option<Object> = "compResSpec" -> "ComputeResourceConfigSpec",
        bool = "addConnected",
        Option<String> = "license",
    ) returns (MoRef = "returnval" -> "Task");
    "AddHost_Task" on "ClusterComputeResource" (
        Object = "spec" -> "HostConnectSpec",
        bool = "asConnected",
        Option<MoRef> = "resourcePool" -> "ResourcePool",
        Option<String> = "license",
    ) returns (MoRef = "returnval" -> "Task");
    "ReconfigureComputeResource_Task" on "ComputeResource" (
        Object = "spec" -> "ComputeResourceConfigSpec",
        bool = "modify",
    ) returns (MoRef = "returnval" -> "Task");
    "CreateResourcePool" on "ResourcePool" (
        String = "name",
        ResourceConfigSpec = "spec",
    ) returns (MoRef = "returnval" -> "ResourcePool");
    "UpdateConfig" on "ResourcePool" (
        Option<String> = "name",
        Option<ResourceConfigSpec> = "config",
    ) returns ();
    "EnterMaintenanceMode_Task" on "HostSystem" (
        i32 = "timeout",
        Option<bool> = "evacuatePoweredOffVms",
        Option<Object> = "maintenanceSpec" -> "HostMaintenanceSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "ExitMaintenanceMode_Task" on "HostSystem" (
        i32 = "timeout",
    ) returns (MoRef = "returnval" -> "Task");
    "DisconnectHost_Task" on "HostSystem" () returns (MoRef = "returnval" -> "Task");
    "ReconnectHost_Task" on "HostSystem" (
        Option<Object> = "cnxSpec" -> "HostConnectSpec",
        Option<Object> = "reconnectSpec" -> "HostSystemReconnectSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "RebootHost_Task" on "HostSystem" (
        bool = "force",
    ) returns (MoRef = "returnval" -> "Task");
    "ShutdownHost_Task" on "HostSystem" (
        bool = "force",
    ) returns (MoRef = "returnval" -> "Task");
    "RefreshDatastore" on "Datastore" () returns ();
    "RenameDatastore" on "Datastore" (
        String = "newName",
    ) returns ();
    "DatastoreEnterMaintenanceMode" on "Datastore" () returns (Object = "returnval" -> "StoragePlacementResult");
    "DatastoreExitMaintenanceMode_Task" on "Datastore" () returns (MoRef = "returnval" -> "Task");
    "RefreshDatastoreStorageInfo" on "Datastore" () returns ();
}
