//! Roles and privileges.

use crate::table::data_objects;
use crate::{Description, ElementDescription, MoRef};

data_objects! {
    /// A set of privileges that has a name.
    AuthorizationRole: DynamicData {
        role_id: i32 = "roleId",
        system: bool = "system",
        name: String = "name",
        info: Description = "info",
        privilege: Vec<String> = "privilege",
    }

    /// A privilege.
    AuthorizationPrivilege: DynamicData {
        priv_id: String = "privId",
        on_parent: bool = "onParent",
        name: String = "name",
        priv_group_name: String = "privGroupName",
    }

    /// The words for privileges and their groups.
    AuthorizationDescription: DynamicData {
        privilege: Vec<ElementDescription> = "privilege" [required],
        privilege_group: Vec<ElementDescription> = "privilegeGroup" [required],
    }

    /// All that a user may do on an entity.
    UserPrivilegeResult: DynamicData {
        entity: MoRef = "entity" -> "ManagedEntity",
        privileges: Vec<String> = "privileges",
    }
}
