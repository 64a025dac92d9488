//! The managed objects of the policy service; clients never read properties of them.

use super::core::ManagedObject;
use crate::PbmServiceInstanceContent;
use crate::table::managed_objects;

managed_objects! {
    PbmServiceInstance: ManagedObject {
        PbmServiceInstanceContent = "content",
    }

    PbmSessionManager: ManagedObject {}

    PbmCapabilityMetadataManager: ManagedObject {}

    PbmProfileProfileManager: ManagedObject {}

    PbmComplianceManager: ManagedObject {}

    PbmPlacementSolver: ManagedObject {}

    PbmReplicationManager: ManagedObject {}
}
