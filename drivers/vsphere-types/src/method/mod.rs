//! Methods: those that are served and those that are only known, so that they can be refused by name.

mod cns;
mod crypto;
mod inventory;
mod machine;
mod policy;
mod property;
mod services;
mod session;
mod storage;
mod task;
mod vsan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use crate::table::FieldInfo;

/// What the table says of a method.
#[derive(Clone, Copy, Debug)]
pub struct MethodInfo {
    /// Wire name, `PowerOnVM_Task`.
    pub name: &'static str,
    /// Wire name of the managed object type that has it.
    pub object: &'static str,
    /// Its parameters in wire order, without `_this`.
    pub parameters: &'static [FieldInfo],
    /// What it returns; `None` when it returns nothing.
    pub result: Option<FieldInfo>,
}

static TABLE: LazyLock<BTreeMap<&'static str, &'static MethodInfo>> = LazyLock::new(|| {
    let areas = [
        cns::METHODS,
        vsan::METHODS,
        crypto::METHODS,
        inventory::METHODS,
        machine::METHODS,
        policy::METHODS,
        property::METHODS,
        services::METHODS,
        session::METHODS,
        storage::METHODS,
        task::METHODS,
    ];
    areas.into_iter().flatten().map(|info| (info.name, info)).collect()
});

macro_rules! variants {
    ($( $name:ident = $wire:literal ),* $(,)?) => {
        /// A method that we know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Method {
            $( #[doc = concat!("`", $wire, "`")] $name, )*
        }

        impl Method {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$name ),*];

            /// The name in SOAP.
            pub fn wire_name(self) -> &'static str {
                match self { $( Self::$name => $wire, )* }
            }

            /// The method of this name in SOAP.
            pub fn from_wire(name: &str) -> Option<Self> {
                match name { $( $wire => Some(Self::$name), )* _ => None }
            }
        }
    };
}

