//! Sessions and the answers to questions about privileges.

use jiff::Timestamp;

use crate::MoRef;
use crate::table::data_objects;

data_objects! {
    /// A session, as its owner and the session list see it.
    UserSession: DynamicData {
        key: String = "key",
        user_name: String = "userName",
        full_name: String = "fullName",
        login_time: Timestamp = "loginTime",
        last_active_time: Timestamp = "lastActiveTime",
        locale: String = "locale",
        message_locale: String = "messageLocale",
        extension_session: bool = "extensionSession",
        ip_address: String = "ipAddress",
        user_agent: String = "userAgent",
        call_count: i64 = "callCount",
    }

    /// What one entity grants.
    EntityPrivilege: DynamicData {
        entity: MoRef = "entity" -> "ManagedEntity",
        priv_availability: Vec<PrivilegeAvailability> = "privAvailability" [required],
    }

    /// Whether a privilege is granted.
    PrivilegeAvailability: DynamicData {
        priv_id: String = "privId",
        is_granted: bool = "isGranted",
    }

    /// A role given to a user or group on an entity.
    Permission: DynamicData {
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        principal: String = "principal",
        group: bool = "group",
        role_id: i32 = "roleId",
        propagate: bool = "propagate",
    }
}
