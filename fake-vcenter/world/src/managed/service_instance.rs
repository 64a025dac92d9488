//! ServiceInstance, and the singletons that it leads to.
//!
//! Modelled: `content`, About, the time. `content` names what has methods here and what clients rely on to be named; the
//! managers of options, custom fields, events, files, disks and FCDs are there without served methods.

use fake_vcenter_types::{AboutInfo, MoRef, ServiceContent, Value};

use super::value::data;
use super::{Facts, Look};

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
    ("CnsVolumeManager", "cns-volume-manager"),
    ("VsanVcClusterConfigSystem", "vsan-cluster-config-system"),
    ("PbmServiceInstance", "ServiceInstance"),
    ("PbmSessionManager", "SessionManager"),
    ("PbmCapabilityMetadataManager", "CapabilityMetadataManager"),
    ("PbmProfileProfileManager", "ProfileManager"),
    ("PbmComplianceManager", "complianceManager"),
    ("PbmPlacementSolver", "placementSolver"),
    ("PbmReplicationManager", "ReplicationManager"),
];

/// The reference of the singleton of this type.
pub fn singleton(kind: &str) -> MoRef {
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
