//! Property paths: `summary.runtime.host` of a managed object.
//!
//! Only the first step is projected from the state; the rest is walked in the value that came out.

use fake_vcenter_types::{Declared, FieldInfo, MoRef, TypeInfo, Value, type_info};

use crate::managed::{Look, top_level};

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
    let mut steps = path.split('.');
    let first = steps.next().unwrap_or_default();
    let Some(mut value) = top_level(look, object, first) else { return Ok(None) };
    for step in steps {
        let Value::Object(inner) = &value else { return Err(PathError { path: path.to_owned() }) };
        match inner.get(step) {
            Some(next) => value = next.clone(),
            // The declared type may lack what the object's own type has, and the other way round.
            None if type_info(&inner.type_name).is_none_or(|info| info.field(step).is_some()) => return Ok(None),
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
            return if fake_vcenter_types::has_subtypes(known.name) && known.name != type_name { Ok(()) } else { Err(wrong()) };
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
