//! Where storage of a policy may go: hubs, requirements, and how each hub was judged.

use crate::table::data_objects;
use crate::{LocalizedMethodFault, Object, PbmExtendedElementDescription, PbmProfileId, PbmServerObjectRef};

data_objects! {
    /// A place for storage: a datastore or a storage pod.
    PbmPlacementHub: DynamicData {
        hub_type: String = "hubType",
        hub_id: String = "hubId",
    }

    /// More about a place.
    PbmPlacementHubInfo: DynamicData {
        zone_clusters: Vec<PbmServerObjectRef> = "zoneClusters" since "9.1.0.0",
    }

    /// What a place must satisfy.
    PbmPlacementRequirement: DynamicData {}

    /// A place must satisfy constraints.
    PbmPlacementCapabilityConstraintsRequirement: PbmPlacementRequirement {
        constraints: Object = "constraints" -> "PbmCapabilityConstraints",
    }

    /// A place must satisfy a profile.
    PbmPlacementCapabilityProfileRequirement: PbmPlacementRequirement {
        profile_id: PbmProfileId = "profileId",
    }

    /// A place must satisfy a profile in zones.
    PbmPlacementZoneTopologyRequirement: PbmPlacementCapabilityProfileRequirement {
        clusters: Vec<PbmServerObjectRef> = "clusters" since "9.1.0.0",
    }

    /// How a place was judged: no errors, and it will do.
    PbmPlacementCompatibilityResult: DynamicData {
        hub: PbmPlacementHub = "hub",
        hub_info: Option<PbmPlacementHubInfo> = "hubInfo" since "9.1.0.0",
        matching_resources: Vec<Object> = "matchingResources" -> "PbmPlacementMatchingResources",
        how_many: Option<i64> = "howMany",
        utilization: Vec<PbmPlacementResourceUtilization> = "utilization",
        warning: Vec<LocalizedMethodFault> = "warning",
        error: Vec<LocalizedMethodFault> = "error",
    }

    /// What of a place would serve.
    PbmPlacementMatchingResources: DynamicData {}

    /// How much of a resource there is.
    PbmPlacementResourceUtilization: DynamicData {
        name: PbmExtendedElementDescription = "name",
        description: PbmExtendedElementDescription = "description",
        available_before: Option<i64> = "availableBefore",
        available_after: Option<i64> = "availableAfter",
        total: Option<i64> = "total",
    }

    /// Places and the profile that is their default.
    PbmDefaultProfileInfo: DynamicData {
        datastores: Vec<PbmPlacementHub> = "datastores" [required],
        default_profile: Option<Object> = "defaultProfile" -> "PbmProfile",
        method_fault: Option<LocalizedMethodFault> = "methodFault",
    }
}
