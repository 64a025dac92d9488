//! Which methods are served, and where each is carried out.

use vsphere_types::Method;

/// The part of the vCenter that carries a method out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The service instance itself.
    Instance,
    /// `sessions`
    Sessions,
    /// `authorization`
    Authorization,
    /// `properties`
    Properties,
    /// `updates`
    Updates,
    /// `views`
    Views,
    /// `search`
    Search,
    /// `machines`
    Machines,
    /// `keys`
    Keys,
    /// `files`
    Files,
    /// `managers`
    Managers,
    /// `histories`
    Histories,
    /// `first_class_disks`
    FirstClassDisks,
    /// `vsan`
    Vsan,
    /// `storage`
    Volumes,
    /// `policy`
    Policies,
}

/// The area of a method; nothing for one that is known by name only.
pub fn area_of(method: Method) -> Option<Area> {
    use Method as M;
    Some(match method {
        M::RetrieveServiceContent | M::CurrentTime => Area::Instance,
        M::Login | M::Logout | M::SessionIsActive | M::TerminateSession => Area::Sessions,
        M::HasUserPrivilegeOnEntities
        | M::HasPrivilegeOnEntities
        | M::HasPrivilegeOnEntity
        | M::FetchUserPrivilegeOnEntities
        | M::RetrieveEntityPermissions
        | M::RetrieveRolePermissions
        | M::RetrieveAllPermissions => Area::Authorization,
        M::RetrieveProperties | M::RetrievePropertiesEx | M::ContinueRetrievePropertiesEx | M::CancelRetrievePropertiesEx | M::Fetch => {
            Area::Properties
        }
        M::CreatePropertyCollector
        | M::DestroyPropertyCollector
        | M::CreateFilter
        | M::DestroyPropertyFilter
        | M::WaitForUpdatesEx
        | M::WaitForUpdates
        | M::CheckForUpdates
        | M::CancelWaitForUpdates => Area::Updates,
        M::CreateListView | M::ModifyListView | M::ResetListView | M::CreateContainerView | M::DestroyView => Area::Views,
        M::FindByUuid
        | M::FindAllByUuid
        | M::FindByIp
        | M::FindAllByIp
        | M::FindByDnsName
        | M::FindAllByDnsName
        | M::FindByInventoryPath
        | M::FindChild => Area::Search,
        M::PowerOnVmTask | M::PowerOffVmTask | M::ResetVmTask | M::ReconfigVmTask | M::DestroyTask | M::UnregisterVm => Area::Machines,
        M::CreateCollectorForTasks
        | M::CreateCollectorForEvents
        | M::QueryEvents
        | M::DestroyCollector
        | M::SetCollectorPageSize
        | M::RewindCollector
        | M::ResetCollector
        | M::ReadNextTasks
        | M::ReadPreviousTasks
        | M::ReadNextEvents
        | M::ReadPreviousEvents => Area::Histories,
        M::PbmRetrieveServiceContent
        | M::PbmFetchResourceType
        | M::PbmQueryProfile
        | M::PbmRetrieveContent
        | M::PbmQueryProfileDetails
        | M::PbmQueryIoFiltersFromProfileId
        | M::PbmQueryDefaultRequirementProfile
        | M::PbmQueryAssociatedProfile
        | M::PbmQueryAssociatedProfiles
        | M::PbmQueryAssociatedEntity
        | M::PbmQueryAssociatedEntities
        | M::PbmCheckCompliance
        | M::PbmFetchComplianceResult
        | M::PbmQueryMatchingHub
        | M::PbmCheckCompatibility
        | M::PbmCheckCompatibilityWithSpec
        | M::PbmCheckRequirements => Area::Policies,
        other => return storage_area_of(other),
    })
}

/// The same, of methods of managers that have nothing to tell.
fn manager_area_of(method: Method) -> Option<Area> {
    use Method as M;
    matches!(
        method,
        M::QueryPerfProviderSummary
            | M::QueryAvailablePerfMetric
            | M::QueryPerfCounter
            | M::QueryPerfCounterByLevel
            | M::QueryPerf
            | M::QueryDescriptions
            | M::GetAlarm
            | M::GetAlarmState
            | M::FindExtension
            | M::DoesCustomizationSpecExist
            | M::GetCustomizationSpec
            | M::RetrieveEntityScheduledTask
            | M::QueryIpPools
            | M::QueryServiceList
    )
    .then_some(Area::Managers)
}

/// The same, of methods of disks and keys.
fn storage_area_of(method: Method) -> Option<Area> {
    use Method as M;
    Some(match method {
        M::ListKmipServers
        | M::ListKmsClusters
        | M::RetrieveKmipServersStatusTask
        | M::IsKmsClusterActive
        | M::GetDefaultKmsCluster
        | M::SetDefaultKmsCluster
        | M::ListKeys
        | M::GenerateKey
        | M::QueryCryptoKeyStatus => Area::Keys,
        M::SearchDatastoreTask | M::SearchDatastoreSubFoldersTask => Area::Files,
        M::ListVStorageObject | M::RetrieveVStorageObject | M::RetrieveSnapshotInfo | M::UpdateVStorageObjectCryptoTask => {
            Area::FirstClassDisks
        }
        M::VsanClusterGetConfig => Area::Vsan,
        M::CnsCreateVolume
        | M::CnsDeleteVolume
        | M::CnsAttachVolume
        | M::CnsDetachVolume
        | M::CnsExtendVolume
        | M::CnsUpdateVolumeMetadata
        | M::CnsUpdateVolumeCrypto
        | M::CnsQueryVolume
        | M::CnsQueryAllVolume
        | M::CnsQueryAsync
        | M::CnsCreateSnapshots
        | M::CnsDeleteSnapshots
        | M::CnsQuerySnapshots
        | M::CnsQueryVolumeInfo => Area::Volumes,
        other => return manager_area_of(other),
    })
}

/// Whether a method is carried out here; all others are known by name only and answer NotSupported.
pub fn is_served(method: Method) -> bool {
    area_of(method).is_some()
}
