//! Entities that hold others: folders, datacenters, compute resources, resource pools.

use super::task::ExtensibleManagedObject;
use crate::table::managed_objects;
use crate::{
    ClusterComputeResourceSummary, ManagedEntityStatus, MoRef, Object, Permission, ResourceConfigSpec, ResourcePoolRuntimeInfo,
    ResourcePoolSummary, Tag,
};

managed_objects! {
    ManagedEntity: ExtensibleManagedObject {
        Option<MoRef> = "parent" -> "ManagedEntity",
        Vec<Object> = "customValue" -> "CustomFieldValue",
        ManagedEntityStatus = "overallStatus",
        ManagedEntityStatus = "configStatus",
        Vec<Object> = "configIssue" -> "Event",
        Vec<i32> = "effectiveRole",
        Vec<Permission> = "permission",
        String = "name",
        Vec<String> = "disabledMethod",
        Vec<MoRef> = "recentTask" -> "Task",
        Vec<Object> = "declaredAlarmState" -> "AlarmState",
        Vec<Object> = "triggeredAlarmState" -> "AlarmState",
        Option<bool> = "alarmActionsEnabled",
        Vec<Tag> = "tag",
    }

    Folder: ManagedEntity {
        Vec<String> = "childType",
        Vec<MoRef> = "childEntity" -> "ManagedEntity",
        Option<String> = "namespace" since "7.0.0.0",
        Option<Object> = "externallyManagedFolderInfo" -> "FolderExternallyManagedFolderInfo" since "9.0.0.0",
    }

    StoragePod: Folder {
        Option<Object> = "summary" -> "StoragePodSummary",
        Option<Object> = "podStorageDrsEntry" -> "PodStorageDrsEntry",
    }

    Datacenter: ManagedEntity {
        MoRef = "vmFolder" -> "Folder",
        MoRef = "hostFolder" -> "Folder",
        MoRef = "datastoreFolder" -> "Folder",
        MoRef = "networkFolder" -> "Folder",
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<MoRef> = "network" -> "Network",
        Object = "configuration" -> "DatacenterConfigInfo",
    }

    ComputeResource: ManagedEntity {
        Option<MoRef> = "resourcePool" -> "ResourcePool",
        Vec<MoRef> = "host" -> "HostSystem",
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<MoRef> = "network" -> "Network",
        Object = "summary" -> "ComputeResourceSummary",
        Option<MoRef> = "environmentBrowser" -> "EnvironmentBrowser",
        Object = "configurationEx" -> "ComputeResourceConfigInfo",
        Option<bool> = "lifecycleManaged" since "6.9.1",
        Option<bool> = "configManagerEnabled" since "8.0.0.0",
        Option<String> = "networkBootMode" since "9.0.0.0",
    }

    ClusterComputeResource: ComputeResource {
        Object = "configuration" -> "ClusterConfigInfo",
        Vec<Object> = "recommendation" -> "ClusterRecommendation",
        Vec<Object> = "drsRecommendation" -> "ClusterDrsRecommendation",
        ClusterComputeResourceSummary = "summaryEx" since "7.0.1.1",
        Option<Object> = "hciConfig" -> "ClusterComputeResourceHCIConfigInfo" since "6.7.1",
        Vec<Object> = "migrationHistory" -> "ClusterDrsMigration",
        Vec<Object> = "actionHistory" -> "ClusterActionHistory",
        Vec<Object> = "drsFault" -> "ClusterDrsFaults",
    }

    ResourcePool: ManagedEntity {
        ResourcePoolSummary = "summary",
        ResourcePoolRuntimeInfo = "runtime",
        MoRef = "owner" -> "ComputeResource",
        Vec<MoRef> = "resourcePool" -> "ResourcePool",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        ResourceConfigSpec = "config",
        Option<String> = "namespace" since "7.0.0.0",
        Vec<ResourceConfigSpec> = "childConfiguration",
    }

    VirtualApp: ResourcePool {
        Option<MoRef> = "parentFolder" -> "Folder",
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<MoRef> = "network" -> "Network",
        Option<Object> = "vAppConfig" -> "VAppConfigInfo",
        Option<MoRef> = "parentVApp" -> "ManagedEntity",
        Vec<Object> = "childLink" -> "VirtualAppLinkInfo",
    }
}
