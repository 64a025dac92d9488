//! ManagedEntity: what all entities of the inventory have.
//!
//! Modelled: name, parent, green status, the looker's role. Not modelled: alarms, custom values, `permission`,
//! recent tasks of single entities, vSphere tags. A client could notice that nothing is ever yellow.

use vsphere_types::{Array, MoRef, Value};

use super::authorization_manager;
use super::value::{member, reference, text};
use crate::look::Look;

/// Reads a property that the entity's own file does not have.
pub fn property(look: &Look, object: &MoRef, name: &str) -> Option<Value> {
    let entity = look.state.name_of(object)?;
    match name {
        "name" => Some(text(entity)),
        "parent" => look.state.parent_of(object).map(reference),
        "overallStatus" | "configStatus" => Some(member("ManagedEntityStatus", "green")),
        "alarmActionsEnabled" => Some(Value::Bool(true)),
        "effectiveRole" => {
            let role = authorization_manager::role_of(look, object);
            Some(Value::Array(Array { item_type: "int".into(), items: vec![Value::Int(role)] }))
        }
        _ => None,
    }
}
