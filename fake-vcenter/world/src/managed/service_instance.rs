//! ServiceInstance, and the singletons that it leads to.
//!
//! Modelled: `content`, About, the time. `content` names every manager that a vCenter has, for clients rely on them to be named; those
//! of which nothing is modelled have no properties but empty lists, and methods that answer nothing or are refused by name.

use vsphere_types::{AboutInfo, MoRef, ServiceContent, Value};

use super::value::data;
use crate::look::{Facts, Look};

/// Type and id of each singleton.
pub const SINGLETONS: &[(&str, &str)] = &[
    ("ServiceInstance", "ServiceInstance"),
    ("PropertyCollector", "propertyCollector"),
    ("ViewManager", "ViewManager"),
    ("SearchIndex", "SearchIndex"),
    ("SessionManager", "SessionManager"),
    ("AuthorizationManager", "AuthorizationManager"),
    ("TaskManager", "TaskManager"),
    ("LicenseManager", "LicenseManager"),
    ("OptionManager", "VpxSettings"),
    ("EventManager", "EventManager"),
    ("FileManager", "FileManager"),
    ("VirtualDiskManager", "virtualDiskManager"),
    ("CustomFieldsManager", "CustomFieldsManager"),
    ("VcenterVStorageObjectManager", "VStorageObjectManager"),
    ("CryptoManagerKmip", "CryptoManager"),
    ("UserDirectory", "UserDirectory"),
    ("ServiceManager", "ServiceMgr"),
    ("PerformanceManager", "PerfMgr"),
    ("ScheduledTaskManager", "ScheduledTaskManager"),
    ("AlarmManager", "AlarmManager"),
    ("ExtensionManager", "ExtensionManager"),
    ("CustomizationSpecManager", "CustomizationSpecManager"),
    ("VirtualMachineGuestCustomizationManager", "GuestCustomizationManager"),
    ("DiagnosticManager", "DiagMgr"),
    ("DatastoreNamespaceManager", "DatastoreNamespaceManager"),
    ("HostSnmpSystem", "SnmpSystem"),
    ("VirtualMachineProvisioningChecker", "ProvChecker"),
    ("VirtualMachineCompatibilityChecker", "CompatChecker"),
    ("OvfManager", "OvfManager"),
    ("IpPoolManager", "IpPoolManager"),
    ("DistributedVirtualSwitchManager", "DVSManager"),
    ("HostProfileManager", "HostProfileManager"),
    ("ClusterProfileManager", "ClusterProfileManager"),
    ("ProfileComplianceManager", "MoComplianceManager"),
    ("LocalizationManager", "LocalizationManager"),
    ("StorageResourceManager", "StorageResourceManager"),
    ("GuestOperationsManager", "guestOperationsManager"),
    ("GuestAuthManager", "guestOperationsAuthManager"),
    ("GuestFileManager", "guestOperationsFileManager"),
    ("GuestProcessManager", "guestOperationsProcessManager"),
    ("GuestWindowsRegistryManager", "guestOperationsWindowsRegistryManager"),
    ("GuestAliasManager", "guestOperationsAliasManager"),
    ("OverheadMemoryManager", "OverheadMemoryManager"),
    ("CertificateManager", "certificateManager"),
    ("IoFilterManager", "IoFilterManager"),
    ("HostSpecificationManager", "HostSpecificationManager"),
    ("HealthUpdateManager", "HealthUpdateManager"),
    ("FailoverClusterConfigurator", "FailoverClusterConfigurator"),
    ("FailoverClusterManager", "FailoverClusterManager"),
    ("TenantTenantManager", "TenantManager"),
    ("SiteInfoManager", "SiteInfoManager"),
    ("StorageQueryManager", "StorageQueryManager"),
    ("CnsVolumeManager", "cns-volume-manager"),
    ("VsanVcClusterConfigSystem", "vsan-cluster-config-system"),
    ("PbmServiceInstance", "ServiceInstance"),
    ("PbmSessionManager", "SessionManager"),
    ("PbmCapabilityMetadataManager", "CapabilityMetadataManager"),
    ("PbmProfileProfileManager", "ProfileManager"),
    ("PbmComplianceManager", "complianceManager"),
    ("PbmPlacementSolver", "placementSolver"),
    ("PbmReplicationManager", "ReplicationManager"),
    ("VslmServiceInstance", "ServiceInstance"),
    ("VslmSessionManager", "SessionManager"),
    ("VslmVStorageObjectManager", "VStorageObjectManager"),
    ("VslmStorageLifecycleManager", "StorageLifecycleManager"),
];

/// The reference of the singleton of this type.
pub fn singleton(kind: &'static str) -> MoRef {
    let id = SINGLETONS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, id)| id);
    MoRef::new(kind, id)
}

