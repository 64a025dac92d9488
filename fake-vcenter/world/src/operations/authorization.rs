//! Questions about privileges, and who has which permission where.

use vsphere_types::request::{
    FetchUserPrivilegeOnEntities, HasPrivilegeOnEntities, HasPrivilegeOnEntity, HasUserPrivilegeOnEntities, RetrieveAllPermissions,
    RetrieveEntityPermissions, RetrieveRolePermissions,
};
use vsphere_types::{EntityPrivilege, Fault, MoRef, PrivilegeAvailability, UserPrivilegeResult};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::identity::principal;
use crate::managed::{exists, permissions};
use crate::state::PRIVILEGES;
use crate::world::World;

impl Operation for HasUserPrivilegeOnEntities {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let user = known(world, &self.user_name);
        all_there(world, call, &self.entities)?;
        Ok(Reply::Done(answers(world, user.as_deref(), &self.priv_id, self.entities)))
    }
}

impl Operation for HasPrivilegeOnEntities {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let user = of_session(world, &self.session_id)?;
        all_there(world, call, &self.entity)?;
        Ok(Reply::Done(answers(world, Some(&user), &self.priv_id, self.entity)))
    }
}

impl Operation for HasPrivilegeOnEntity {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let user = of_session(world, &self.session_id)?;
        all_there(world, call, std::slice::from_ref(&self.entity))?;
        Ok(Reply::Done(self.priv_id.iter().map(|id| holds(world, Some(&user), id, &self.entity)).collect()))
    }
}

impl Operation for FetchUserPrivilegeOnEntities {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let user = known(world, &self.user_name);
        all_there(world, call, &self.entities)?;
        let held =
            |entity: &MoRef| PRIVILEGES.iter().filter(|id| holds(world, user.as_deref(), id, entity)).map(|id| (*id).to_owned()).collect();
        let answer = |entity: MoRef| UserPrivilegeResult { privileges: held(&entity), entity };
        Ok(Reply::Done(self.entities.into_iter().map(answer).collect()))
    }
}

impl Operation for RetrieveAllPermissions {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(permissions(&world.parts.state)))
    }
}

impl Operation for RetrieveRolePermissions {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let mut found = permissions(&world.parts.state);
        found.retain(|permission| permission.role_id == self.role_id);
        Ok(Reply::Done(found))
    }
}

/// The permissions on an entity, and with `inherited` those on what it is in.
impl Operation for RetrieveEntityPermissions {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let (state, entity) = (&world.parts.state, self.entity);
        if !state.has_entity(&entity) {
            return Err(fault::not_found(&entity));
        }
        let here = |place: &MoRef| if self.inherited { state.is_within(&entity, place) } else { *place == entity };
        let mut found = permissions(state);
        found.retain(|permission| permission.entity.as_ref().is_some_and(here));
        Ok(Reply::Done(found))
    }
}

/// The account of this name, if there is one; nobody else holds anything.
fn known(world: &World, name: &str) -> Option<String> {
    Some(principal(name)).filter(|user| world.parts.state.users.contains(user))
}

/// The account of the session that is named.
fn of_session(world: &World, key: &str) -> Result<String, Fault> {
    let session = world.parts.state.sessions.get(key);
    session.map(|session| session.user.clone()).ok_or_else(|| fault::invalid_argument("sessionId"))
}

fn holds(world: &World, user: Option<&str>, privilege: &str, entity: &MoRef) -> bool {
    user.is_some_and(|user| world.parts.state.holds(user, privilege, entity))
}

/// An entity that is not there makes the whole question wrong.
fn all_there(world: &World, call: &Call, entities: &[MoRef]) -> Result<(), Fault> {
    let look = world.parts.look_as(call.viewer());
    entities.iter().find(|entity| !exists(&look, entity)).map_or(Ok(()), |gone| Err(fault::not_found(gone)))
}

/// One answer for each entity, in the order of the question: clients match them by place.
fn answers(world: &World, user: Option<&str>, privileges: &[String], entities: Vec<MoRef>) -> Vec<EntityPrivilege> {
    let answer = |entity: MoRef| EntityPrivilege {
        priv_availability: privileges
            .iter()
            .map(|id| PrivilegeAvailability { priv_id: id.clone(), is_granted: holds(world, user, id, &entity) })
            .collect(),
        entity,
    };
    entities.into_iter().map(answer).collect()
}
