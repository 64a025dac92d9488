//! The root of managed objects, the service instance, sessions, privileges and settings.

use jiff::Timestamp;

use crate::table::managed_objects;
use crate::{
    AuthorizationDescription, AuthorizationPrivilege, AuthorizationRole, CustomFieldDef, LicenseManagerLicenseInfo, MoRef, Object,
    OptionValue, ServiceContent, UserSession,
};

managed_objects! {
    ManagedObject {}

    ServiceInstance: ManagedObject {
        Timestamp = "serverClock",
        Object = "capability" -> "Capability",
        ServiceContent = "content",
    }

    SessionManager: ManagedObject {
        Vec<UserSession> = "sessionList",
        Option<UserSession> = "currentSession",
        Option<String> = "message",
        Vec<String> = "messageLocaleList",
        Vec<String> = "supportedLocaleList",
        String = "defaultLocale",
    }

    AuthorizationManager: ManagedObject {
        Vec<AuthorizationPrivilege> = "privilegeList",
        Vec<AuthorizationRole> = "roleList",
        AuthorizationDescription = "description",
    }

    OptionManager: ManagedObject {
        Vec<Object> = "supportedOption" -> "OptionDef",
        Vec<OptionValue> = "setting",
    }

    CustomFieldsManager: ManagedObject {
        Vec<CustomFieldDef> = "field",
    }

    LicenseManager: ManagedObject {
        Object = "source" -> "LicenseSource",
        bool = "sourceAvailable",
        Option<Object> = "diagnostics" -> "LicenseDiagnostics",
        Vec<Object> = "featureInfo" -> "LicenseFeatureInfo",
        String = "licensedEdition",
        Vec<LicenseManagerLicenseInfo> = "licenses" [required],
        Option<MoRef> = "licenseAssignmentManager" -> "LicenseAssignmentManager",
        Object = "evaluation" -> "LicenseManagerEvaluationInfo",
    }

    SearchIndex: ManagedObject {}
}
