//! Faults of the policy service.

use crate::table::{data_objects, faults};
use crate::{PbmCapabilityMetadataUniqueId, PbmCapabilityPropertyInstance, PbmPlacementHub, PbmProfileId};

faults! {
    /// The root of the policy service's faults.
    PbmFault: MethodFault {}

    /// The profile or object is not there.
    PbmFaultNotFound: PbmFault {}

    /// The session is none.
    PbmFaultInvalidLogin: PbmFault {}

    /// The session lacks a privilege.
    PbmFaultNoPermission: SecurityError {
        missing_privileges: Vec<PbmFaultNoPermissionEntityPrivileges> = "missingPrivileges",
    }

    /// Something below failed.
    PbmFaultProfileStorageFault: PbmFault {}

    /// A profile of that name is there already.
    PbmDuplicateName: PbmFault {
        name: String = "name",
    }

    /// Places that are not there were named.
    PbmNonExistentHubs: PbmFault {
        hubs: Vec<PbmPlacementHub> = "hubs" [required],
    }

    /// The places have no capabilities that could be judged.
    PbmLegacyHubsNotSupported: PbmFault {
        hubs: Vec<PbmPlacementHub> = "hubs" [required],
    }

    /// The root of reasons against a place.
    PbmCompatibilityCheckFault: PbmFault {
        hub: PbmPlacementHub = "hub",
    }

    /// The place has its own default, whatever is asked for.
    PbmDefaultProfileAppliesFault: PbmCompatibilityCheckFault {}

    /// A capability of the place is not as demanded.
    PbmPropertyMismatchFault: PbmCompatibilityCheckFault {
        capability_instance_id: PbmCapabilityMetadataUniqueId = "capabilityInstanceId",
        requirement_property_instance: PbmCapabilityPropertyInstance = "requirementPropertyInstance",
    }

    /// A capability of the place is another than demanded.
    PbmCapabilityProfilePropertyMismatchFault: PbmPropertyMismatchFault {
        resource_property_instance: PbmCapabilityPropertyInstance = "resourcePropertyInstance",
    }
}

/// What faults hold.
pub(crate) mod parts {
    use super::{PbmProfileId, data_objects};

    data_objects! {
        /// A profile and the privileges that the session lacks on it.
        PbmFaultNoPermissionEntityPrivileges: DynamicData {
            profile_id: Option<PbmProfileId> = "profileId",
            privilege_ids: Vec<String> = "privilegeIds",
        }
    }
}
use parts::PbmFaultNoPermissionEntityPrivileges;
