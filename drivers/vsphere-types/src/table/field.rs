//! How Rust types of fields become values and come back.

use jiff::Timestamp;

use super::TypeError;
use crate::{Array, MoRef, Name, Object, Value};

/// The kind of a declared type; together with a name it makes a [`super::Declared`].
#[derive(Clone, Copy, Debug)]
pub enum DeclaredKind {
    /// `xsd:boolean`
    Boolean,
    /// `xsd:byte`
    Byte,
    /// `xsd:short`
    Short,
    /// `xsd:int`
    Int,
    /// `xsd:long`
    Long,
    /// `xsd:float`
    Float,
    /// `xsd:double`
    Double,
    /// `xsd:string`
    Text,
    /// `xsd:dateTime`
    Time,
    /// `xsd:base64Binary`
    Binary,
    /// `xsd:anyType`
    Any,
    /// A managed object reference.
    Reference,
    /// An enumeration.
    Enum,
    /// A data object.
    Object,
}

/// How often a field's element may stand.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Once.
    Single,
    /// Once or not at all.
    Optional,
    /// Any number of times.
    Array,
}

/// A type that a single element can hold.
pub trait Item: Sized {
    /// What it is declared as.
    const KIND: DeclaredKind;
    /// Wire name; for references and untyped objects the widest one.
    const NAME: &'static str;

    /// The value on the wire.
    fn into_value(self) -> Value;

    /// Reads the value; `None` when it is of another type.
    ///
    /// # Errors
    /// What is wrong inside of it.
    fn from_value(value: &Value) -> Result<Option<Self>, TypeError>;

    /// What a required field holds in a default struct.
    fn blank(declared: &'static str) -> Self;
}

/// A type that a struct's field, a parameter or a result can have.
pub trait Field: Sized {
    /// The item that it holds.
    type Item: Item;
    /// How often it may stand.
    const SHAPE: Shape;

    /// The value on the wire; `None` when it is not set. An empty array is set.
    fn into_value(self, declared: &'static str) -> Option<Value>;

    /// Reads the value at a place of the table.
    ///
    /// # Errors
    /// The value is missing or of another type.
    fn read(value: Option<&Value>, place: Place<'_>) -> Result<Self, TypeError>;

    /// What it is in a default struct.
    fn blank(declared: &'static str) -> Self;

    /// Adds the field to an object.
    fn put(self, name: &'static str, declared: &'static str, fields: &mut Vec<(Name, Value)>) {
        if let Some(value) = self.into_value(declared) {
            fields.push((name.into(), value));
        }
    }

    /// Reads the field of an object.
    ///
    /// # Errors
    /// The field is missing or of another type.
    fn take(object: &Object, name: &'static str) -> Result<Self, TypeError> {
        Self::read(object.get(name), Place { type_name: &object.type_name, field: name })
    }
}

/// Where a value stands, for errors.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Wire name of the type or method.
    pub type_name: &'a str,
    /// Wire name of the field.
    pub field: &'static str,
}

impl Place<'_> {
    /// Reads an item that stands here.
    fn item<T: Item>(self, value: &Value) -> Result<T, TypeError> {
        T::from_value(value)?.ok_or_else(|| TypeError::Mismatch {
            type_name: self.type_name.to_owned(),
            field: self.field.to_owned(),
            expected: T::NAME.to_owned(),
            found: value.type_name(),
        })
    }

    /// Reads an item that must stand here.
    pub(crate) fn single<T: Item>(self, value: Option<&Value>) -> Result<T, TypeError> {
        let missing = || TypeError::Missing { type_name: self.type_name.to_owned(), field: self.field.to_owned() };
        self.item(value.ok_or_else(missing)?)
    }
}

impl<T: Item> Field for Option<T> {
    type Item = T;
    const SHAPE: Shape = Shape::Optional;

    fn into_value(self, _declared: &'static str) -> Option<Value> {
        self.map(Item::into_value)
    }

    fn read(value: Option<&Value>, place: Place<'_>) -> Result<Self, TypeError> {
        value.map(|value| place.item(value)).transpose()
    }

