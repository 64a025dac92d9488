//! Decoding by way of a type of the typed API.
//!
//! Most of what is sent comes out of it as it went in. That is found out without building it anew: [`Likeness`] is a
//! serializer that writes nothing, but holds what it is given against what was sent. Whatever it does not know (enums,
//! tuples, floats, bytes) counts as different, and is then built.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::ser::{self, Impossible, Serialize, Serializer};
use serde_json::{Map, Value};

/// What was sent, borrowed where decoding changes nothing of it; or the decoder's words.
pub type Decoded<'o> = Result<Cow<'o, Value>, String>;

/// Decodes what was sent as a `T`.
pub fn typed<T: Serialize + DeserializeOwned>(object: &Value) -> Decoded<'_> {
    let decoded = T::deserialize(object).map_err(|error| error.to_string())?;
    if decoded.serialize(Likeness(object)).is_ok() {
        return Ok(Cow::Borrowed(object));
    }
    serde_json::to_value(decoded).map(Cow::Owned).map_err(|error| error.to_string())
}

/// Holds what is serialized against a value.
#[derive(Clone, Copy)]
struct Likeness<'v>(&'v Value);

/// It is another value, or one that [`Likeness`] does not know.
#[derive(Debug, thiserror::Error)]
#[error("different")]
struct Different;

type Alike = Result<(), Different>;

impl ser::Error for Different {
    fn custom<T: std::fmt::Display>(_message: T) -> Self {
        Self
    }
}

fn when(alike: bool) -> Alike {
    if alike { Ok(()) } else { Err(Different) }
}

impl<'v> Likeness<'v> {
    fn members(self) -> Result<Members<'v>, Different> {
        self.0.as_object().map(|members| Members { members, seen: 0, key: String::new() }).ok_or(Different)
    }
}

/// Serializer methods of types that are not known here.
macro_rules! unknown {
    ($($method:ident($($argument:ty),*) -> $answer:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$answer, Different> {
            Err(Different)
        })*
    };
}

impl<'v> Serializer for Likeness<'v> {
    type Ok = ();
    type Error = Different;
    type SerializeSeq = Elements<'v>;
    type SerializeMap = Members<'v>;
    type SerializeStruct = Members<'v>;
    type SerializeTuple = Impossible<(), Different>;
    type SerializeTupleStruct = Impossible<(), Different>;
    type SerializeTupleVariant = Impossible<(), Different>;
    type SerializeStructVariant = Impossible<(), Different>;

    unknown! {
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_bool(self, value: bool) -> Alike {
        when(self.0.as_bool() == Some(value))
    }

    fn serialize_i8(self, value: i8) -> Alike {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Alike {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Alike {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Alike {
        when(self.0.as_i64() == Some(value))
    }

    fn serialize_u8(self, value: u8) -> Alike {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Alike {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Alike {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Alike {
        when(self.0.as_u64() == Some(value))
    }

    fn serialize_str(self, value: &str) -> Alike {
        when(self.0.as_str() == Some(value))
    }

    fn serialize_none(self) -> Alike {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Alike {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Alike {
        when(self.0.is_null())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Alike {
        self.serialize_unit()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Alike {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Alike {
        Err(Different)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Elements<'v>, Different> {
        self.0.as_array().map(|elements| Elements(elements.iter())).ok_or(Different)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Members<'v>, Different> {
        self.members()
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Members<'v>, Different> {
        self.members()
    }
}

/// The elements of a list that are still to come.
struct Elements<'v>(std::slice::Iter<'v, Value>);

impl ser::SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = Different;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Alike {
        value.serialize(Likeness(self.0.next().ok_or(Different)?))
    }

    fn end(mut self) -> Alike {
        when(self.0.next().is_none())
    }
}

/// The members of an object, and how many of them were met: an object has each of them once.
struct Members<'v> {
    members: &'v Map<String, Value>,
    seen: usize,
    key: String,
}

impl Members<'_> {
    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Alike {
        self.seen += 1;
        value.serialize(Likeness(self.members.get(key).ok_or(Different)?))
    }

    fn all(&self) -> Alike {
        when(self.seen == self.members.len())
    }
}

impl ser::SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Different;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Alike {
        self.member(key, value)
    }

    fn end(self) -> Alike {
        self.all()
    }
}

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Different;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Alike {
        match serde_json::to_value(key) {
            Ok(Value::String(key)) => self.key = key,
            _ => return Err(Different),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Alike {
        let key = std::mem::take(&mut self.key);
        self.member(&key, value)
    }

    fn end(self) -> Alike {
        self.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::Node;
    use serde::Deserialize;
    use serde_json::json;

    #[test]
    fn what_comes_out_as_it_went_in_is_borrowed_and_nothing_else() {
        let node = |spec: Value| json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": {"a": "b"}}, "spec": spec});
        let taint = || json!({"key": "k", "effect": "NoSchedule"});
        let table = [
            (node(json!({})), true),
            (node(json!({"podCIDR": "10.0.0.0/24", "unschedulable": true, "taints": [taint(), taint()]})), true),
            (node(json!({"podCIDR": null})), false),
            (node(json!({"other": 1})), false),
            (node(json!({"taints": [{"key": "k", "effect": "NoSchedule", "timeAdded": "2026-01-01T00:00:00.5Z"}]})), false),
            (json!({"metadata": {}}), false),
        ];
        for (sent, borrowed) in table {
            let decoded = typed::<Node>(&sent).unwrap();
            assert_eq!(matches!(decoded, Cow::Borrowed(_)), borrowed, "{sent}");
            let built = serde_json::to_value(Node::deserialize(&sent).unwrap()).unwrap();
            assert_eq!(*decoded, built);
        }
    }
}
