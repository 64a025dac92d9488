//! Datastores, networks, and what manages disks and volumes.

use crate::table::managed_objects;
use crate::{
    CustomFieldDef, DatastoreCapability, DatastoreHostMount, DatastoreSummary, ManagedEntityStatus, MoRef, NetworkSummary, Object,
    OptionValue, Permission, Tag,
};

managed_objects! {
    Datastore: ManagedEntity {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        Object = "info" -> "DatastoreInfo",
        DatastoreSummary = "summary",
        Vec<DatastoreHostMount> = "host",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        MoRef = "browser" -> "HostDatastoreBrowser",
        DatastoreCapability = "capability",
        Option<Object> = "iormConfiguration" -> "StorageIORMInfo",
    }

    Network: ManagedEntity {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        NetworkSummary = "summary",
        Vec<MoRef> = "host" -> "HostSystem",
        Vec<MoRef> = "vm" -> "VirtualMachine",
    }

    OpaqueNetwork: Network {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        NetworkSummary = "summary",
        Vec<MoRef> = "host" -> "HostSystem",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        Option<Object> = "capability" -> "OpaqueNetworkCapability" since "6.5",
        Vec<OptionValue> = "extraConfig" since "6.5",
    }

    DistributedVirtualPortgroup: Network {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        NetworkSummary = "summary",
        Vec<MoRef> = "host" -> "HostSystem",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        String = "key",
        Object = "config" -> "DVPortgroupConfigInfo",
        Vec<String> = "portKeys",
    }

    DistributedVirtualSwitch: ManagedEntity {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        String = "uuid",
        Object = "capability" -> "DVSCapability",
        Object = "summary" -> "DVSSummary",
        Object = "config" -> "DVSConfigInfo",
        Vec<Object> = "networkResourcePool" -> "DVSNetworkResourcePool",
        Vec<MoRef> = "portgroup" -> "DistributedVirtualPortgroup",
        Option<Object> = "runtime" -> "DVSRuntimeInfo",
    }

    VmwareDistributedVirtualSwitch: DistributedVirtualSwitch {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
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
        String = "uuid",
        Object = "capability" -> "DVSCapability",
        Object = "summary" -> "DVSSummary",
        Object = "config" -> "DVSConfigInfo",
        Vec<Object> = "networkResourcePool" -> "DVSNetworkResourcePool",
        Vec<MoRef> = "portgroup" -> "DistributedVirtualPortgroup",
        Option<Object> = "runtime" -> "DVSRuntimeInfo",
    }

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