    fn blank(_declared: &'static str) -> Self {
        None
    }
}

impl<T: Item> Field for Vec<T> {
    type Item = T;
    const SHAPE: Shape = Shape::Array;

    fn into_value(self, declared: &'static str) -> Option<Value> {
        let items = self.into_iter().map(Item::into_value).collect();
        let item_type = if matches!(T::KIND, DeclaredKind::Reference) { T::NAME } else { declared };
        Some(Value::Array(Array { item_type: item_type.into(), items }))
    }

    fn put(self, name: &'static str, declared: &'static str, fields: &mut Vec<(Name, Value)>) {
        if let Some(value) = self.into_value(declared).filter(|value| !value.items().is_empty()) {
            fields.push((name.into(), value));
        }
    }

    fn read(value: Option<&Value>, place: Place<'_>) -> Result<Self, TypeError> {
        value.map_or(&[][..], Value::items).iter().map(|item| place.item(item)).collect()
    }

    fn blank(_declared: &'static str) -> Self {
        Vec::new()
    }
}

/// Makes a type that is one item also a field that stands once.
macro_rules! single {
    ($type:ty) => {
        impl $crate::table::Field for $type {
            type Item = $type;
            const SHAPE: $crate::table::Shape = $crate::table::Shape::Single;

            fn into_value(self, _declared: &'static str) -> Option<$crate::Value> {
                Some($crate::table::Item::into_value(self))
            }

            fn read(value: Option<&$crate::Value>, place: $crate::table::Place<'_>) -> Result<Self, $crate::table::TypeError> {
                place.single(value)
            }

            fn blank(declared: &'static str) -> Self {
                <$type as $crate::table::Item>::blank(declared)
            }
        }
    };
}
pub(crate) use single;

macro_rules! scalar {
    ($type:ty, $kind:ident, $name:literal, $variant:ident, $blank:expr) => {
        impl Item for $type {
            const KIND: DeclaredKind = DeclaredKind::$kind;
            const NAME: &'static str = $name;

            fn into_value(self) -> Value {
                Value::$variant(self)
            }

            fn from_value(value: &Value) -> Result<Option<Self>, TypeError> {
                Ok(if let Value::$variant(inner) = value { Some(inner.clone()) } else { None })
            }

            fn blank(declared: &'static str) -> Self {
                $blank(declared)
            }
        }
        single!($type);
    };
}

scalar!(bool, Boolean, "boolean", Bool, |_| false);
scalar!(i8, Byte, "byte", Byte, |_| 0);
scalar!(i16, Short, "short", Short, |_| 0);
scalar!(i32, Int, "int", Int, |_| 0);
scalar!(i64, Long, "long", Long, |_| 0);
scalar!(f32, Float, "float", Float, |_| 0.0);
scalar!(f64, Double, "double", Double, |_| 0.0);
scalar!(String, Text, "string", Text, |_| String::new());
scalar!(Timestamp, Time, "dateTime", Time, |_| Timestamp::UNIX_EPOCH);
scalar!(MoRef, Reference, "ManagedObjectReference", Ref, |declared| MoRef::new(declared, ""));
scalar!(Object, Object, "DynamicData", Object, Object::new);

impl Item for Value {
    const KIND: DeclaredKind = DeclaredKind::Any;
    const NAME: &'static str = "anyType";

    fn into_value(self) -> Value {
        self
    }

    fn from_value(value: &Value) -> Result<Option<Self>, TypeError> {
        Ok(Some(value.clone()))
    }

    fn blank(_declared: &'static str) -> Self {
        Self::Text(String::new())
    }
}
single!(Value);

/// Bytes, as a field of a struct.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binary(pub Vec<u8>);

impl Item for Binary {
    const KIND: DeclaredKind = DeclaredKind::Binary;
    const NAME: &'static str = "base64Binary";

    fn into_value(self) -> Value {
        Value::Binary(self.0)
    }

    fn from_value(value: &Value) -> Result<Option<Self>, TypeError> {
        Ok(if let Value::Binary(bytes) = value { Some(Self(bytes.clone())) } else { None })
    }

    fn blank(_declared: &'static str) -> Self {
        Self::default()
    }
}
single!(Binary);
