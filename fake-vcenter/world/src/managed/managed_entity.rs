//! ManagedEntity: what all entities of the inventory have.
//!
//! Modelled: name, parent, green status, the administrator's role. Not modelled: alarms, custom values, permissions,
//! recent tasks of single entities, vSphere tags. A client could notice that nothing is ever yellow.

use fake_vcenter_types::{Array, MoRef, Value};

use super::Look;
use super::value::{member, reference, text};

/// Reads a property that the entity's own file does not have.
pub fn property(look: &Look, object: &MoRef, name: &str) -> Option<Value> {
    let entity = look.state.name_of(object)?;
    match name {
        "name" => Some(text(entity)),
        "parent" => look.state.parent_of(object).map(reference),
        "overallStatus" | "configStatus" => Some(member("ManagedEntityStatus", "green")),
        "alarmActionsEnabled" => Some(Value::Bool(true)),
        "effectiveRole" => Some(Value::Array(Array { item_type: "int".to_owned(), items: vec![Value::Int(-1)] })),
        _ => None,
    }
}