impl Method {
    /// Object, parameters and result.
    pub fn info(self) -> &'static MethodInfo {
        TABLE.get(self.wire_name()).copied().expect("every variant has a line in the table of its area; a test says so")
    }

    /// The XML namespace that requests and answers are in.
    pub fn namespace(self) -> &'static str {
        crate::table::namespace_of(self.wire_name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

variants! {
    RetrieveServiceContent = "RetrieveServiceContent",
    CurrentTime = "CurrentTime",
    Login = "Login",
    Logout = "Logout",
    SessionIsActive = "SessionIsActive",
    TerminateSession = "TerminateSession",
    LoginByToken = "LoginByToken",
    CloneSession = "CloneSession",
    AcquireCloneTicket = "AcquireCloneTicket",
    UpdateServiceMessage = "UpdateServiceMessage",
    SetLocale = "SetLocale",
    LoginExtensionByCertificate = "LoginExtensionByCertificate",
    AcquireGenericServiceTicket = "AcquireGenericServiceTicket",
    HasUserPrivilegeOnEntities = "HasUserPrivilegeOnEntities",
    HasPrivilegeOnEntities = "HasPrivilegeOnEntities",
    HasPrivilegeOnEntity = "HasPrivilegeOnEntity",
    FetchUserPrivilegeOnEntities = "FetchUserPrivilegeOnEntities",
    RetrieveEntityPermissions = "RetrieveEntityPermissions",
    RetrieveRolePermissions = "RetrieveRolePermissions",
    RetrieveAllPermissions = "RetrieveAllPermissions",
    SetEntityPermissions = "SetEntityPermissions",
    AddAuthorizationRole = "AddAuthorizationRole",
    QueryOptions = "QueryOptions",
    UpdateOptions = "UpdateOptions",
    AddCustomFieldDef = "AddCustomFieldDef",
    SetField = "SetField",
    RemoveCustomFieldDef = "RemoveCustomFieldDef",
    Fetch = "Fetch",
    RetrievePropertiesEx = "RetrievePropertiesEx",
    ContinueRetrievePropertiesEx = "ContinueRetrievePropertiesEx",
    CancelRetrievePropertiesEx = "CancelRetrievePropertiesEx",
    RetrieveProperties = "RetrieveProperties",
    CreatePropertyCollector = "CreatePropertyCollector",
    DestroyPropertyCollector = "DestroyPropertyCollector",
    CreateFilter = "CreateFilter",
    DestroyPropertyFilter = "DestroyPropertyFilter",
    WaitForUpdatesEx = "WaitForUpdatesEx",
    WaitForUpdates = "WaitForUpdates",
    CheckForUpdates = "CheckForUpdates",
    CancelWaitForUpdates = "CancelWaitForUpdates",
    CreateListView = "CreateListView",
    CreateListViewFromView = "CreateListViewFromView",
    ModifyListView = "ModifyListView",
    ResetListView = "ResetListView",
    ResetListViewFromView = "ResetListViewFromView",
    CreateContainerView = "CreateContainerView",
    CreateInventoryView = "CreateInventoryView",
    DestroyView = "DestroyView",
    OpenInventoryViewFolder = "OpenInventoryViewFolder",
    CloseInventoryViewFolder = "CloseInventoryViewFolder",
    FindByUuid = "FindByUuid",
    FindAllByUuid = "FindAllByUuid",
    FindByIp = "FindByIp",
    FindAllByIp = "FindAllByIp",
    FindByDnsName = "FindByDnsName",
    FindAllByDnsName = "FindAllByDnsName",
    FindByInventoryPath = "FindByInventoryPath",
    FindByDatastorePath = "FindByDatastorePath",
    FindChild = "FindChild",
    DestroyTask = "Destroy_Task",
    RenameTask = "Rename_Task",
    Reload = "Reload",
    CreateFolder = "CreateFolder",
    CreateDatacenter = "CreateDatacenter",
    CreateCluster = "CreateCluster",
    CreateClusterEx = "CreateClusterEx",
    MoveIntoFolderTask = "MoveIntoFolder_Task",
    UnregisterAndDestroyTask = "UnregisterAndDestroy_Task",
    CreateVmTask = "CreateVM_Task",
    RegisterVmTask = "RegisterVM_Task",
    AddStandaloneHostTask = "AddStandaloneHost_Task",
    AddHostTask = "AddHost_Task",
    ReconfigureComputeResourceTask = "ReconfigureComputeResource_Task",
    CreateResourcePool = "CreateResourcePool",
    UpdateConfig = "UpdateConfig",
    EnterMaintenanceModeTask = "EnterMaintenanceMode_Task",
    ExitMaintenanceModeTask = "ExitMaintenanceMode_Task",
    DisconnectHostTask = "DisconnectHost_Task",
    ReconnectHostTask = "ReconnectHost_Task",
    RebootHostTask = "RebootHost_Task",
    ShutdownHostTask = "ShutdownHost_Task",
    RefreshDatastore = "RefreshDatastore",
    RenameDatastore = "RenameDatastore",
    DatastoreEnterMaintenanceMode = "DatastoreEnterMaintenanceMode",
    DatastoreExitMaintenanceModeTask = "DatastoreExitMaintenanceMode_Task",
    RefreshDatastoreStorageInfo = "RefreshDatastoreStorageInfo",
    PowerOnVmTask = "PowerOnVM_Task",
    PowerOffVmTask = "PowerOffVM_Task",
    SuspendVmTask = "SuspendVM_Task",
    ResetVmTask = "ResetVM_Task",
    ShutdownGuest = "ShutdownGuest",
    RebootGuest = "RebootGuest",
    StandbyGuest = "StandbyGuest",
    ReconfigVmTask = "ReconfigVM_Task",
    CloneVmTask = "CloneVM_Task",
    InstantCloneTask = "InstantClone_Task",
    RelocateVmTask = "RelocateVM_Task",
    MigrateVmTask = "MigrateVM_Task",
    UnregisterVm = "UnregisterVM",
    MarkAsTemplate = "MarkAsTemplate",
    MarkAsVirtualMachine = "MarkAsVirtualMachine",
    AttachDiskTask = "AttachDisk_Task",
    DetachDiskTask = "DetachDisk_Task",
    CreateSnapshotTask = "CreateSnapshot_Task",
    CreateSnapshotExTask = "CreateSnapshotEx_Task",
    RemoveAllSnapshotsTask = "RemoveAllSnapshots_Task",
    RevertToCurrentSnapshotTask = "RevertToCurrentSnapshot_Task",
    ConsolidateVmDisksTask = "ConsolidateVMDisks_Task",
    AnswerVm = "AnswerVM",
    UpgradeVmTask = "UpgradeVM_Task",
    TerminateVm = "TerminateVM",
    QueryChangedDiskAreas = "QueryChangedDiskAreas",
    CancelTask = "CancelTask",
    SetTaskDescription = "SetTaskDescription",
    SetTaskState = "SetTaskState",
    UpdateProgress = "UpdateProgress",
    CreateTask = "CreateTask",
    CreateCollectorForTasks = "CreateCollectorForTasks",
    CreateCollectorForEvents = "CreateCollectorForEvents",
    QueryEvents = "QueryEvents",
    DestroyCollector = "DestroyCollector",
    SetCollectorPageSize = "SetCollectorPageSize",
    RewindCollector = "RewindCollector",
    ResetCollector = "ResetCollector",
    ReadNextTasks = "ReadNextTasks",
    ReadPreviousTasks = "ReadPreviousTasks",
    ReadNextEvents = "ReadNextEvents",
    ReadPreviousEvents = "ReadPreviousEvents",
    PostEvent = "PostEvent",
    LogUserEvent = "LogUserEvent",
    CreateDiskTask = "CreateDisk_Task",
    RegisterDisk = "RegisterDisk",
    DeleteVStorageObjectTask = "DeleteVStorageObject_Task",
    RetrieveVStorageObject = "RetrieveVStorageObject",
    ListVStorageObject = "ListVStorageObject",
    ExtendDiskTask = "ExtendDisk_Task",
    RenameVStorageObject = "RenameVStorageObject",
    ReconcileDatastoreInventoryTask = "ReconcileDatastoreInventory_Task",
    UpdateVStorageObjectCryptoTask = "UpdateVStorageObjectCrypto_Task",
    RetrieveSnapshotInfo = "RetrieveSnapshotInfo",
    VStorageObjectCreateSnapshotTask = "VStorageObjectCreateSnapshot_Task",
    DeleteSnapshotTask = "DeleteSnapshot_Task",
    ListKeys = "ListKeys",
    RemoveKey = "RemoveKey",
    ListKmipServers = "ListKmipServers",
    ListKmsClusters = "ListKmsClusters",
    RetrieveKmipServersStatusTask = "RetrieveKmipServersStatus_Task",
    IsKmsClusterActive = "IsKmsClusterActive",
    GetDefaultKmsCluster = "GetDefaultKmsCluster",
    SetDefaultKmsCluster = "SetDefaultKmsCluster",
    MarkDefault = "MarkDefault",
    GenerateKey = "GenerateKey",
    QueryCryptoKeyStatus = "QueryCryptoKeyStatus",
    RegisterKmsCluster = "RegisterKmsCluster",
    UnregisterKmsCluster = "UnregisterKmsCluster",
    SearchDatastoreTask = "SearchDatastore_Task",
    SearchDatastoreSubFoldersTask = "SearchDatastoreSubFolders_Task",
    CreateVirtualDiskTask = "CreateVirtualDisk_Task",
    DeleteVirtualDiskTask = "DeleteVirtualDisk_Task",
    MoveVirtualDiskTask = "MoveVirtualDisk_Task",
    CopyVirtualDiskTask = "CopyVirtualDisk_Task",
    ExtendVirtualDiskTask = "ExtendVirtualDisk_Task",
    QueryVirtualDiskUuid = "QueryVirtualDiskUuid",
    SetVirtualDiskUuid = "SetVirtualDiskUuid",
    MakeDirectory = "MakeDirectory",
    DeleteDatastoreFileTask = "DeleteDatastoreFile_Task",
    MoveDatastoreFileTask = "MoveDatastoreFile_Task",
    CopyDatastoreFileTask = "CopyDatastoreFile_Task",
    CnsCreateVolume = "CnsCreateVolume",
    CnsDeleteVolume = "CnsDeleteVolume",
    CnsAttachVolume = "CnsAttachVolume",
    CnsDetachVolume = "CnsDetachVolume",
    CnsQueryVolume = "CnsQueryVolume",
    CnsQueryAsync = "CnsQueryAsync",
    CnsExtendVolume = "CnsExtendVolume",
    CnsUpdateVolumeMetadata = "CnsUpdateVolumeMetadata",
    CnsCreateSnapshots = "CnsCreateSnapshots",
    CnsDeleteSnapshots = "CnsDeleteSnapshots",
    CnsRelocateVolume = "CnsRelocateVolume",
    CnsReconfigVolumePolicy = "CnsReconfigVolumePolicy",
    CnsConfigureVolumeAcls = "CnsConfigureVolumeACLs",
    CnsSyncVolume = "CnsSyncVolume",
    CnsUpdateVolumeCrypto = "CnsUpdateVolumeCrypto",
    CnsUnregisterVolume = "CnsUnregisterVolume",
    CnsQueryAllVolume = "CnsQueryAllVolume",
    CnsQuerySnapshots = "CnsQuerySnapshots",
    CnsQueryVolumeInfo = "CnsQueryVolumeInfo",
    VsanClusterGetConfig = "VsanClusterGetConfig",
    QueryPerfProviderSummary = "QueryPerfProviderSummary",
    QueryAvailablePerfMetric = "QueryAvailablePerfMetric",
    QueryPerfCounter = "QueryPerfCounter",
    QueryPerfCounterByLevel = "QueryPerfCounterByLevel",
    QueryPerf = "QueryPerf",
    UpdatePerfInterval = "UpdatePerfInterval",
    QueryDescriptions = "QueryDescriptions",
    BrowseDiagnosticLog = "BrowseDiagnosticLog",
    GetAlarm = "GetAlarm",
    GetAlarmState = "GetAlarmState",
    FindExtension = "FindExtension",
    RegisterExtension = "RegisterExtension",
    RetrieveUserGroups = "RetrieveUserGroups",
    DoesCustomizationSpecExist = "DoesCustomizationSpecExist",
    GetCustomizationSpec = "GetCustomizationSpec",
    RetrieveEntityScheduledTask = "RetrieveEntityScheduledTask",
    QueryIpPools = "QueryIpPools",
    QueryServiceList = "QueryServiceList",
    ParseDescriptor = "ParseDescriptor",
    CreateImportSpec = "CreateImportSpec",
    PbmRetrieveServiceContent = "PbmRetrieveServiceContent",
    PbmFetchResourceType = "PbmFetchResourceType",
    PbmFetchCapabilityMetadata = "PbmFetchCapabilityMetadata",
    PbmCreate = "PbmCreate",
    PbmUpdate = "PbmUpdate",
    PbmDelete = "PbmDelete",
    PbmQueryProfile = "PbmQueryProfile",
    PbmRetrieveContent = "PbmRetrieveContent",
    PbmQueryProfileDetails = "PbmQueryProfileDetails",
    PbmQueryIoFiltersFromProfileId = "PbmQueryIOFiltersFromProfileId",
    PbmQueryAssociatedProfiles = "PbmQueryAssociatedProfiles",
    PbmQueryAssociatedProfile = "PbmQueryAssociatedProfile",
    PbmQueryAssociatedEntity = "PbmQueryAssociatedEntity",
    PbmQueryAssociatedEntities = "PbmQueryAssociatedEntities",
    PbmQueryDefaultRequirementProfile = "PbmQueryDefaultRequirementProfile",
    PbmQueryDefaultRequirementProfiles = "PbmQueryDefaultRequirementProfiles",
    PbmCheckCompliance = "PbmCheckCompliance",
    PbmFetchComplianceResult = "PbmFetchComplianceResult",
    PbmQueryMatchingHub = "PbmQueryMatchingHub",
    PbmCheckCompatibility = "PbmCheckCompatibility",
    PbmCheckCompatibilityWithSpec = "PbmCheckCompatibilityWithSpec",
    PbmCheckRequirements = "PbmCheckRequirements",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_has_a_line_and_every_line_a_variant() {
        for method in Method::ALL {
            assert_eq!(method.info().name, method.wire_name());
        }
        for name in TABLE.keys() {
            assert!(Method::from_wire(name).is_some(), "{name} has no variant");
        }
    }
}
