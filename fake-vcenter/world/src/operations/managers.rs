//! Performance, diagnostics, alarms, extensions and other managers that every vCenter has, and that nothing is known to here.
//!
//! Modelled: that they are there, and that they have nothing: no counters, no logs, no alarms, no extensions, no scheduled tasks. What
//! changes or fetches something of them is refused as not served.

use vsphere_types::{Array, Fault, Method, PerfProviderSummary, Value};

use super::Call;
use crate::fault;
use crate::managed::exists;
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let about = call.arguments.optional_reference("entity").or_else(|| call.arguments.optional_reference("host"));
    if let Some(object) = about.filter(|object| !exists(&world.parts.look(), object)) {
        return Err(fault::not_found(&object));
    }
    Ok(Reply::Done(match method {
        Method::QueryPerfProviderSummary => {
            let entity = call.arguments.reference("entity")?;
            Some(Value::of(PerfProviderSummary { entity, ..PerfProviderSummary::default() }))
        }
        // Whoever asks for one counter names it by an id that nobody has told.
        Method::QueryPerfCounter => return Err(fault::invalid_argument("counterId")),
        Method::DoesCustomizationSpecExist => Some(Value::Bool(false)),
        Method::GetCustomizationSpec => return Err(fault::missing()),
        Method::FindExtension => None,
        _ => nothing(method),
    }))
}

/// An empty list, where the method answers one.
fn nothing(method: Method) -> Option<Value> {
    let item_type = method.info().result.map(|result| result.declared.item_type().to_owned())?;
    Some(Value::Array(Array { item_type, items: Vec::new() }))
}
