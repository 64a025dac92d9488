//! Methods of the policy service.

use crate::table::methods;
use crate::{
    Object, PbmCapabilityProfileCreateSpec, PbmComplianceResult, PbmDefaultProfileInfo, PbmPlacementCompatibilityResult, PbmPlacementHub,
    PbmProfileDetails, PbmProfileId, PbmProfileOperationOutcome, PbmProfileResourceType, PbmProfileToIofilterMap, PbmQueryProfileResult,
    PbmServerObjectRef, PbmServiceInstanceContent,
};

methods! {
    "PbmRetrieveServiceContent" on "PbmServiceInstance" () returns (PbmServiceInstanceContent = "returnval");
    "PbmFetchResourceType" on "PbmProfileProfileManager" () returns (Vec<PbmProfileResourceType> = "returnval");
    "PbmFetchCapabilityMetadata" on "PbmProfileProfileManager" (
        Option<PbmProfileResourceType> = "resourceType",
        Option<String> = "vendorUuid",
    ) returns (Vec<Object> = "returnval" -> "PbmCapabilityMetadataPerCategory");
    "PbmCreate" on "PbmProfileProfileManager" (
        PbmCapabilityProfileCreateSpec = "createSpec",
    ) returns (PbmProfileId = "returnval");
    "PbmUpdate" on "PbmProfileProfileManager" (
        PbmProfileId = "profileId",
        Object = "updateSpec" -> "PbmCapabilityProfileUpdateSpec",
    ) returns ();
    "PbmDelete" on "PbmProfileProfileManager" (
        Vec<PbmProfileId> = "profileId" [required],
    ) returns (Vec<PbmProfileOperationOutcome> = "returnval");
    "PbmQueryProfile" on "PbmProfileProfileManager" (
        PbmProfileResourceType = "resourceType",
        Option<String> = "profileCategory",
    ) returns (Vec<PbmProfileId> = "returnval");
    "PbmRetrieveContent" on "PbmProfileProfileManager" (
        Vec<PbmProfileId> = "profileIds" [required],
    ) returns (Vec<Object> = "returnval" -> "PbmProfile" [required]);
    "PbmQueryProfileDetails" on "PbmProfileProfileManager" (
        String = "profileCategory",
        bool = "fetchAllFields",
    ) returns (Vec<PbmProfileDetails> = "returnval");
    "PbmQueryIOFiltersFromProfileId" on "PbmProfileProfileManager" (
        Vec<PbmProfileId> = "profileIds" [required],
    ) returns (Vec<PbmProfileToIofilterMap> = "returnval");
    "PbmQueryAssociatedProfiles" on "PbmProfileProfileManager" (
        Vec<PbmServerObjectRef> = "entities" [required],
    ) returns (Vec<PbmQueryProfileResult> = "returnval");
    "PbmQueryAssociatedProfile" on "PbmProfileProfileManager" (
        PbmServerObjectRef = "entity",
    ) returns (Vec<PbmProfileId> = "returnval");
    "PbmQueryAssociatedEntity" on "PbmProfileProfileManager" (
        PbmProfileId = "profile",
        Option<String> = "entityType",
    ) returns (Vec<PbmServerObjectRef> = "returnval");
    "PbmQueryAssociatedEntities" on "PbmProfileProfileManager" (
        Vec<PbmProfileId> = "profiles",
    ) returns (Vec<PbmQueryProfileResult> = "returnval");
    "PbmQueryDefaultRequirementProfile" on "PbmProfileProfileManager" (
        PbmPlacementHub = "hub",
    ) returns (Option<PbmProfileId> = "returnval");
    "PbmQueryDefaultRequirementProfiles" on "PbmProfileProfileManager" (
        Vec<PbmPlacementHub> = "datastores" [required],
    ) returns (Vec<PbmDefaultProfileInfo> = "returnval" [required]);
    "PbmCheckCompliance" on "PbmComplianceManager" (
        Vec<PbmServerObjectRef> = "entities" [required],
        Option<PbmProfileId> = "profile",
    ) returns (Vec<PbmComplianceResult> = "returnval");
    "PbmFetchComplianceResult" on "PbmComplianceManager" (
        Vec<PbmServerObjectRef> = "entities" [required],
        Option<PbmProfileId> = "profile",
    ) returns (Vec<PbmComplianceResult> = "returnval");
    "PbmQueryMatchingHub" on "PbmPlacementSolver" (
        Vec<PbmPlacementHub> = "hubsToSearch",
        PbmProfileId = "profile",
    ) returns (Vec<PbmPlacementHub> = "returnval");
    "PbmCheckCompatibility" on "PbmPlacementSolver" (
        Vec<PbmPlacementHub> = "hubsToSearch",
        PbmProfileId = "profile",
    ) returns (Vec<PbmPlacementCompatibilityResult> = "returnval");
    "PbmCheckCompatibilityWithSpec" on "PbmPlacementSolver" (
        Vec<PbmPlacementHub> = "hubsToSearch",
        PbmCapabilityProfileCreateSpec = "profileSpec",
    ) returns (Vec<PbmPlacementCompatibilityResult> = "returnval");
    "PbmCheckRequirements" on "PbmPlacementSolver" (
        Vec<PbmPlacementHub> = "hubsToSearch",
        Option<PbmServerObjectRef> = "placementSubjectRef",
        Vec<Object> = "placementSubjectRequirement" -> "PbmPlacementRequirement",
    ) returns (Vec<PbmPlacementCompatibilityResult> = "returnval");
}
