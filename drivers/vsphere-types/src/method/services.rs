//! Methods of performance, diagnostics, alarms and other managers that every vCenter has.

use jiff::Timestamp;

use crate::table::methods;
use crate::{MoRef, Object, PerfProviderSummary};

methods! {
    "QueryPerfProviderSummary" on "PerformanceManager" (
        MoRef = "entity" -> "ManagedObject",
    ) returns (PerfProviderSummary = "returnval");
    "QueryAvailablePerfMetric" on "PerformanceManager" (
        MoRef = "entity" -> "ManagedObject",
        Option<Timestamp> = "beginTime",
        Option<Timestamp> = "endTime",
        Option<i32> = "intervalId",
    ) returns (Vec<Object> = "returnval" -> "PerfMetricId");
    "QueryPerfCounter" on "PerformanceManager" (
        Vec<i32> = "counterId" [required],
    ) returns (Vec<Object> = "returnval" -> "PerfCounterInfo");
    "QueryPerfCounterByLevel" on "PerformanceManager" (
        i32 = "level",
    ) returns (Vec<Object> = "returnval" -> "PerfCounterInfo" [required]);
    "QueryPerf" on "PerformanceManager" (
        Vec<Object> = "querySpec" -> "PerfQuerySpec" [required],
    ) returns (Vec<Object> = "returnval" -> "PerfEntityMetricBase");
    "UpdatePerfInterval" on "PerformanceManager" (
        Object = "interval" -> "PerfInterval",
    ) returns ();
    "QueryDescriptions" on "DiagnosticManager" (
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (Vec<Object> = "returnval" -> "DiagnosticManagerLogDescriptor");
    "BrowseDiagnosticLog" on "DiagnosticManager" (
        Option<MoRef> = "host" -> "HostSystem",
        String = "key",
        Option<i32> = "start",
        Option<i32> = "lines",
    ) returns (Object = "returnval" -> "DiagnosticManagerLogHeader");
    "GetAlarm" on "AlarmManager" (
        Option<MoRef> = "entity" -> "ManagedEntity",
    ) returns (Vec<MoRef> = "returnval" -> "Alarm");
    "GetAlarmState" on "AlarmManager" (
        MoRef = "entity" -> "ManagedEntity",
    ) returns (Vec<Object> = "returnval" -> "AlarmState");
    "FindExtension" on "ExtensionManager" (
        String = "extensionKey",
    ) returns (Option<Object> = "returnval" -> "Extension");
    "RegisterExtension" on "ExtensionManager" (
        Object = "extension" -> "Extension",
    ) returns ();
    "RetrieveUserGroups" on "UserDirectory" (
        Option<String> = "domain",
        String = "searchStr",
        Option<String> = "belongsToGroup",
        Option<String> = "belongsToUser",
        bool = "exactMatch",
        bool = "findUsers",
        bool = "findGroups",
    ) returns (Vec<Object> = "returnval" -> "UserSearchResult");
    "DoesCustomizationSpecExist" on "CustomizationSpecManager" (
        String = "name",
    ) returns (bool = "returnval");
    "GetCustomizationSpec" on "CustomizationSpecManager" (
        String = "name",
    ) returns (Object = "returnval" -> "CustomizationSpecItem");
    "RetrieveEntityScheduledTask" on "ScheduledTaskManager" (
        Option<MoRef> = "entity" -> "ManagedEntity",
    ) returns (Vec<MoRef> = "returnval" -> "ScheduledTask");
    "QueryIpPools" on "IpPoolManager" (
        MoRef = "dc" -> "Datacenter",
    ) returns (Vec<Object> = "returnval" -> "IpPool");
    "QueryServiceList" on "ServiceManager" (
        Option<String> = "serviceName",
        Vec<String> = "location",
    ) returns (Vec<Object> = "returnval" -> "ServiceManagerServiceInfo");
    "ParseDescriptor" on "OvfManager" (
        String = "ovfDescriptor",
        Object = "pdp" -> "OvfParseDescriptorParams",
    ) returns (Object = "returnval" -> "OvfParseDescriptorResult");
    "CreateImportSpec" on "OvfManager" (
        String = "ovfDescriptor",
        MoRef = "resourcePool" -> "ResourcePool",
        MoRef = "datastore" -> "Datastore",
        Object = "cisp" -> "OvfCreateImportSpecParams",
    ) returns (Object = "returnval" -> "OvfCreateImportSpecResult");
}
