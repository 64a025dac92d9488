//! Which methods are served, and where each is carried out.

use fake_vcenter_types::Method;

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
    /// `storage`
    Volumes,
}

/// The area of a method; nothing for one that is known by name only.
pub fn area_of(method: Method) -> Option<Area> {
    use Method as M;
    Some(match method {
        M::RetrieveServiceContent | M::CurrentTime => Area::Instance,
        M::Login | M::Logout | M::SessionIsActive | M::TerminateSession => Area::Sessions,
        M::HasUserPrivilegeOnEntities | M::HasPrivilegeOnEntities => Area::Authorization,
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
        M::PowerOnVmTask | M::PowerOffVmTask | M::DestroyTask => Area::Machines,
        M::CnsCreateVolume
        | M::CnsDeleteVolume
        | M::CnsAttachVolume
        | M::CnsDetachVolume
        | M::CnsExtendVolume
        | M::CnsUpdateVolumeMetadata
        | M::CnsQueryVolume
        | M::CnsQueryAllVolume
        | M::CnsQueryAsync => Area::Volumes,
        _ => return None,
    })
}

/// Whether a method is carried out here; all others are known by name only and answer NotSupported.
pub fn is_served(method: Method) -> bool {
    area_of(method).is_some()
}
