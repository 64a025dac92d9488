//! Short ways to write property values.

use vsphere_types::{Array, DataObject, EnumValue, MoRef, Value};

/// A text.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A data object.
pub fn data(object: impl DataObject) -> Value {
    Value::Object(object.into_object())
}

/// A reference.
pub fn reference(object: &MoRef) -> Value {
    Value::Ref(object.clone())
}

/// An array of references.
pub fn references(objects: impl IntoIterator<Item = MoRef>) -> Value {
    Value::Array(Array { item_type: "ManagedObjectReference".into(), items: objects.into_iter().map(Value::Ref).collect() })
}

/// An array of texts.
pub fn texts(texts: &[&str]) -> Value {
    Value::Array(Array { item_type: "string".into(), items: texts.iter().map(|item| text(item)).collect() })
}

/// An array of data objects of one type.
pub fn array<T: DataObject>(objects: impl IntoIterator<Item = T>) -> Value {
    Value::Array(Array { item_type: T::TYPE.into(), items: objects.into_iter().map(data).collect() })
}

/// A member of an enumeration.
pub fn member(type_name: &'static str, member: &'static str) -> Value {
    Value::Enum(EnumValue { type_name: type_name.into(), member: member.into() })
}

/// Bytes as the signed number that goes over the wire.
pub fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// A count as the 32 bits that go over the wire.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
