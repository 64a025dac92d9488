//! Types whose JSON does not follow from their protobuf fields: times, quantities, JSON in bytes, one thing or another.

use jiff::Timestamp;
use serde_json::Value;

use super::ProtobufError;
use super::message::Reading;
use super::wire::{Fields, WireField};
use crate::schema::{Shape, Special};
use crate::store::value::seconds;

const SCHEMA: &str = "apiextensions.JSONSchemaProps";

/// A value of such a type; `None` for one that counts as absent.
pub(super) fn value(reading: &mut Reading, kind: Special, wire: WireField<'_>) -> Result<Option<Value>, ProtobufError> {
    let bytes = wire.bytes()?;
    match kind {
        Special::Time | Special::MicroTime => time(kind, wire),
        Special::FieldsV1 | Special::RawExtension | Special::Json => {
            let Some(raw) = part(bytes, wire, 1)? else { return Ok(None) };
            let raw = raw.bytes()?;
            if raw.is_empty() {
                return Ok(None);
            }
            serde_json::from_slice(raw).map(Some).map_err(|_| wire.malformed("JSON"))
        }
        Special::Quantity => Ok(Some(part(bytes, wire, 1)?.map_or(Ok("0"), |part| part.text())?.into())),
        Special::IntOrString => {
            if number(bytes, wire, 1)?.unwrap_or(0) == 0 {
                return Ok(Some(number(bytes, wire, 2)?.unwrap_or(0).into()));
            }
            Ok(Some(part(bytes, wire, 3)?.map_or(Ok(""), |part| part.text())?.into()))
        }
        Special::Strings => parts(reading, bytes, wire, 1, &Shape::Text).map(|texts| Some(texts.into())),
        Special::SchemaOrArray => {
            let schema = Shape::Object(SCHEMA.to_owned());
            let one = parts(reading, bytes, wire, 1, &schema)?.pop();
            one.map_or_else(|| parts(reading, bytes, wire, 2, &schema).map(|all| Some(all.into())), |one| Ok(Some(one)))
        }
        Special::SchemaOrBool => {
            let one = parts(reading, bytes, wire, 2, &Shape::Object(SCHEMA.to_owned()))?.pop();
            Ok(Some(one.unwrap_or((number(bytes, wire, 1)? == Some(1)).into())))
        }
        Special::SchemaOrStrings => {
            let one = parts(reading, bytes, wire, 1, &Shape::Object(SCHEMA.to_owned()))?.pop();
            one.map_or_else(|| parts(reading, bytes, wire, 2, &Shape::Text).map(|all| Some(all.into())), |one| Ok(Some(one)))
        }
    }
}

/// A field of the message; the last one counts.
fn part<'a>(bytes: &'a [u8], wire: WireField<'a>, number: u32) -> Result<Option<WireField<'a>>, ProtobufError> {
    let mut found = None;
    for field in Fields::new(wire.within, bytes) {
        let field = field?;
        if field.number == number {
            found = Some(field);
        }
    }
    Ok(found)
}

fn number(bytes: &[u8], wire: WireField<'_>, field: u32) -> Result<Option<i64>, ProtobufError> {
    part(bytes, wire, field)?.map(|part| part.integer()).transpose()
}

/// All fields of the message with this number.
fn parts(reading: &mut Reading, bytes: &[u8], wire: WireField<'_>, number: u32, shape: &Shape) -> Result<Vec<Value>, ProtobufError> {
    let mut found = Vec::new();
    for field in Fields::new(wire.within, bytes) {
        let field = field?;
        if field.number == number {
            found.extend(reading.value(shape, field)?);
        }
    }
    Ok(found)
}

/// A time; a message without any field is the zero time, which is absence.
fn time(kind: Special, wire: WireField<'_>) -> Result<Option<Value>, ProtobufError> {
    let bytes = wire.bytes()?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let malformed = || wire.malformed("time");
    let nanos = i32::try_from(number(bytes, wire, 2)?.unwrap_or(0)).map_err(|_| malformed())?;
    let at = Timestamp::new(number(bytes, wire, 1)?.unwrap_or(0), nanos).map_err(|_| malformed())?;
    let text = if kind == Special::Time { seconds(at) } else { at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string() };
    Ok(Some(text.into()))
}
