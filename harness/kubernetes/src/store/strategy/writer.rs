//! A serializer that builds JSON values, or holds what it is given against one that is there already.
//!
//! When it compares it writes nothing. Whatever it cannot compare (enums, tuples, floats, bytes) counts as different. Both are one
//! serializer, since the compiler makes one of each of the typed API's several hundred types for each serializer there is.

use serde::ser::{self, Impossible, Serialize, Serializer};
use serde_json::{Map, Value};

/// Builds the value of what is serialized, or holds it against one that is there already.
#[derive(Clone, Copy)]
pub(super) enum Writer<'v> {
    Build,
    /// Answers null where nothing is different.
    Compare(&'v Value),
}

/// Why there is no value.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// It is another value than the one compared with, or one that cannot be compared.
    #[error("different")]
    Different,
    /// It is of a shape that no type of the API has.
    #[error("{0} cannot be written")]
    Unknown(&'static str),
    #[error("{0}")]
    Custom(String),
}

pub(super) type Written = Result<Value, WriteError>;

impl ser::Error for WriteError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

impl<'v> Writer<'v> {
    /// A value without parts: whether it is the one compared with, or else the value itself.
    fn scalar(self, alike: impl FnOnce(&Value) -> bool, build: impl FnOnce() -> Value) -> Written {
        match self {
            Self::Build => Ok(build()),
            Self::Compare(value) if alike(value) => Ok(Value::Null),
            Self::Compare(_) => Err(WriteError::Different),
        }
    }

    fn members(self) -> Result<Members<'v>, WriteError> {
        let to = match self {
            Self::Build => MembersTo::Build(Map::new()),
            Self::Compare(value) => MembersTo::Compare { members: value.as_object().ok_or(WriteError::Different)?, seen: 0 },
        };
        Ok(Members { to, key: String::new() })
    }

    fn unknown<T>(self, what: &'static str) -> Result<T, WriteError> {
        match self {
            Self::Build => Err(WriteError::Unknown(what)),
            Self::Compare(_) => Err(WriteError::Different),
        }
    }
}

impl<'v> Serializer for Writer<'v> {
    type Ok = Value;
    type Error = WriteError;
    type SerializeSeq = Elements<'v>;
    type SerializeMap = Members<'v>;
    type SerializeStruct = Members<'v>;
    type SerializeTuple = Impossible<Value, WriteError>;
    type SerializeTupleStruct = Impossible<Value, WriteError>;
    type SerializeTupleVariant = Impossible<Value, WriteError>;
    type SerializeStructVariant = Impossible<Value, WriteError>;

    fn serialize_bool(self, value: bool) -> Written {
        self.scalar(|other| other.as_bool() == Some(value), || value.into())
    }

    fn serialize_i8(self, value: i8) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Written {
        self.scalar(|other| other.as_i64() == Some(value), || value.into())
    }

    fn serialize_u8(self, value: u8) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Written {
        self.scalar(|other| other.as_u64() == Some(value), || value.into())
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.scalar(|_| false, || value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        self.scalar(|_| false, || value.into())
    }

    fn serialize_char(self, value: char) -> Written {
        self.scalar(|_| false, || value.to_string().into())
    }

    fn serialize_str(self, value: &str) -> Written {
        self.scalar(|other| other.as_str() == Some(value), || value.into())
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        self.scalar(|_| false, || value.into())
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.scalar(Value::is_null, || Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.scalar(|_| false, || variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, name: &'static str, _: u32, _: &'static str, _: &T) -> Written {
        self.unknown(name)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Elements<'v>, WriteError> {
        match self {
            Self::Build => Ok(Elements::Build(Vec::with_capacity(length.unwrap_or(0)))),
            Self::Compare(value) => value.as_array().map(|elements| Elements::Compare(elements.iter())).ok_or(WriteError::Different),
        }
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Members<'v>, WriteError> {
        self.members()
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Members<'v>, WriteError> {
        self.members()
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, WriteError> {
        self.unknown("a tuple")
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, WriteError> {
        self.unknown(name)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        self.unknown(name)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, WriteError> {
        self.unknown(name)
    }
}

/// A list: what is there of it, or the elements of the other one that are still to come.
pub(super) enum Elements<'v> {
    Build(Vec<Value>),
    Compare(std::slice::Iter<'v, Value>),
}

impl ser::SerializeSeq for Elements<'_> {
    type Ok = Value;
    type Error = WriteError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        match self {
            Self::Build(elements) => elements.push(value.serialize(Writer::Build)?),
            Self::Compare(elements) => drop(value.serialize(Writer::Compare(elements.next().ok_or(WriteError::Different)?))?),
        }
        Ok(())
    }

    fn end(self) -> Written {
        match self {
            Self::Build(elements) => Ok(Value::Array(elements)),
            Self::Compare(mut elements) => elements.next().map_or(Ok(Value::Null), |_| Err(WriteError::Different)),
        }
    }
}

/// An object: what is there of it, or the other one and how many of its members were met; it has each of them once.
enum MembersTo<'v> {
    Build(Map<String, Value>),
    Compare { members: &'v Map<String, Value>, seen: usize },
}

pub(super) struct Members<'v> {
    to: MembersTo<'v>,
    /// That of the next value of a map.
    key: String,
}

impl Members<'_> {
    /// Where the member of this name is written to.
    fn writer(&mut self, key: &str) -> Result<Writer<'_>, WriteError> {
        match &mut self.to {
            MembersTo::Build(_) => Ok(Writer::Build),
            MembersTo::Compare { members, seen } => {
                *seen += 1;
                members.get(key).map(Writer::Compare).ok_or(WriteError::Different)
            }
        }
    }

    fn keep(&mut self, key: impl Into<String>, value: Value) {
        if let MembersTo::Build(members) = &mut self.to {
            members.insert(key.into(), value);
        }
    }

    fn finish(self) -> Written {
        match self.to {
            MembersTo::Build(members) => Ok(Value::Object(members)),
            MembersTo::Compare { members, seen } if seen == members.len() => Ok(Value::Null),
            MembersTo::Compare { .. } => Err(WriteError::Different),
        }
    }
}

impl ser::SerializeStruct for Members<'_> {
    type Ok = Value;
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), WriteError> {
        let value = value.serialize(self.writer(key)?)?;
        self.keep(key, value);
        Ok(())
    }

    fn end(self) -> Written {
        self.finish()
    }
}

impl ser::SerializeMap for Members<'_> {
    type Ok = Value;
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        match key.serialize(Writer::Build)? {
            Value::String(key) => self.key = key,
            _ => return Err(WriteError::Unknown("a key that is no text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        let key = std::mem::take(&mut self.key);
        let value = value.serialize(self.writer(&key)?)?;
        self.keep(key, value);
        Ok(())
    }

    fn end(self) -> Written {
        self.finish()
    }
}