/// Reads one of the service instance's properties.
pub fn property(look: &Look, name: &str) -> Option<Value> {
    match name {
        "content" => Some(data(service_content(look.facts))),
        _ => None,
    }
}

/// Where everything is.
pub fn service_content(facts: &Facts) -> ServiceContent {
    ServiceContent {
        root_folder: MoRef::new("Folder", "group-d1"),
        property_collector: singleton("PropertyCollector"),
        view_manager: Some(singleton("ViewManager")),
        about: about(facts),
        setting: Some(singleton("OptionManager")),
        session_manager: Some(singleton("SessionManager")),
        authorization_manager: Some(singleton("AuthorizationManager")),
        license_manager: Some(singleton("LicenseManager")),
        task_manager: Some(singleton("TaskManager")),
        custom_fields_manager: Some(singleton("CustomFieldsManager")),
        event_manager: Some(singleton("EventManager")),
        file_manager: Some(singleton("FileManager")),
        virtual_disk_manager: Some(singleton("VirtualDiskManager")),
        crypto_manager: Some(singleton("CryptoManagerKmip")),
        search_index: Some(singleton("SearchIndex")),
        v_storage_object_manager: Some(singleton("VcenterVStorageObjectManager")),
        ..idle_managers()
    }
}

/// The managers of which nothing is modelled but that they are there. `accountManager` and `virtualizationManager` are a host's only.
fn idle_managers() -> ServiceContent {
    ServiceContent {
        user_directory: Some(singleton("UserDirectory")),
        service_manager: Some(singleton("ServiceManager")),
        perf_manager: Some(singleton("PerformanceManager")),
        scheduled_task_manager: Some(singleton("ScheduledTaskManager")),
        alarm_manager: Some(singleton("AlarmManager")),
        extension_manager: Some(singleton("ExtensionManager")),
        customization_spec_manager: Some(singleton("CustomizationSpecManager")),
        guest_customization_manager: Some(singleton("VirtualMachineGuestCustomizationManager")),
        diagnostic_manager: Some(singleton("DiagnosticManager")),
        datastore_namespace_manager: Some(singleton("DatastoreNamespaceManager")),
        snmp_system: Some(singleton("HostSnmpSystem")),
        vm_provisioning_checker: Some(singleton("VirtualMachineProvisioningChecker")),
        vm_compatibility_checker: Some(singleton("VirtualMachineCompatibilityChecker")),
        ovf_manager: Some(singleton("OvfManager")),
        ip_pool_manager: Some(singleton("IpPoolManager")),
        dv_switch_manager: Some(singleton("DistributedVirtualSwitchManager")),
        host_profile_manager: Some(singleton("HostProfileManager")),
        cluster_profile_manager: Some(singleton("ClusterProfileManager")),
        compliance_manager: Some(singleton("ProfileComplianceManager")),
        localization_manager: Some(singleton("LocalizationManager")),
        storage_resource_manager: Some(singleton("StorageResourceManager")),
        guest_operations_manager: Some(singleton("GuestOperationsManager")),
        overhead_memory_manager: Some(singleton("OverheadMemoryManager")),
        certificate_manager: Some(singleton("CertificateManager")),
        io_filter_manager: Some(singleton("IoFilterManager")),
        host_spec_manager: Some(singleton("HostSpecificationManager")),
        health_update_manager: Some(singleton("HealthUpdateManager")),
        failover_cluster_configurator: Some(singleton("FailoverClusterConfigurator")),
        failover_cluster_manager: Some(singleton("FailoverClusterManager")),
        tenant_manager: Some(singleton("TenantTenantManager")),
        site_info_manager: Some(singleton("SiteInfoManager")),
        storage_query_manager: Some(singleton("StorageQueryManager")),
        ..ServiceContent::default()
    }
}

/// What this vCenter says of itself.
pub fn about(facts: &Facts) -> AboutInfo {
    let release = facts.release;
    AboutInfo {
        name: "VMware vCenter Server".to_owned(),
        full_name: format!("VMware vCenter Server {} build-{}", release.version(), release.build()),
        vendor: "VMware, Inc.".to_owned(),
        version: release.version().to_owned(),
        build: release.build().to_owned(),
        locale_version: Some("INTL".to_owned()),
        locale_build: Some("000".to_owned()),
        os_type: "linux-x64".to_owned(),
        product_line_id: "vpx".to_owned(),
        api_type: "VirtualCenter".to_owned(),
        api_version: release.api_version().to_owned(),
        instance_uuid: Some(facts.instance_uuid.clone()),
        license_product_name: Some("VMware VirtualCenter Server".to_owned()),
        license_product_version: Some(release.license_version().to_owned()),
        ..AboutInfo::default()
    }
}
