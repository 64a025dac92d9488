//! From a message to the members of a JSON object, by the table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::wire::{Fields, Payload, WireField};
use super::{DEEPEST, Members, ProtobufError, special};
use crate::schema::{self, Field, Shape};

/// One body while it is read.
pub(super) struct Reading {
    /// Fields that were dropped.
    pub(super) warnings: Vec<String>,
    /// How deep it stands.
    pub(super) depth: usize,
}

impl Reading {
    /// The members of an object of a type in the table.
    pub(super) fn object(&mut self, name: &str, bytes: &[u8]) -> Result<Members, ProtobufError> {
        let Some(of) = schema::of(name) else { return Ok(Members::new()) };
        if self.depth == DEEPEST {
            return Err(ProtobufError::TooDeep);
        }
        self.depth += 1;
        let mut members = Members::new();
        for wire in Fields::new(name, bytes) {
            let wire = wire?;
            match of.numbered(wire.number) {
                Some(field) => self.member(&mut members, field, wire)?,
                None => self.warnings.push(format!("unknown protobuf field {} of {name}", wire.number)),
            }
        }
        self.depth -= 1;
        Ok(members)
    }

    fn member(&mut self, members: &mut Members, field: &Field, wire: WireField<'_>) -> Result<(), ProtobufError> {
        match &field.shape {
            Shape::Object(name) if field.name.is_empty() => {
                let inner = self.object(name, wire.bytes()?)?;
                members.extend(inner);
            }
            Shape::List(element) => {
                let list = members.entry(field.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
                let Value::Array(list) = list else { return Ok(()) };
                // Numbers may come packed into one field, though Kubernetes never does so.
                match (element.as_ref(), wire.payload) {
                    (Shape::Int | Shape::Long, Payload::Bytes(_)) => return Err(wire.malformed("number")),
                    _ => list.push(self.value(element, wire)?.unwrap_or(Value::Null)),
                }
            }
            Shape::Map(element) => {
                let entry = self.entry(element, wire)?;
                if let Value::Object(map) = members.entry(field.name.clone()).or_insert_with(|| Members::new().into()) {
                    map.extend([entry]);
                }
            }
            shape => {
                if let Some(value) = self.value(shape, wire)?.filter(|value| !(field.omits_zero && is_zero(value))) {
                    members.insert(field.name.clone(), value);
                } else {
                    members.remove(&field.name);
                }
            }
        }
        Ok(())
    }

    /// A key and its value; each may be left out when it is zero.
    fn entry(&mut self, element: &Shape, wire: WireField<'_>) -> Result<(String, Value), ProtobufError> {
        let (mut key, mut value) = (String::new(), None);
        for part in Fields::new(wire.within, wire.bytes()?) {
            let part = part?;
            match part.number {
                1 => key = part.text()?.to_owned(),
                2 => value = self.value(element, part)?,
                _ => {}
            }
        }
        let absent = || match element {
            Shape::Text | Shape::Bytes => "".into(),
            Shape::List(_) => Value::Array(Vec::new()),
            _ => Value::Null,
        };
        Ok((key, value.unwrap_or_else(absent)))
    }

    /// A single value; `None` for one that counts as absent.
    pub(super) fn value(&mut self, shape: &Shape, wire: WireField<'_>) -> Result<Option<Value>, ProtobufError> {
        Ok(Some(match shape {
            Shape::Text => wire.text()?.into(),
            Shape::Flag => (wire.integer()? != 0).into(),
            Shape::Int | Shape::Long => wire.integer()?.into(),
            Shape::Float => wire.float()?.into(),
            Shape::Bytes => STANDARD.encode(wire.bytes()?).into(),
            Shape::Special(kind) => return special::value(self, *kind, wire),
            Shape::Object(name) => Value::Object(self.object(name, wire.bytes()?)?),
            // Neither lists of lists nor maps of lists are in the table.
            Shape::List(_) | Shape::Map(_) => return Err(wire.malformed("single value")),
        }))
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}
