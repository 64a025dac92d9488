//! The table: one line per type and field, from which structs, their conversions and the run-time information are made.

mod field;
mod info;
mod macros;
mod methods;

pub(crate) use field::single;
pub use field::{Binary, DeclaredKind, Field, Item, Place, Shape};
pub use info::{Declared, FieldInfo, TypeInfo, TypeKind, all_types, has_subtypes, is_subtype, namespace_of, type_info};
pub(crate) use info::{count, joined};
pub(crate) use macros::{
    base_name, data_object, data_objects, data_struct, declared_name, enumerations, faults, field_info, managed_objects, wire_name,
    with_fields,
};
pub(crate) use methods::{method_info, methods, request, result_info, result_type};

use crate::Object;

/// A struct of the table.
pub trait DataObject: Sized {
    /// Wire name of the type.
    const TYPE: &'static str;
    /// What the table says of the type.
    const INFO: TypeInfo;

    /// As it goes over the wire.
    fn into_object(self) -> Object;

    /// Reads an object of this type or one that extends it; fields that the struct does not have are left behind.
    ///
    /// # Errors
    /// The object is of another type, or a field is missing or of another type.
    fn from_object(object: &Object) -> Result<Self, TypeError>;
}

/// Why an object is not what the table says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// A required field is absent.
    #[error("{type_name} lacks its required field {field}")]
    Missing {
        /// Wire name of the object's type.
        type_name: String,
        /// Wire name of the field.
        field: String,
    },
    /// A field holds a value of another type.
    #[error("field {field} of {type_name} holds {found} instead of {expected}")]
    Mismatch {
        /// Wire name of the object's type.
        type_name: String,
        /// Wire name of the field.
        field: String,
        /// The declared type.
        expected: String,
        /// The type that was found.
        found: String,
    },
    /// The object is of another type.
    #[error("found {found} where {expected} is expected")]
    WrongType {
        /// The type that was asked for.
        expected: String,
        /// The type that was found.
        found: String,
    },
    /// The enumeration has no such member.
    #[error("{type_name} has no member {member}")]
    Member {
        /// Wire name of the enumeration.
        type_name: String,
        /// What was found.
        member: String,
    },
}

pub(crate) fn expect_type(object: &Object, expected: &'static str) -> Result<(), TypeError> {
    if is_subtype(&object.type_name, expected) {
        return Ok(());
    }
    Err(TypeError::WrongType { expected: expected.to_owned(), found: object.type_name.to_string() })
}

/// Room for the fields of an object that are set, of so many: types with many fields have most of them unset.
pub(crate) const fn room(fields: usize) -> usize {
    if fields < 12 { fields } else { 12 }
}

/// The first of several; a table's enumeration has at least one member, or this does not compile.
pub(crate) const fn first<T: Copy, const N: usize>(members: [T; N]) -> T {
    members[0]
}
