//! The datacenters of a vCenter, and whether the account sees them.

use std::collections::BTreeMap;

use vsphere_client::{ClientError, VsphereClient, step};
use vsphere_types::request::HasUserPrivilegeOnEntities;
use vsphere_types::{EntityPrivilege, MoRef, ObjectSpec, PropertyFilterSpec, PropertySpec};

use super::VCenterError;

/// A datacenter and where it is: `/production/dc-1`.
pub(super) struct Datacenter {
    reference: MoRef,
    path: String,
}

/// All datacenters, in one call.
pub(super) async fn all(client: VsphereClient) -> Result<Vec<Datacenter>, ClientError> {
    let root = client.service_content().await?.root_folder;
    let down = step("folders", "Folder", "childEntity", &["folders"]);
    let properties = |kind: &str| PropertySpec { kind: kind.to_owned(), all: None, path_set: vec!["name".to_owned(), "parent".to_owned()] };
    let spec = PropertyFilterSpec {
        prop_set: vec![properties("Folder"), properties("Datacenter")],
        // The folder itself, too: a session that has ended sees nothing below it, and is told so only of what is asked for by itself.
        object_set: vec![ObjectSpec { obj: root.clone(), skip: None, select_set: vec![down] }],
        ..PropertyFilterSpec::default()
    };
    let mut entities: BTreeMap<MoRef, (String, Option<MoRef>)> = BTreeMap::new();
    let mut datacenters = Vec::new();
    for found in client.retrieve(spec).await? {
        let name = found.properties.require::<String>("name")?;
        entities.insert(found.object.clone(), (name, found.properties.get("parent")?));
        if found.object.kind == "Datacenter" {
            datacenters.push(found.object);
        }
    }
    let path = |datacenter: &MoRef| {
        let mut names = Vec::new();
        let mut at = Some(datacenter.clone());
        while let Some((name, parent)) = at.filter(|at| *at != root && names.len() < entities.len()).and_then(|at| entities.get(&at)) {
            names.push(name.as_str());
            at = parent.clone();
        }
        names.reverse();
        format!("/{}", names.join("/"))
    };
    Ok(datacenters.iter().map(|reference| Datacenter { reference: reference.clone(), path: path(reference) }).collect())
}

/// Those that are configured: by name, by path, or by reference (`Datacenter:datacenter-3`).
pub(super) fn configured(wanted: &[String], all: &[Datacenter]) -> Result<Vec<MoRef>, VCenterError> {
    let is = |datacenter: &&Datacenter, wanted: &str| {
        let path = format!("/{}", wanted.trim_matches('/'));
        datacenter.path == path || datacenter.path.ends_with(&path) || datacenter.reference.to_string() == wanted
    };
    let find = |wanted: &String| {
        let found = all.iter().find(|datacenter| is(datacenter, wanted));
        found.map(|found| found.reference.clone()).ok_or_else(|| VCenterError::Datacenter { name: wanted.clone() })
    };
    wanted.iter().map(find).collect()
}

/// The first of these entities, or else the root folder, on which the account lacks one of the privileges.
///
/// What this cannot see: a role that is denied further down, on a folder or on the machine itself. A machine that was seen
/// since the start is safe from that too, because its own reference then answers with NoPermission, not as gone.
pub(super) async fn unseen(
    client: VsphereClient,
    entities: Vec<MoRef>,
    privileges: [&'static str; 2],
) -> Result<Option<MoRef>, ClientError> {
    let content = client.service_content().await?;
    let lacks = |what: &str| ClientError::Lacks { operation: "HasUserPrivilegeOnEntities".to_owned(), what: what.to_owned() };
    let manager = content.authorization_manager.ok_or_else(|| lacks("authorizationManager"))?;
    let entities = if entities.is_empty() { vec![content.root_folder] } else { entities };
    let request = HasUserPrivilegeOnEntities {
        entities: entities.clone(),
        user_name: client.session_user().await?,
        priv_id: privileges.map(str::to_owned).to_vec(),
    };
    let rows = client.invoke(&manager, request).await?;
    Ok(first_lacking(&entities, &rows, &privileges))
}

/// The first entity for which not all privileges are granted; one without an answer has none.
fn first_lacking(entities: &[MoRef], rows: &[EntityPrivilege], privileges: &[&str]) -> Option<MoRef> {
    let granted =
        |row: &EntityPrivilege, privilege: &str| row.priv_availability.iter().any(|held| held.priv_id == privilege && held.is_granted);
    let sees = |entity: &MoRef| rows.iter().any(|row| row.entity == *entity && privileges.iter().all(|privilege| granted(row, privilege)));
    entities.iter().find(|entity| !sees(entity)).cloned()
}

#[cfg(test)]
mod tests {
    use vsphere_types::PrivilegeAvailability;

    use super::*;

    #[test]
    fn sight_takes_both_privileges_on_every_entity() {
        let entities = ["datacenter-2", "datacenter-9"].map(|id| MoRef::new("Datacenter", id));
        let row = |entity: &MoRef, read: bool| EntityPrivilege {
            entity: entity.clone(),
            priv_availability: [("System.View", true), ("System.Read", read)]
                .map(|(id, is_granted)| PrivilegeAvailability { priv_id: id.to_owned(), is_granted })
                .to_vec(),
        };
        let lacking = |rows: &[EntityPrivilege]| first_lacking(&entities, rows, &["System.View", "System.Read"]).map(|entity| entity.id);
        assert_eq!(lacking(&[row(&entities[0], true), row(&entities[1], true)]), None);
        assert_eq!(lacking(&[row(&entities[0], true), row(&entities[1], false)]).as_deref(), Some("datacenter-9"));
        assert_eq!(lacking(&[]).as_deref(), Some("datacenter-2"));
    }

    #[test]
    fn datacenters_are_found_by_name_path_and_reference() {
        let all = [("datacenter-2", "/dc-1"), ("datacenter-9", "/prod/dc-2")]
            .map(|(id, path)| Datacenter { reference: MoRef::new("Datacenter", id), path: path.to_owned() });
        for name in ["dc-2", "/prod/dc-2", "prod/dc-2", "Datacenter:datacenter-9"] {
            assert_eq!(configured(&[name.to_owned()], &all), Ok(vec![MoRef::new("Datacenter", "datacenter-9")]), "{name}");
        }
        let error = configured(&["c-2".to_owned()], &all).expect_err("there is none");
        insta::assert_snapshot!(error);
    }
}
