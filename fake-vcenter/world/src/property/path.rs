//! Property paths: `summary.runtime.host` of a managed object.
//!
//! Only the first step is projected from the state; the rest is walked in the value that came out.

use vsphere_types::{Declared, FieldInfo, MoRef, Object, TypeInfo, Value, type_info};

use crate::look::Look;
use crate::managed::{part, top_level};

/// A type of the object has no such property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// The path as it was asked for.
    pub path: String,
}

/// Reads one path; nothing when the property, or one on the way to it, is not set.
///
/// # Errors
/// There is no such property.
pub fn read(look: &Look, object: &MoRef, path: &str) -> Result<Option<Value>, PathError> {
    check(&object.kind, path)?;
    read_checked(look, object, path)
}

/// Reads a path that the object's type is known to have.
///
/// # Errors
/// What the path leads through has no such property after all.
pub fn read_checked(look: &Look, object: &MoRef, path: &str) -> Result<Option<Value>, PathError> {
    let found = part(look, object, path).or_else(|| Some((top_level(look, object, path.split('.').next()?)?, 1)));
    let Some((mut value, taken)) = found else { return Ok(None) };
    for step in path.split('.').skip(taken) {
        let Value::Object(inner) = value else { return Err(PathError { path: path.to_owned() }) };
        let Object { type_name, fields } = inner;
        match fields.into_iter().find(|(name, _)| name == step) {
            Some((_, next)) => value = next,
            // The declared type may lack what the object's own type has, and the other way round.
            None if type_info(&type_name).is_none_or(|info| info.field(step).is_some()) => return Ok(None),
            None => return Err(PathError { path: path.to_owned() }),
        }
    }
    Ok(Some(value))
}

/// Whether the type has such a path, as far as declared types tell.
pub fn check(type_name: &str, path: &str) -> Result<(), PathError> {
    let wrong = || PathError { path: path.to_owned() };
    let mut info: Option<&'static TypeInfo> = Some(type_info(type_name).ok_or_else(wrong)?);
    for step in path.split('.') {
        // Behind a slot that may hold several types, or a type that is not in the table, the value itself decides.
        let Some(known) = info else { return Ok(()) };
        let Some(field) = known.field(step) else {
            return if vsphere_types::has_subtypes(known.name) && known.name != type_name { Ok(()) } else { Err(wrong()) };
        };
        info = inner_type(field);
        if info.is_none() && is_leaf(field) && !path.ends_with(step) {
            return Err(wrong());
        }
    }
    Ok(())
}

fn inner_type(field: &FieldInfo) -> Option<&'static TypeInfo> {
    match field.declared {
        Declared::Object(name) if !field.array => type_info(name),
        _ => None,
    }
}

fn is_leaf(field: &FieldInfo) -> bool {
    field.array || !matches!(field.declared, Declared::Object(_) | Declared::Any)
}

#[cfg(test)]
mod tests {
    use seatrial_seed::Seed;

    use super::*;
    use crate::world::World;
    use crate::{GuestState, WorldConfig};

    /// All paths into a value.
    fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        if let Value::Object(object) = value {
            object.fields.iter().for_each(|(name, inner)| paths(inner, &format!("{path}.{name}"), found));
        }
    }

    fn walked(look: &Look, object: &MoRef, path: &str) -> Option<Value> {
        let mut steps = path.split('.');
        let mut value = top_level(look, object, steps.next()?)?;
        for step in steps {
            value = value.as_object()?.get(step)?.clone();
        }
        Some(value)
    }

    #[test]
    fn a_part_that_is_read_alone_is_what_a_walk_into_the_whole_comes_to() {
        let mut world = World::new(WorldConfig::small("vc-a", 2, 3), Seed::new(1));
        let vms: Vec<MoRef> = world.vms().into_iter().map(|vm| vm.vm).collect();
        let now = seatrial_journal::epoch();
        world
            .set_guest(now, &vms[1], GuestState { tools_running: false, host_name: None, addresses: Vec::new(), adapters: Vec::new() })
            .unwrap();
        world.clear_bios_uuid(now, &vms[1], true).unwrap();
        world.set_power(now, &vms[2], crate::PowerState::PoweredOff).unwrap();
        for vm in &vms {
            let look = world.parts.look();
            for name in ["config", "summary", "runtime", "guest"] {
                let mut all = Vec::new();
                paths(&top_level(&look, vm, name).unwrap(), name, &mut all);
                for path in all {
                    assert_eq!(read(&look, vm, &path).unwrap(), walked(&look, vm, &path), "{path} of {}", vm.id);
                }
            }
        }
    }
}
