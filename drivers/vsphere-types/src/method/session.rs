//! Methods of the service instance, sessions and privileges.

use jiff::Timestamp;

use crate::table::methods;
use crate::{CustomFieldDef, EntityPrivilege, MoRef, Object, OptionValue, Permission, ServiceContent, UserPrivilegeResult, UserSession};

methods! {
    "RetrieveServiceContent" on "ServiceInstance" () returns (ServiceContent = "returnval");
    "CurrentTime" on "ServiceInstance" () returns (Timestamp = "returnval");
    "Login" on "SessionManager" (
        String = "userName",
        String = "password",
        Option<String> = "locale",
    ) returns (UserSession = "returnval");
    "Logout" on "SessionManager" () returns ();
    "SessionIsActive" on "SessionManager" (
        String = "sessionID",
        String = "userName",
    ) returns (bool = "returnval");
    "TerminateSession" on "SessionManager" (
        Vec<String> = "sessionId" [required],
    ) returns ();
    "LoginByToken" on "SessionManager" (
        Option<String> = "locale",
    ) returns (UserSession = "returnval");
    "CloneSession" on "SessionManager" (
        String = "cloneTicket",
    ) returns (UserSession = "returnval");
    "AcquireCloneTicket" on "SessionManager" () returns (String = "returnval");
    "UpdateServiceMessage" on "SessionManager" (
        String = "message",
    ) returns ();
    "SetLocale" on "SessionManager" (
        String = "locale",
    ) returns ();
    "LoginExtensionByCertificate" on "SessionManager" (
        String = "extensionKey",
        Option<String> = "locale",
    ) returns (UserSession = "returnval");
    "AcquireGenericServiceTicket" on "SessionManager" (
        Object = "spec" -> "SessionManagerServiceRequestSpec",
    ) returns (Object = "returnval" -> "SessionManagerGenericServiceTicket");
    "HasUserPrivilegeOnEntities" on "AuthorizationManager" (
        Vec<MoRef> = "entities" -> "ManagedObject" [required],
        String = "userName",
        Vec<String> = "privId",
    ) returns (Vec<EntityPrivilege> = "returnval");
    "HasPrivilegeOnEntities" on "AuthorizationManager" (
        Vec<MoRef> = "entity" -> "ManagedEntity" [required],
        String = "sessionId",
        Vec<String> = "privId",
    ) returns (Vec<EntityPrivilege> = "returnval");
    "HasPrivilegeOnEntity" on "AuthorizationManager" (
        MoRef = "entity" -> "ManagedEntity",
        String = "sessionId",
        Vec<String> = "privId",
    ) returns (Vec<bool> = "returnval");
    "FetchUserPrivilegeOnEntities" on "AuthorizationManager" (
        Vec<MoRef> = "entities" -> "ManagedEntity" [required],
        String = "userName",
    ) returns (Vec<UserPrivilegeResult> = "returnval");
    "RetrieveEntityPermissions" on "AuthorizationManager" (
        MoRef = "entity" -> "ManagedEntity",
        bool = "inherited",
    ) returns (Vec<Permission> = "returnval");
    "RetrieveRolePermissions" on "AuthorizationManager" (
        i32 = "roleId",
    ) returns (Vec<Permission> = "returnval");
    "RetrieveAllPermissions" on "AuthorizationManager" () returns (Vec<Permission> = "returnval");
    "SetEntityPermissions" on "AuthorizationManager" (
        MoRef = "entity" -> "ManagedEntity",
        Vec<Permission> = "permission",
    ) returns ();
    "AddAuthorizationRole" on "AuthorizationManager" (
        String = "name",
        Vec<String> = "privIds",
    ) returns (i32 = "returnval");
    "QueryOptions" on "OptionManager" (
        Option<String> = "name",
    ) returns (Vec<OptionValue> = "returnval");
    "UpdateOptions" on "OptionManager" (
        Vec<OptionValue> = "changedValue" [required],
    ) returns ();
    "AddCustomFieldDef" on "CustomFieldsManager" (
        String = "name",
        Option<String> = "moType",
        Option<Object> = "fieldDefPolicy" -> "PrivilegePolicyDef",
        Option<Object> = "fieldPolicy" -> "PrivilegePolicyDef",
    ) returns (CustomFieldDef = "returnval");
    "SetField" on "CustomFieldsManager" (
        MoRef = "entity" -> "ManagedEntity",
        i32 = "key",
        String = "value",
    ) returns ();
    "RemoveCustomFieldDef" on "CustomFieldsManager" (
        i32 = "key",
    ) returns ();
}
