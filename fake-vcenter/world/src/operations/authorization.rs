//! HasUserPrivilegeOnEntities, HasPrivilegeOnEntities: every user is an administrator, so everything is granted.

use fake_vcenter_types::{EntityPrivilege, Fault, Method, PrivilegeAvailability, Value};

use super::Call;
use crate::fault;
use crate::managed::exists;
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let parameter = if method == Method::HasUserPrivilegeOnEntities { "entities" } else { "entity" };
    has_privileges(world, call, parameter).map(|answers| Reply::Done(Some(answers)))
}

/// One answer for each entity, in the order of the question: clients match them by place.
fn has_privileges(world: &World, call: &Call, parameter: &str) -> Result<Value, Fault> {
    let look = world.parts.look_as(call.session.as_deref());
    let entities = call.arguments.references(parameter);
    if let Some(gone) = entities.iter().find(|entity| !exists(&look, entity)) {
        return Err(fault::not_found(gone));
    }
    let privileges = call.arguments.texts("privId");
    let answer = |entity| EntityPrivilege {
        entity,
        priv_availability: privileges.iter().map(|id| PrivilegeAvailability { priv_id: id.clone(), is_granted: true }).collect(),
    };
    Ok(crate::managed::array(entities.into_iter().map(answer)))
}
