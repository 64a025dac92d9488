//! Values as they go over the wire: the hub between typed structs, SOAP and property paths.
//!
//! Unknown types are kept, not dropped: an [`Object`] whose type is not in the table still holds its fields.

use jiff::Timestamp;

use crate::moref::MoRef;
use crate::name::Name;
use crate::table::{DataObject, Item, TypeError, is_subtype};

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
    pub type_name: Name,
    /// The member's wire name, `running`.
    pub member: Name,
}

/// An array and the wire name of its items' declared type.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// `ManagedObjectReference`, `VirtualDevice`, `xsd:string` as `string`, …
    pub item_type: Name,
    /// The items, in order.
    pub items: Vec<Value>,
}

/// A data object: its most specific type and its fields in wire order.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Wire name of the type, `CnsBlockBackingDetails`.
    pub type_name: Name,
    /// Fields that are set, in wire order. A repeated element is one field with an [`Array`].
    pub fields: Vec<(Name, Value)>,
}

impl Object {
    /// An object without fields.
    pub fn new(type_name: impl Into<Name>) -> Self {
        Self { type_name: type_name.into(), fields: Vec::new() }
    }

    /// The field of this name, if it is set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

impl Value {
    /// The wire name of the value's own type.
    pub fn type_name(&self) -> String {
        match self {
            Self::Bool(_) => "boolean".to_owned(),
            Self::Byte(_) => "byte".to_owned(),
            Self::Short(_) => "short".to_owned(),
            Self::Int(_) => "int".to_owned(),
            Self::Long(_) => "long".to_owned(),
            Self::Float(_) => "float".to_owned(),
            Self::Double(_) => "double".to_owned(),
            Self::Text(_) => "string".to_owned(),
            Self::Time(_) => "dateTime".to_owned(),
            Self::Binary(_) => "base64Binary".to_owned(),
            Self::Ref(_) => "ManagedObjectReference".to_owned(),
            Self::Enum(member) => member.type_name.to_string(),
            Self::Object(object) => object.type_name.to_string(),
            Self::Array(array) => array.type_name(),
        }
    }
}

impl Array {
    /// The array's own wire type: `ArrayOfString`, `ArrayOfVirtualDevice`.
    pub fn type_name(&self) -> String {
        let mut letters = self.item_type.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        "ArrayOf".chars().chain(first).chain(letters).collect()
    }
}

impl Object {
    /// The struct of this object, when it is of that type or one that extends it.
    ///
    /// # Errors
    /// The object is of another type, or a field is missing or of another type.
    pub fn downcast<T: DataObject>(&self) -> Result<T, TypeError> {
        T::from_object(self)
    }

    /// Whether the object is of this type or one that extends it.
    pub fn is_a(&self, type_name: &str) -> bool {
        is_subtype(&self.type_name, type_name)
    }
}

impl<T: DataObject> From<T> for Object {
    fn from(data: T) -> Self {
        data.into_object()
    }
}

impl Value {
    /// The value of anything that a field can hold.
    pub fn of(item: impl Item) -> Self {
        item.into_value()
    }

    /// The array of these items; of references it is an array of references, whatever they point to.
    pub fn array<T: Item>(items: Vec<T>) -> Self {
        Self::Array(Array { item_type: T::NAME.into(), items: items.into_iter().map(Item::into_value).collect() })
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The reference, when it is one.
    pub fn as_ref_value(&self) -> Option<&MoRef> {
        if let Self::Ref(reference) = self { Some(reference) } else { None }
    }

    /// The object, when it is one.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The items, when it is an array; a single value counts as an array of one, as it does on the wire.
    pub fn items(&self) -> &[Self] {
        if let Self::Array(array) = self { &array.items } else { std::slice::from_ref(self) }
    }

    /// Reads it as a type that a field can hold; `None` when it is of another type.
    ///
    /// # Errors
    /// What is wrong inside of it.
    pub fn read<T: Item>(&self) -> Result<Option<T>, TypeError> {
        T::from_value(self)
    }
}

impl Object {
    /// Adds a field; fields are added in wire order.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

impl<T: DataObject> From<T> for Value {
    fn from(data: T) -> Self {
        Self::Object(data.into_object())
    }
}

macro_rules! value_from {
    ($($type:ty => $variant:ident),* $(,)?) => { $(
        impl From<$type> for Value {
            fn from(inner: $type) -> Self {
                Self::$variant(inner)
            }
        }
    )* };
}
value_from!(
    bool => Bool,
    i32 => Int,
    i64 => Long,
    String => Text,
    Timestamp => Time,
    MoRef => Ref,
    EnumValue => Enum,
    Object => Object,
    Array => Array,
);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&MoRef> for Value {
    fn from(reference: &MoRef) -> Self {
        Self::Ref(reference.clone())
    }
}
