//! Methods of performance, diagnostics, alarms and other managers that every vCenter has.

rows! { services:
    served QueryPerfProviderSummary on PerformanceManager (
        entity: MoRef = "entity" -> "ManagedObject",
    ) returns (PerfProviderSummary) reads;
    served QueryAvailablePerfMetric on PerformanceManager (
        entity: MoRef = "entity" -> "ManagedObject",
        begin_time: Option<Timestamp> = "beginTime",
        end_time: Option<Timestamp> = "endTime",
        interval_id: Option<i32> = "intervalId",
    ) returns (Vec<Object> as "PerfMetricId") reads;
    served QueryPerfCounter on PerformanceManager (
        counter_id: Vec<i32> = "counterId" [required],
    ) returns (Vec<Object> as "PerfCounterInfo") reads;
    served QueryPerfCounterByLevel on PerformanceManager (
        level: i32 = "level",
    ) returns (Vec<Object> as "PerfCounterInfo" [required]) reads;
    served QueryPerf on PerformanceManager (
        query_spec: Vec<Object> = "querySpec" -> "PerfQuerySpec" [required],
    ) returns (Vec<Object> as "PerfEntityMetricBase") reads;
    known UpdatePerfInterval on PerformanceManager (
        Object = "interval" -> "PerfInterval",
    ) returns ();
    served QueryDescriptions on DiagnosticManager (
        host: Option<MoRef> = "host" -> "HostSystem",
    ) returns (Vec<Object> as "DiagnosticManagerLogDescriptor") reads;
    known BrowseDiagnosticLog on DiagnosticManager (
        Option<MoRef> = "host" -> "HostSystem",
        String = "key",
        Option<i32> = "start",
        Option<i32> = "lines",
    ) returns (Object as "DiagnosticManagerLogHeader") reads;
    served GetAlarm on AlarmManager (
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
    ) returns (Vec<MoRef> as "Alarm") reads;
    served GetAlarmState on AlarmManager (
        entity: MoRef = "entity" -> "ManagedEntity",
    ) returns (Vec<Object> as "AlarmState") reads;
    served FindExtension on ExtensionManager (
        extension_key: String = "extensionKey",
    ) returns (Option<Object> as "Extension") reads;
    known RegisterExtension on ExtensionManager (
        Object = "extension" -> "Extension",
    ) returns ();
    known RetrieveUserGroups on UserDirectory (
        Option<String> = "domain",
        String = "searchStr",
        Option<String> = "belongsToGroup",
        Option<String> = "belongsToUser",
        bool = "exactMatch",
        bool = "findUsers",
        bool = "findGroups",
    ) returns (Vec<Object> as "UserSearchResult") reads;
    served DoesCustomizationSpecExist on CustomizationSpecManager (
        name: String = "name",
    ) returns (bool) reads;
    served GetCustomizationSpec on CustomizationSpecManager (
        name: String = "name",
    ) returns (Object as "CustomizationSpecItem") reads;
    served RetrieveEntityScheduledTask on ScheduledTaskManager (
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
    ) returns (Vec<MoRef> as "ScheduledTask") reads;
    served QueryIpPools on IpPoolManager (
        dc: MoRef = "dc" -> "Datacenter",
    ) returns (Vec<Object> as "IpPool") reads;
    served QueryServiceList on ServiceManager (
        service_name: Option<String> = "serviceName",
        location: Vec<String> = "location",
    ) returns (Vec<Object> as "ServiceManagerServiceInfo") reads;
    known ParseDescriptor on OvfManager (
        String = "ovfDescriptor",
        Object = "pdp" -> "OvfParseDescriptorParams",
    ) returns (Object as "OvfParseDescriptorResult");
    known CreateImportSpec on OvfManager (
        String = "ovfDescriptor",
        MoRef = "resourcePool" -> "ResourcePool",
        MoRef = "datastore" -> "Datastore",
        Object = "cisp" -> "OvfCreateImportSpecParams",
    ) returns (Object as "OvfCreateImportSpecResult");
}
