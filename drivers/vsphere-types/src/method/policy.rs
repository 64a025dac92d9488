//! Methods of the policy service.

rows! { policy:
    served PbmRetrieveServiceContent on PbmServiceInstance () returns (PbmServiceInstanceContent) reads without_session;
    served PbmFetchResourceType on PbmProfileProfileManager () returns (Vec<PbmProfileResourceType>) reads needs("StorageProfile.View");
    known PbmFetchCapabilityMetadata on PbmProfileProfileManager (
        Option<PbmProfileResourceType> = "resourceType",
        Option<String> = "vendorUuid",
    ) returns (Vec<Object> as "PbmCapabilityMetadataPerCategory") reads needs("StorageProfile.View");
    known PbmCreate on PbmProfileProfileManager (
        PbmCapabilityProfileCreateSpec = "createSpec",
    ) returns (PbmProfileId) needs("StorageProfile.View");
    known PbmUpdate on PbmProfileProfileManager (
        PbmProfileId = "profileId",
        Object = "updateSpec" -> "PbmCapabilityProfileUpdateSpec",
    ) returns () needs("StorageProfile.View");
    known PbmDelete on PbmProfileProfileManager (
        Vec<PbmProfileId> = "profileId" [required],
    ) returns (Vec<PbmProfileOperationOutcome>) needs("StorageProfile.View");
    served PbmQueryProfile on PbmProfileProfileManager (
        resource_type: PbmProfileResourceType = "resourceType",
        profile_category: Option<String> = "profileCategory",
    ) returns (Vec<PbmProfileId>) reads needs("StorageProfile.View");
    served PbmRetrieveContent on PbmProfileProfileManager (
        profile_ids: Vec<PbmProfileId> = "profileIds" [required],
    ) returns (Vec<Object> as "PbmProfile" [required]) reads needs("StorageProfile.View");
    served PbmQueryProfileDetails on PbmProfileProfileManager (
        profile_category: String = "profileCategory",
        fetch_all_fields: bool = "fetchAllFields",
    ) returns (Vec<PbmProfileDetails>) reads needs("StorageProfile.View");
    served PbmQueryIoFiltersFromProfileId = "PbmQueryIOFiltersFromProfileId" on PbmProfileProfileManager (
        profile_ids: Vec<PbmProfileId> = "profileIds" [required],
    ) returns (Vec<PbmProfileToIofilterMap>) reads needs("StorageProfile.View");
    served PbmQueryAssociatedProfiles on PbmProfileProfileManager (
        entities: Vec<PbmServerObjectRef> = "entities" [required],
    ) returns (Vec<PbmQueryProfileResult>) reads needs("StorageProfile.View");
    served PbmQueryAssociatedProfile on PbmProfileProfileManager (
        entity: PbmServerObjectRef = "entity",
    ) returns (Vec<PbmProfileId>) reads needs("StorageProfile.View");
    served PbmQueryAssociatedEntity on PbmProfileProfileManager (
        profile: PbmProfileId = "profile",
        entity_type: Option<String> = "entityType",
    ) returns (Vec<PbmServerObjectRef>) reads needs("StorageProfile.View");
    served PbmQueryAssociatedEntities on PbmProfileProfileManager (
        profiles: Vec<PbmProfileId> = "profiles",
    ) returns (Vec<PbmQueryProfileResult>) reads needs("StorageProfile.View");
    served PbmQueryDefaultRequirementProfile on PbmProfileProfileManager (
        hub: PbmPlacementHub = "hub",
    ) returns (Option<PbmProfileId>) reads needs("StorageProfile.View");
    known PbmQueryDefaultRequirementProfiles on PbmProfileProfileManager (
        Vec<PbmPlacementHub> = "datastores" [required],
    ) returns (Vec<PbmDefaultProfileInfo> [required]) reads needs("StorageProfile.View");
    served PbmCheckCompliance on PbmComplianceManager (
        entities: Vec<PbmServerObjectRef> = "entities" [required],
        profile: Option<PbmProfileId> = "profile",
    ) returns (Vec<PbmComplianceResult>) reads needs("StorageProfile.View");
    served PbmFetchComplianceResult on PbmComplianceManager (
        entities: Vec<PbmServerObjectRef> = "entities" [required],
        profile: Option<PbmProfileId> = "profile",
    ) returns (Vec<PbmComplianceResult>) reads needs("StorageProfile.View");
    served PbmQueryMatchingHub on PbmPlacementSolver (
        hubs_to_search: Vec<PbmPlacementHub> = "hubsToSearch",
        profile: PbmProfileId = "profile",
    ) returns (Vec<PbmPlacementHub>) reads needs("StorageProfile.View");
    served PbmCheckCompatibility on PbmPlacementSolver (
        hubs_to_search: Vec<PbmPlacementHub> = "hubsToSearch",
        profile: PbmProfileId = "profile",
    ) returns (Vec<PbmPlacementCompatibilityResult>) reads needs("StorageProfile.View");
    served PbmCheckCompatibilityWithSpec on PbmPlacementSolver (
        hubs_to_search: Vec<PbmPlacementHub> = "hubsToSearch",
        profile_spec: PbmCapabilityProfileCreateSpec = "profileSpec",
    ) returns (Vec<PbmPlacementCompatibilityResult>) reads needs("StorageProfile.View");
    served PbmCheckRequirements on PbmPlacementSolver (
        hubs_to_search: Vec<PbmPlacementHub> = "hubsToSearch",
        placement_subject_ref: Option<PbmServerObjectRef> = "placementSubjectRef",
        placement_subject_requirement: Vec<Object> = "placementSubjectRequirement" -> "PbmPlacementRequirement",
    ) returns (Vec<PbmPlacementCompatibilityResult>) reads needs("StorageProfile.View");
}
