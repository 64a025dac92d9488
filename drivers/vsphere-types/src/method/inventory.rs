//! Methods that find and change entities.

rows! { inventory:
    served FindByUuid on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        uuid: String = "uuid",
        vm_search: bool = "vmSearch",
        instance_uuid: Option<bool> = "instanceUuid",
    ) returns (Option<MoRef> as "ManagedEntity") reads;
    served FindAllByUuid on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        uuid: String = "uuid",
        vm_search: bool = "vmSearch",
        instance_uuid: Option<bool> = "instanceUuid",
    ) returns (Vec<MoRef> as "ManagedEntity" [required]) reads;
    served FindByIp on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        ip: String = "ip",
        vm_search: bool = "vmSearch",
    ) returns (Option<MoRef> as "ManagedEntity") reads;
    served FindAllByIp on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        ip: String = "ip",
        vm_search: bool = "vmSearch",
    ) returns (Vec<MoRef> as "ManagedEntity" [required]) reads;
    served FindByDnsName on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        dns_name: String = "dnsName",
        vm_search: bool = "vmSearch",
    ) returns (Option<MoRef> as "ManagedEntity") reads;
    served FindAllByDnsName on SearchIndex (
        datacenter: Option<MoRef> = "datacenter" -> "Datacenter",
        dns_name: String = "dnsName",
        vm_search: bool = "vmSearch",
    ) returns (Vec<MoRef> as "ManagedEntity" [required]) reads;
    served FindByInventoryPath on SearchIndex (
        inventory_path: String = "inventoryPath",
    ) returns (Option<MoRef> as "ManagedEntity") reads;
    known FindByDatastorePath on SearchIndex (
        MoRef = "datacenter" -> "Datacenter",
        String = "path",
    ) returns (Option<MoRef> as "VirtualMachine") reads;
    served FindChild on SearchIndex (
        entity: MoRef = "entity" -> "ManagedEntity",
        name: String = "name",
    ) returns (Option<MoRef> as "ManagedEntity") reads;
    served DestroyTask = "Destroy_Task" on ManagedEntity () returns (MoRef as "Task");
    known RenameTask = "Rename_Task" on ManagedEntity (
        String = "newName",
    ) returns (MoRef as "Task");
    known Reload on ManagedEntity () returns ();
    known CreateFolder on Folder (
        String = "name",
    ) returns (MoRef as "Folder");
    known CreateDatacenter on Folder (
        String = "name",
    ) returns (MoRef as "Datacenter");
    known CreateCluster on Folder (
        String = "name",
        Object = "spec" -> "ClusterConfigSpec",
    ) returns (MoRef as "ClusterComputeResource");
    known CreateClusterEx on Folder (
        String = "name",
        Object = "spec" -> "ClusterConfigSpecEx",
    ) returns (MoRef as "ClusterComputeResource");
    known MoveIntoFolderTask = "MoveIntoFolder_Task" on Folder (
        Vec<MoRef> = "list" -> "ManagedEntity" [required],
    ) returns (MoRef as "Task");
    known UnregisterAndDestroyTask = "UnregisterAndDestroy_Task" on Folder () returns (MoRef as "Task");
    known CreateVmTask = "CreateVM_Task" on Folder (
        Object = "config" -> "VirtualMachineConfigSpec",
        MoRef = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef as "Task");
    known RegisterVmTask = "RegisterVM_Task" on Folder (
        String = "path",
        Option<String> = "name",
        bool = "asTemplate",
        Option<MoRef> = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef as "Task");
    known AddStandaloneHostTask = "AddStandaloneHost_Task" on Folder (
        Object = "spec" -> "HostConnectSpec",
        Option<Object> = "compResSpec" -> "ComputeResourceConfigSpec",
        bool = "addConnected",
        Option<String> = "license",
    ) returns (MoRef as "Task");
    known AddHostTask = "AddHost_Task" on ClusterComputeResource (
        Object = "spec" -> "HostConnectSpec",
        bool = "asConnected",
        Option<MoRef> = "resourcePool" -> "ResourcePool",
        Option<String> = "license",
    ) returns (MoRef as "Task");
    known ReconfigureComputeResourceTask = "ReconfigureComputeResource_Task" on ComputeResource (
        Object = "spec" -> "ComputeResourceConfigSpec",
        bool = "modify",
    ) returns (MoRef as "Task");
    known CreateResourcePool on ResourcePool (
        String = "name",
        ResourceConfigSpec = "spec",
    ) returns (MoRef as "ResourcePool");
    known UpdateConfig on ResourcePool (
        Option<String> = "name",
        Option<ResourceConfigSpec> = "config",
    ) returns ();
    known EnterMaintenanceModeTask = "EnterMaintenanceMode_Task" on HostSystem (
        i32 = "timeout",
        Option<bool> = "evacuatePoweredOffVms",
        Option<Object> = "maintenanceSpec" -> "HostMaintenanceSpec",
    ) returns (MoRef as "Task");
    known ExitMaintenanceModeTask = "ExitMaintenanceMode_Task" on HostSystem (
        i32 = "timeout",
    ) returns (MoRef as "Task");
    known DisconnectHostTask = "DisconnectHost_Task" on HostSystem () returns (MoRef as "Task");
    known ReconnectHostTask = "ReconnectHost_Task" on HostSystem (
        Option<Object> = "cnxSpec" -> "HostConnectSpec",
        Option<Object> = "reconnectSpec" -> "HostSystemReconnectSpec",
    ) returns (MoRef as "Task");
    known RebootHostTask = "RebootHost_Task" on HostSystem (
        bool = "force",
    ) returns (MoRef as "Task");
    known ShutdownHostTask = "ShutdownHost_Task" on HostSystem (
        bool = "force",
    ) returns (MoRef as "Task");
    known RefreshDatastore on Datastore () returns ();
    known RenameDatastore on Datastore (
        String = "newName",
    ) returns ();
    known DatastoreEnterMaintenanceMode on Datastore () returns (Object as "StoragePlacementResult");
    known DatastoreExitMaintenanceModeTask = "DatastoreExitMaintenanceMode_Task" on Datastore () returns (MoRef as "Task");
    known RefreshDatastoreStorageInfo on Datastore () returns ();
}
