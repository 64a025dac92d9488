//! Questions about privileges, and who has which permission where.

use vsphere_types::{EntityPrivilege, Fault, Method, MoRef, PrivilegeAvailability, UserPrivilegeResult, Value};

use super::Call;
use super::sessions::principal;
use crate::fault;
use crate::managed::{array, exists, permissions};
use crate::privileges::ALL;
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let value = match method {
        Method::HasUserPrivilegeOnEntities => {
            let user = known(world, &call.arguments.text("userName")?);
            has_privileges(world, call, "entities", user.as_deref())?
        }
        Method::HasPrivilegeOnEntities => has_privileges(world, call, "entity", Some(&of_session(world, call)?))?,
        Method::HasPrivilegeOnEntity => on_one(world, call)?,
        Method::FetchUserPrivilegeOnEntities => all_privileges(world, call)?,
        Method::RetrieveAllPermissions => array(permissions(&world.parts.state)),
        Method::RetrieveRolePermissions => {
            let role = call.arguments.number("roleId").ok_or_else(|| fault::invalid_argument("roleId"))?;
            array(permissions(&world.parts.state).into_iter().filter(|permission| permission.role_id == role))
        }
        _ => on_entity(world, call)?,
    };
    Ok(Reply::Done(Some(value)))
}

/// The account of this name, if there is one; nobody else holds anything.
fn known(world: &World, name: &str) -> Option<String> {
    Some(principal(name)).filter(|user| world.parts.state.users.contains(user))
}

/// The account of the session that is named.
fn of_session(world: &World, call: &Call) -> Result<String, Fault> {
    let session = world.parts.state.sessions.get(&call.arguments.text("sessionId")?);
    session.map(|session| session.user.clone()).ok_or_else(|| fault::invalid_argument("sessionId"))
}

fn holds(world: &World, user: Option<&str>, privilege: &str, entity: &MoRef) -> bool {
    user.is_some_and(|user| world.parts.state.holds(user, privilege, entity))
}

/// The entities that are asked about; one that is not there makes the question wrong.
fn entities(world: &World, call: &Call, parameter: &str) -> Result<Vec<MoRef>, Fault> {
    let look = world.parts.look_as(call.session.as_deref());
    let entities = call.arguments.references(parameter);
    match entities.iter().find(|entity| !exists(&look, entity)) {
        Some(gone) => Err(fault::not_found(gone)),
        None => Ok(entities),
    }
}

/// One answer for each entity, in the order of the question: clients match them by place.
fn has_privileges(world: &World, call: &Call, parameter: &str, user: Option<&str>) -> Result<Value, Fault> {
    let privileges = call.arguments.texts("privId");
    let answer = |entity: MoRef| EntityPrivilege {
        priv_availability: privileges
            .iter()
            .map(|id| PrivilegeAvailability { priv_id: id.clone(), is_granted: holds(world, user, id, &entity) })
            .collect(),
        entity,
    };
    Ok(array(entities(world, call, parameter)?.into_iter().map(answer)))
}

fn on_one(world: &World, call: &Call) -> Result<Value, Fault> {
    let (user, entity) = (of_session(world, call)?, call.arguments.reference("entity")?);
    if !exists(&world.parts.look_as(call.session.as_deref()), &entity) {
        return Err(fault::not_found(&entity));
    }
    let granted = call.arguments.texts("privId").into_iter().map(|id| Value::Bool(holds(world, Some(&user), &id, &entity)));
    Ok(Value::Array(vsphere_types::Array { item_type: "boolean".to_owned(), items: granted.collect() }))
}

fn all_privileges(world: &World, call: &Call) -> Result<Value, Fault> {
    let user = known(world, &call.arguments.text("userName")?);
    let held = |entity: &MoRef| ALL.iter().filter(|id| holds(world, user.as_deref(), id, entity)).map(|id| (*id).to_owned()).collect();
    let answer = |entity: MoRef| UserPrivilegeResult { privileges: held(&entity), entity };
    Ok(array(entities(world, call, "entities")?.into_iter().map(answer)))
}

/// The permissions on an entity, and with `inherited` those on what it is in.
fn on_entity(world: &World, call: &Call) -> Result<Value, Fault> {
    let state = &world.parts.state;
    let entity = call.arguments.reference("entity")?;
    if !state.has_entity(&entity) {
        return Err(fault::not_found(&entity));
    }
    let inherited = call.arguments.flag("inherited");
    let here = |place: &MoRef| if inherited { state.is_within(&entity, place) } else { *place == entity };
    Ok(array(permissions(state).into_iter().filter(|permission| permission.entity.as_ref().is_some_and(here))))
}
