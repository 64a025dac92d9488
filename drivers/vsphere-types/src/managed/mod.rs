//! Managed objects: their hierarchy, their properties, and the types that property paths lead to.

mod core;
mod crypto;
mod inventory;
mod machine;
mod policy;
mod property;
mod services;
mod storage;
mod task;
mod vslm;

use crate::table::{Declared, TypeInfo, TypeKind, has_subtypes, is_subtype, type_info};

pub(crate) static TABLES: &[&[TypeInfo]] = &[
    core::TYPES,
    crypto::TYPES,
    inventory::TYPES,
    machine::TYPES,
    policy::TYPES,
    property::TYPES,
    services::TYPES,
    storage::TYPES,
    task::TYPES,
    vslm::TYPES,
];

/// What a property path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PropertyType {
    /// The declared type, of the items when it is an array.
    pub declared: Declared,
    /// Whether it is an array.
    pub array: bool,
    /// Whether something on the way may be absent.
    pub optional: bool,
}

/// Why a property path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The path starts at something that is not a managed object type.
    #[error("{0} is not a managed object type")]
    Root(String),
    /// A step of the path does not exist.
    #[error("{type_name} has no property {step}")]
    Step {
        /// Where the step was to be taken.
        type_name: String,
        /// The step.
        step: String,
    },
}

/// Follows a path like `summary.runtime.host` or `config.hardware.device[2000].key` from a managed object type.
///
/// Where a slot's type is not in the table, or has subtypes, the rest of the path cannot be judged by types alone: then
/// a field of any subtype is accepted, and below an unknown type everything is.
///
/// # Errors
/// The path leads nowhere.
pub fn property_type(managed_type: &str, path: &str) -> Result<PropertyType, PathError> {
    let root =
        type_info(managed_type).filter(|info| info.kind == TypeKind::Managed).ok_or_else(|| PathError::Root(managed_type.to_owned()))?;
    let mut current = PropertyType { declared: Declared::Object(root.name), array: false, optional: false };
    for step in path.split('.') {
        current = follow(current, step)?;
    }
    Ok(current)
}

fn follow(from: PropertyType, step: &str) -> Result<PropertyType, PathError> {
    // `device[2000]` and `setting["key"]` pick one item of an array.
    let (name, picked) = match step.split_once('[') {
        Some((name, rest)) if rest.ends_with(']') => (name, true),
        _ => (step, false),
    };
    let missing = |type_name: &str| PathError::Step { type_name: type_name.to_owned(), step: step.to_owned() };
    let type_name = match from.declared {
        Declared::Object(type_name) if !from.array => type_name,
        Declared::Any => return Ok(PropertyType { declared: Declared::Any, array: false, optional: true }),
        other => return Err(missing(other.item_type())),
    };
    let Some(info) = type_info(type_name) else {
        return Ok(PropertyType { declared: Declared::Any, array: false, optional: true });
    };
    let Some(field) = info.field(name).or_else(|| field_of_subtype(info, name)) else {
        return Err(missing(type_name));
    };
    if picked && !field.array {
        return Err(missing(type_name));
    }
    Ok(PropertyType { declared: field.declared, array: field.array && !picked, optional: from.optional || field.optional || picked })
}

fn field_of_subtype(info: &TypeInfo, name: &str) -> Option<&'static crate::table::FieldInfo> {
    if info.kind == TypeKind::Managed || !has_subtypes(info.name) {
        return None;
    }
    crate::table::all_types().filter(|other| is_subtype(other.name, info.name)).find_map(|other| other.field(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_path_leads_to_its_declared_type() {
        let host = property_type("VirtualMachine", "summary.runtime.host").expect("the path exists");
        assert_eq!(host.declared, Declared::Reference("HostSystem"));
        assert!(host.optional);
        let devices = property_type("VirtualMachine", "config.hardware.device").expect("the path exists");
        assert_eq!((devices.declared, devices.array), (Declared::Object("VirtualDevice"), true));
        let key = property_type("VirtualMachine", "config.hardware.device[2000].vDiskId.id").expect("the path exists");
        assert_eq!(key.declared, Declared::Text);
    }

    #[test]
    fn a_path_that_does_not_exist_names_the_step() {
        let error = property_type("VirtualMachine", "summary.runtime.nothing").expect_err("no such property");
        assert_eq!(error.to_string(), "VirtualMachineRuntimeInfo has no property nothing");
        assert!(property_type("VirtualMachine", "name.length").is_err());
        assert!(property_type("VirtualMachine", "").is_err());
        assert!(property_type("AboutInfo", "name").is_err());
    }
}
