//! Methods of the service instance, sessions and privileges.

rows! { session:
    served RetrieveServiceContent on ServiceInstance () returns (ServiceContent) reads without_session;
    served CurrentTime on ServiceInstance () returns (Timestamp) reads without_session;
    served Login on SessionManager (
        user_name: String = "userName",
        password: String = "password",
        locale: Option<String> = "locale",
    ) returns (UserSession) without_session;
    served Logout on SessionManager () returns ();
    served SessionIsActive on SessionManager (
        session_id: String = "sessionID",
        user_name: String = "userName",
    ) returns (bool) reads needs("Sessions.ValidateSession");
    served TerminateSession on SessionManager (
        session_id: Vec<String> = "sessionId" [required],
    ) returns () needs("Sessions.TerminateSession");
    known LoginByToken on SessionManager (
        Option<String> = "locale",
    ) returns (UserSession) without_session;
    known CloneSession on SessionManager (
        String = "cloneTicket",
    ) returns (UserSession) without_session;
    known AcquireCloneTicket on SessionManager () returns (String);
    known UpdateServiceMessage on SessionManager (
        String = "message",
    ) returns ();
    known SetLocale on SessionManager (
        String = "locale",
    ) returns ();
    known LoginExtensionByCertificate on SessionManager (
        String = "extensionKey",
        Option<String> = "locale",
    ) returns (UserSession) without_session;
    known AcquireGenericServiceTicket on SessionManager (
        Object = "spec" -> "SessionManagerServiceRequestSpec",
    ) returns (Object as "SessionManagerGenericServiceTicket");
    served HasUserPrivilegeOnEntities on AuthorizationManager (
        entities: Vec<MoRef> = "entities" -> "ManagedObject" [required],
        user_name: String = "userName",
        priv_id: Vec<String> = "privId",
    ) returns (Vec<EntityPrivilege>) reads;
    served HasPrivilegeOnEntities on AuthorizationManager (
        entity: Vec<MoRef> = "entity" -> "ManagedEntity" [required],
        session_id: String = "sessionId",
        priv_id: Vec<String> = "privId",
    ) returns (Vec<EntityPrivilege>) reads;
    served HasPrivilegeOnEntity on AuthorizationManager (
        entity: MoRef = "entity" -> "ManagedEntity",
        session_id: String = "sessionId",
        priv_id: Vec<String> = "privId",
    ) returns (Vec<bool>) reads;
    served FetchUserPrivilegeOnEntities on AuthorizationManager (
        entities: Vec<MoRef> = "entities" -> "ManagedEntity" [required],
        user_name: String = "userName",
    ) returns (Vec<UserPrivilegeResult>) reads;
    served RetrieveEntityPermissions on AuthorizationManager (
        entity: MoRef = "entity" -> "ManagedEntity",
        inherited: bool = "inherited",
    ) returns (Vec<Permission>) reads;
    served RetrieveRolePermissions on AuthorizationManager (
        role_id: i32 = "roleId",
    ) returns (Vec<Permission>) reads;
    served RetrieveAllPermissions on AuthorizationManager () returns (Vec<Permission>) reads;
    known SetEntityPermissions on AuthorizationManager (
        MoRef = "entity" -> "ManagedEntity",
        Vec<Permission> = "permission",
    ) returns ();
    known AddAuthorizationRole on AuthorizationManager (
        String = "name",
        Vec<String> = "privIds",
    ) returns (i32);
    known QueryOptions on OptionManager (
        Option<String> = "name",
    ) returns (Vec<OptionValue>) reads;
    known UpdateOptions on OptionManager (
        Vec<OptionValue> = "changedValue" [required],
    ) returns ();
    known AddCustomFieldDef on CustomFieldsManager (
        String = "name",
        Option<String> = "moType",
        Option<Object> = "fieldDefPolicy" -> "PrivilegePolicyDef",
        Option<Object> = "fieldPolicy" -> "PrivilegePolicyDef",
    ) returns (CustomFieldDef);
    known SetField on CustomFieldsManager (
        MoRef = "entity" -> "ManagedEntity",
        i32 = "key",
        String = "value",
    ) returns ();
    known RemoveCustomFieldDef on CustomFieldsManager (
        i32 = "key",
    ) returns ();
}
