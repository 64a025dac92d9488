//! The managed objects of the service of first class disks (VSLM); clients never read properties of them.

use super::core::ManagedObject;
use crate::VslmServiceInstanceContent;
use crate::table::managed_objects;

managed_objects! {
    VslmServiceInstance: ManagedObject {
        VslmServiceInstanceContent = "content",
    }

    VslmSessionManager: ManagedObject {}

    VslmVStorageObjectManager: ManagedObject {}

    VslmStorageLifecycleManager: ManagedObject {}

    VslmTask: ManagedObject {}
}
