//! Values as they go over the wire: the hub between typed structs, SOAP and property paths.
//!
//! Unknown types are kept, not dropped: an [`Object`] whose type is not in the table still holds its fields.

use jiff::Timestamp;

use crate::moref::MoRef;

/// One value of a vim25 type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `xsd:boolean`
    Bool(bool),
    /// `xsd:byte`
    Byte(i8),
    /// `xsd:short`
    Short(i16),
    /// `xsd:int`
    Int(i32),
    /// `xsd:long`
    Long(i64),
    /// `xsd:float`
    Float(f32),
    /// `xsd:double`
    Double(f64),
    /// `xsd:string`
    Text(String),
    /// `xsd:dateTime`
    Time(Timestamp),
    /// `xsd:base64Binary`
    Binary(Vec<u8>),
    /// A managed object reference.
    Ref(MoRef),
    /// A member of an enumeration.
    Enum(EnumValue),
    /// A data object.
    Object(Object),
    /// An array; as a property value it is an `ArrayOf<item type>`.
    Array(Array),
}

/// A member of an enumeration, by type and wire name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// The enumeration's wire name, `TaskInfoState`.
    pub type_name: String,
    /// The member's wire name, `running`.
    pub member: String,
}

/// An array and the wire name of its items' declared type.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// `ManagedObjectReference`, `VirtualDevice`, `xsd:string` as `string`, …
    pub item_type: String,
    /// The items, in order.
    pub items: Vec<Value>,
}

/// A data object: its most specific type and its fields in wire order.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Wire name of the type, `CnsBlockBackingDetails`.
    pub type_name: String,
    /// Fields that are set, in wire order. A repeated element is one field with an [`Array`].
    pub fields: Vec<(String, Value)>,
}

impl Object {
    /// An object without fields.
    pub fn new(type_name: impl Into<String>) -> Self {
        Self { type_name: type_name.into(), fields: Vec::new() }
    }

    /// The field of this name, if it is set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}
