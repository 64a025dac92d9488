//! Storage policies as the policy service shows them: profiles, what they demand, what they are applied to.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{KeyAnyValue, LocalizedMethodFault, MoRef, Object, Value};

data_objects! {
    /// What the policy service says of itself.
    PbmAboutInfo: DynamicData {
        name: String = "name",
        version: String = "version",
        instance_uuid: String = "instanceUuid",
    }

    /// Where everything is in the policy service.
    PbmServiceInstanceContent: DynamicData {
        about_info: PbmAboutInfo = "aboutInfo",
        session_manager: MoRef = "sessionManager" -> "PbmSessionManager",
        capability_metadata_manager: MoRef = "capabilityMetadataManager" -> "PbmCapabilityMetadataManager",
        profile_manager: MoRef = "profileManager" -> "PbmProfileProfileManager",
        compliance_manager: MoRef = "complianceManager" -> "PbmComplianceManager",
        placement_solver: MoRef = "placementSolver" -> "PbmPlacementSolver",
        replication_manager: Option<MoRef> = "replicationManager" -> "PbmReplicationManager",
    }

    /// What kind of resource a profile is for: `STORAGE`.
    PbmProfileResourceType: DynamicData {
        resource_type: String = "resourceType",
    }

    /// The id of a profile.
    PbmProfileId: DynamicData {
        unique_id: String = "uniqueId",
    }

    /// A profile.
    PbmProfile: DynamicData {
        profile_id: PbmProfileId = "profileId",
        name: String = "name",
        description: Option<String> = "description",
        creation_time: Timestamp = "creationTime",
        created_by: String = "createdBy",
        last_updated_time: Timestamp = "lastUpdatedTime",
        last_updated_by: String = "lastUpdatedBy",
    }

    /// A profile that says what storage must be capable of.
    PbmCapabilityProfile: PbmProfile {
        profile_category: String = "profileCategory",
        resource_type: PbmProfileResourceType = "resourceType",
        constraints: Object = "constraints" -> "PbmCapabilityConstraints",
        generation_id: Option<i64> = "generationId",
        is_default: bool = "isDefault",
        system_created_profile_type: Option<String> = "systemCreatedProfileType",
        line_of_service: Option<String> = "lineOfService",
        k8s_compliant_name: Option<String> = "k8sCompliantName" since "9.1.0.0",
        other_k8s_compliant_names: Vec<String> = "otherK8sCompliantNames" since "9.1.0.0",
    }

    /// A profile to be made.
    PbmCapabilityProfileCreateSpec: DynamicData {
        name: String = "name",
        description: Option<String> = "description",
        category: Option<String> = "category",
        resource_type: PbmProfileResourceType = "resourceType",
        constraints: Object = "constraints" -> "PbmCapabilityConstraints",
        k8s_compliant_name: Option<String> = "k8sCompliantName" since "9.1.0.0",
    }

    /// What a profile demands.
    PbmCapabilityConstraints: DynamicData {}

    /// Alternatives: one of them must hold.
    PbmCapabilitySubProfileConstraints: PbmCapabilityConstraints {
        sub_profiles: Vec<PbmCapabilitySubProfile> = "subProfiles" [required],
    }

    /// One alternative: everything in it must hold.
    PbmCapabilitySubProfile: DynamicData {
        name: String = "name",
        capability: Vec<PbmCapabilityInstance> = "capability" [required],
        force_provision: Option<bool> = "forceProvision",
    }

    /// A capability and what is demanded of it.
    PbmCapabilityInstance: DynamicData {
        id: PbmCapabilityMetadataUniqueId = "id",
        constraint: Vec<PbmCapabilityConstraintInstance> = "constraint" [required],
    }

    /// The name of a capability.
    PbmCapabilityMetadataUniqueId: DynamicData {
        namespace: String = "namespace",
        id: String = "id",
    }

    /// Properties of a capability that belong together.
    PbmCapabilityConstraintInstance: DynamicData {
        property_instance: Vec<PbmCapabilityPropertyInstance> = "propertyInstance" [required],
    }

    /// A property of a capability and its value.
    PbmCapabilityPropertyInstance: DynamicData {
        id: String = "id",
        operator: Option<String> = "operator",
        value: Value = "value",
    }

    /// Values of which one must be there.
    PbmCapabilityDiscreteSet: DynamicData {
        values: Vec<Value> = "values" [required],
    }

    /// A property of a capability in general.
    PbmCapabilityPropertyMetadata: DynamicData {
        id: String = "id",
        summary: PbmExtendedElementDescription = "summary",
        mandatory: bool = "mandatory",
        kind: Option<Object> = "type" -> "PbmCapabilityTypeInfo",
        default_value: Option<Value> = "defaultValue",
        allowed_value: Option<Value> = "allowedValue",
        requirements_type_hint: Option<String> = "requirementsTypeHint",
    }

    /// A label and a summary, and where their texts come from.
    PbmExtendedElementDescription: DynamicData {
        label: String = "label",
        summary: String = "summary",
        key: String = "key",
        message_catalog_key_prefix: String = "messageCatalogKeyPrefix",
        message_arg: Vec<KeyAnyValue> = "messageArg",
    }

    /// An object of a vCenter, as the policy service names it.
    PbmServerObjectRef: DynamicData {
        object_type: String = "objectType",
        key: String = "key",
        server_uuid: Option<String> = "serverUuid",
    }

    /// An object and the profiles that are applied to it.
    PbmQueryProfileResult: DynamicData {
        object: PbmServerObjectRef = "object",
        profile_id: Vec<PbmProfileId> = "profileId",
        fault: Option<LocalizedMethodFault> = "fault",
    }

    /// What became of one profile of several.
    PbmProfileOperationOutcome: DynamicData {
        profile_id: PbmProfileId = "profileId",
        fault: Option<LocalizedMethodFault> = "fault",
    }

    /// Whether an object is as its profile demands.
    PbmComplianceResult: DynamicData {
        check_time: Timestamp = "checkTime",
        entity: PbmServerObjectRef = "entity",
        profile: Option<PbmProfileId> = "profile",
        compliance_task_status: Option<String> = "complianceTaskStatus",
        compliance_status: String = "complianceStatus",
        mismatch: bool = "mismatch",
        violated_policies: Vec<PbmCompliancePolicyStatus> = "violatedPolicies",
        error_cause: Vec<LocalizedMethodFault> = "errorCause",
        operational_status: Option<PbmComplianceOperationalStatus> = "operationalStatus",
        info: Option<PbmExtendedElementDescription> = "info",
    }

    /// A demand that is not met.
    PbmCompliancePolicyStatus: DynamicData {
        expected_value: PbmCapabilityInstance = "expectedValue",
        current_value: Option<PbmCapabilityInstance> = "currentValue",
    }

    /// How far the storage has come with meeting a demand.
    PbmComplianceOperationalStatus: DynamicData {
        healthy: Option<bool> = "healthy",
        operation_eta: Option<Timestamp> = "operationETA",
        operation_progress: Option<i64> = "operationProgress",
        transitional: Option<bool> = "transitional",
    }
}

/// What only vSphere's own clients ask for, and govmomi; pyVmomi does not have it.
pub(crate) mod internal {
    use crate::table::data_objects;
    use crate::{LocalizedMethodFault, Object, PbmProfileId};

    data_objects! {
        /// An I/O filter that a profile needs.
        PbmIofilterInfo: DynamicData {
            vib_id: String = "vibId",
            filter_type: Option<String> = "filterType",
        }

        /// A profile and the I/O filters that it needs.
        PbmProfileToIofilterMap: DynamicData {
            key: PbmProfileId = "key",
            iofilters: Vec<PbmIofilterInfo> = "iofilters",
            fault: Option<LocalizedMethodFault> = "fault",
        }

        /// A profile with everything that belongs to it.
        PbmProfileDetails: DynamicData {
            profile: Object = "profile" -> "PbmCapabilityProfile",
            iof_infos: Vec<PbmIofilterInfo> = "iofInfos",
            iof_method_fault: Option<LocalizedMethodFault> = "iofMethodFault",
            is_replication_policy: bool = "isReplicationPolicy",
            rep_method_fault: Option<LocalizedMethodFault> = "repMethodFault",
        }
    }
}
