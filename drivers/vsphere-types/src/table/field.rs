//! How Rust types of fields become values and come back.

use jiff::Timestamp;

use super::TypeError;
use crate::{Array, MoRef, Object, Value};

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

/// A type that a struct's field can have.
pub trait Field: Sized {
    /// The item that it holds.
    type Item: Item;
    /// How often it may stand.
    const SHAPE: Shape;

    /// Adds the field to an object.
    fn put(self, name: &'static str, declared: &'static str, fields: &mut Vec<(String, Value)>);

    /// Reads the field of an object.
    ///
    /// # Errors
    /// The field is missing or of another type.
    fn take(object: &Object, name: &'static str) -> Result<Self, TypeError>;

    /// What it is in a default struct.
    fn blank(declared: &'static str) -> Self;
}

fn read<T: Item>(object: &Object, name: &str, value: &Value) -> Result<T, TypeError> {
    match T::from_value(value) {
        Ok(Some(item)) => Ok(item),
        Ok(None) => Err(TypeError::Mismatch {
            type_name: object.type_name.clone(),
            field: name.to_owned(),
            expected: T::NAME.to_owned(),
            found: value.type_name(),
        }),
        Err(error) => Err(error),
    }
}

/// Reads a required field.
pub(crate) fn take_single<T: Item>(object: &Object, name: &'static str) -> Result<T, TypeError> {
    match object.get(name) {
        Some(value) => read(object, name, value),
        None => Err(TypeError::Missing { type_name: object.type_name.clone(), field: name.to_owned() }),
    }
}

impl<T: Item> Field for Option<T> {
    type Item = T;
    const SHAPE: Shape = Shape::Optional;

    fn put(self, name: &'static str, _declared: &'static str, fields: &mut Vec<(String, Value)>) {
        if let Some(item) = self {
            fields.push((name.to_owned(), item.into_value()));
        }
    }

    fn take(object: &Object, name: &'static str) -> Result<Self, TypeError> {
        object.get(name).map(|value| read(object, name, value)).transpose()
    }

    fn blank(_declared: &'static str) -> Self {
        None
    }
}

impl<T: Item> Field for Vec<T> {
    type Item = T;
    const SHAPE: Shape = Shape::Array;

    fn put(self, name: &'static str, declared: &'static str, fields: &mut Vec<(String, Value)>) {
        if !self.is_empty() {
            let items = self.into_iter().map(Item::into_value).collect();
            let item_type = if matches!(T::KIND, DeclaredKind::Reference) { T::NAME } else { declared };
            fields.push((name.to_owned(), Value::Array(Array { item_type: item_type.to_owned(), items })));
        }
    }

    fn take(object: &Object, name: &'static str) -> Result<Self, TypeError> {
        match object.get(name) {
            Some(Value::Array(array)) => array.items.iter().map(|item| read(object, name, item)).collect(),
            Some(single) => Ok(vec![read(object, name, single)?]),
            None => Ok(Vec::new()),
        }
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

            fn put(self, name: &'static str, _declared: &'static str, fields: &mut Vec<(String, $crate::Value)>) {
                fields.push((name.to_owned(), $crate::table::Item::into_value(self)));
            }

            fn take(object: &$crate::Object, name: &'static str) -> Result<Self, $crate::table::TypeError> {
                $crate::table::take_single(object, name)
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
