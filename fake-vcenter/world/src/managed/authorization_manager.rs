//! AuthorizationManager: privileges, roles, and who has which where.
//!
//! Modelled: the roles that every vCenter has, and for each account that lacks something a role of what is left, given to
//! it on the root folder; one more for each entity where it lacks more. Not modelled: groups, roles and permissions that
//! clients make, words for privileges in other languages, and those privileges that nothing here asks for.

use vsphere_types::{
    AuthorizationDescription, AuthorizationPrivilege, AuthorizationRole, Description, ElementDescription, MoRef, Permission, Value,
};

use super::value::{array, data};
use crate::look::Look;
use crate::state::PRIVILEGES as ALL;
use crate::state::{Lack, State, User, VIEW};

/// The administrator's role.
const ADMIN: i32 = -1;

/// The first number of roles that vSphere did not make.
const FIRST_ROLE: i32 = 1_000;

/// Reads one of its properties; without a session there is nothing to read.
pub fn property(look: &Look, name: &str) -> Option<Value> {
    if !look.authenticated() {
        return None;
    }
    match name {
        "privilegeList" => Some(array(ALL.iter().map(|id| privilege(id)))),
        "roleList" => Some(array(roles(look.state))),
        "description" => Some(data(description())),
        _ => None,
    }
}

/// `Cns.Searchable` is the privilege `Searchable` of the group `Cns`.
fn split(id: &str) -> (&str, &str) {
    id.rsplit_once('.').unwrap_or(("", id))
}

fn privilege(id: &str) -> AuthorizationPrivilege {
    let (group, name) = split(id);
    let (priv_id, name, priv_group_name) = (id.to_owned(), name.to_owned(), group.to_owned());
    AuthorizationPrivilege { priv_id, on_parent: false, name, priv_group_name }
}

fn description() -> AuthorizationDescription {
    let element = |key: &str| ElementDescription { label: split(key).1.to_owned(), summary: key.to_owned(), key: key.to_owned() };
    let mut groups: Vec<&str> = ALL.iter().map(|id| split(id).0).collect();
    groups.dedup();
    AuthorizationDescription {
        privilege: ALL.iter().map(|id| element(id)).collect(),
        privilege_group: groups.into_iter().map(element).collect(),
    }
}

/// An account's role somewhere: on an entity of a name, or on the root folder.
struct Grant<'a> {
    role: i32,
    principal: &'a str,
    user: &'a User,
    at: Option<&'a str>,
}

/// The roles of accounts that lack something, in the order of the accounts.
fn grants(state: &State) -> Vec<Grant<'_>> {
    let mut grants: Vec<Grant> = Vec::new();
    for (principal, user) in state.users.iter().filter(|(_, user)| !user.lacks.is_empty()) {
        let mut places: Vec<Option<&str>> = user.lacks.iter().map(|lack| lack.at.as_deref()).collect();
        places.push(None);
        places.sort_unstable();
        places.dedup();
        for at in places {
            let role = FIRST_ROLE + i32::try_from(grants.len()).unwrap_or(0);
            grants.push(Grant { role, principal, user, at });
        }
    }
    grants
}

impl Grant<'_> {
    /// What is left of all privileges there.
    fn privileges(&self) -> Vec<String> {
        let lacking = |id: &str| {
            let here = |lack: &&Lack| lack.at.is_none() || lack.at.as_deref() == self.at;
            self.user.lacks.iter().filter(here).any(|lack| lack.privilege == id || lack.privilege == VIEW)
        };
        ALL.iter().filter(|id| !lacking(id)).map(|id| (*id).to_owned()).collect()
    }

    fn name(&self) -> String {
        let login = &self.user.login;
        self.at.map_or_else(|| format!("role of {login}"), |at| format!("role of {login} at {at}"))
    }
}

fn roles(state: &State) -> Vec<AuthorizationRole> {
    let role = |role_id: i32, name: &str, label: &str, summary: &str, privilege: Vec<String>| AuthorizationRole {
        role_id,
        system: role_id < 0,
        name: name.to_owned(),
        info: Description { label: label.to_owned(), summary: summary.to_owned() },
        privilege,
    };
    let all = |without: &str| -> Vec<String> {
        ALL.iter().filter(|id| without.is_empty() || !id.starts_with(without)).map(|id| (*id).to_owned()).collect()
    };
    let only = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let mut roles = vec![
        role(
            -6,
            "NoCryptoAdmin",
            "No cryptography administrator",
            "Full access without Cryptographic operations privileges",
            all("Cryptographer."),
        ),
        role(-5, "NoAccess", "No access", "Used for restricting granted access", Vec::new()),
        role(-4, "Anonymous", "Anonymous", "Not logged-in user (cannot be granted)", only(&["System.Anonymous"])),
        role(-3, "View", "View", "Visibility access (cannot be granted)", only(&["System.Anonymous", "System.View"])),
        role(
            -2,
            "ReadOnly",
            "Read-only",
            "See details of objects, but not make changes",
            only(&["System.Anonymous", "System.Read", "System.View"]),
        ),
        role(ADMIN, "Admin", "Administrator", "Full access rights", all("")),
    ];
    roles.extend(grants(state).iter().map(|grant| {
        let name = grant.name();
        role(grant.role, &name, &name, "What this account holds", grant.privileges())
    }));
    roles
}

/// The role of the looker on an entity.
pub fn role_of(look: &Look, entity: &MoRef) -> i32 {
    let Some(session) = look.viewer.and_then(|key| look.state.sessions.get(key)) else { return ADMIN };
    let mine: Vec<Grant> = grants(look.state).into_iter().filter(|grant| grant.principal == session.user).collect();
    let mut place = Some(entity);
    while let Some(current) = place {
        let name = look.state.name_of(current);
        if let Some(grant) = mine.iter().find(|grant| grant.at.is_some() && grant.at == name) {
            return grant.role;
        }
        place = look.state.parent_of(current);
    }
    mine.iter().find(|grant| grant.at.is_none()).map_or(ADMIN, |grant| grant.role)
}

/// All permissions: each account's on the root folder, and those on entities of the names where it lacks more.
pub fn permissions(state: &State) -> Vec<Permission> {
    let permission = |entity: &MoRef, principal: &str, role_id: i32| Permission {
        entity: Some(entity.clone()),
        principal: principal.to_owned(),
        group: false,
        role_id,
        propagate: true,
    };
    let root = MoRef::new("Folder", "group-d1");
    let whole = state.users.iter().filter(|(_, user)| user.lacks.is_empty());
    let mut permissions: Vec<Permission> = whole.map(|(principal, _)| permission(&root, principal, ADMIN)).collect();
    for grant in grants(state) {
        match grant.at {
            None => permissions.push(permission(&root, grant.principal, grant.role)),
            Some(name) => {
                let named = state.entities().into_iter().filter(|entity| state.name_of(entity) == Some(name));
                permissions.extend(named.map(|entity| permission(&entity, grant.principal, grant.role)));
            }
        }
    }
    permissions
}
