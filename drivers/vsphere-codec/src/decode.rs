//! Elements to values, by the type table.
//!
//! Where the table does not know a type or field, `xsi:type` decides; without it, an element with children is an object
//! of no type and one without is a text. A repeated element of an unknown field is an array of `anyType`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use vsphere_types::{Array, Declared, EnumValue, FieldInfo, MoRef, Name, Object, TypeKind, Value, is_subtype, type_info};

use crate::CodecError;
use crate::element::Element;

/// Reads the children of `parent` as fields. Order is that of their first appearance.
pub(crate) fn decode_fields<'e>(
    parent: &Element,
    children: impl Iterator<Item = &'e Element>,
    infos: &[FieldInfo],
) -> Result<Vec<(Name, Value)>, CodecError> {
    let mut fields: Vec<(Name, Value)> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for child in children.filter(|child| !child.nil) {
        let info = infos.iter().find(|info| info.name == child.name);
        let value = match info {
            Some(info) => decode_declared(child, info.declared)?,
            None => decode_any(child)?,
        };
        let Some(index) = place_of(&child.name, &fields, &seen) else {
            if fields.len() == FEW_FIELDS {
                seen = fields.iter().enumerate().map(|(place, (name, _))| (name.to_string(), place)).collect();
            }
            if fields.len() >= FEW_FIELDS {
                seen.insert(child.name.clone(), fields.len());
            }
            let value = match info {
                Some(info) if info.array => Value::Array(Array { item_type: info.declared.item_type().into(), items: vec![value] }),
                _ => value,
            };
            fields.push((info.map_or_else(|| child.name.clone().into(), |info| info.name.into()), value));
            continue;
        };
        let slot = &mut fields[index].1;
        match (slot, info) {
            (Value::Array(array), Some(info)) if info.array => array.items.push(value),
            (slot, None) => repeat_unknown(slot, value),
            (_, Some(_)) => {
                let (element, within) = (child.name.clone(), parent.name.clone());
                return Err(CodecError::Repeated { element, within, place: child.place });
            }
        }
    }
    Ok(fields)
}

/// So many fields are looked through one by one. Few objects have more; for those an index is kept.
const FEW_FIELDS: usize = 32;

/// The place of a field that has been read already. What repeats mostly repeats at once.
fn place_of(name: &str, fields: &[(Name, Value)], seen: &BTreeMap<String, usize>) -> Option<usize> {
    if seen.is_empty() { fields.iter().rposition(|(known, _)| known == name) } else { seen.get(name).copied() }
}

fn repeat_unknown(slot: &mut Value, value: Value) {
    match slot {
        // An array that came as one element with `xsi:type="ArrayOf…"` is an item like any other.
        Value::Array(array) if array.item_type == "anyType" => array.items.push(value),
        first => {
            let items = vec![first.clone(), value];
            *first = Value::Array(Array { item_type: "anyType".into(), items });
        }
    }
}

/// Reads an element whose type is declared.
pub(crate) fn decode_declared(element: &Element, declared: Declared) -> Result<Value, CodecError> {
    match declared {
        Declared::Any => decode_any(element),
        Declared::Reference(_) => decode_reference(element),
        Declared::Enum(name) => Ok(decode_member(name, leaf(element, name)?)),
        Declared::Object(name) => decode_object(element, name).map(Value::Object),
        scalar => decode_scalar(element, scalar),
    }
}

/// Reads an element whose type is declared to be a data object.
pub(crate) fn decode_object(element: &Element, declared: &str) -> Result<Object, CodecError> {
    let named = element.xsi_type.as_deref().unwrap_or(declared);
    let fits = is_subtype(named, declared) || type_info(named).is_none() || type_info(declared).is_none();
    let is_object = type_info(named).is_none_or(|info| info.kind == TypeKind::Data);
    if !fits || !is_object || scalar_of(named).is_some() {
        let (name, expected) = (element.name.clone(), declared.to_owned());
        return Err(CodecError::Type { element: name, expected, found: named.to_owned(), place: element.place });
    }
    let info = type_info(named);
    let fields = decode_fields(element, element.children.iter(), info.map_or(&[][..], |info| info.fields))?;
    let type_name = info.map_or_else(|| named.to_owned().into(), |info| info.name.into());
    Ok(Object { type_name, fields })
}

/// Reads an element that says itself what it is.
pub(crate) fn decode_any(element: &Element) -> Result<Value, CodecError> {
    match element.xsi_type.as_deref() {
        Some(name) => decode_named(element, name),
        None if element.reference_type.is_some() && element.children.is_empty() => decode_reference(element),
        None if element.children.is_empty() => Ok(Value::Text(element.text.clone())),
        None => decode_untyped(element, ""),
    }
}

fn decode_named(element: &Element, name: &str) -> Result<Value, CodecError> {
    if let Some(scalar) = scalar_of(name) {
        return decode_scalar(element, scalar);
    }
    // pyVmomi says `ManagedObject` where others say `ManagedObjectReference`.
    if matches!(name, "ManagedObjectReference" | "ManagedObject") {
        return decode_reference(element);
    }
    if let Some(item) = name.strip_prefix("ArrayOf") {
        return decode_array(element, item);
    }
    match type_info(name).map(|info| info.kind) {
        Some(TypeKind::Enum) => Ok(decode_member(name, leaf(element, name)?)),
        Some(TypeKind::Data) => decode_object(element, name).map(Value::Object),
        // A member of an enumeration that is not in the table looks like this.
        _ if element.children.is_empty() && !element.text.trim().is_empty() => Ok(decode_member(name, &element.text)),
        _ => decode_untyped(element, name),
    }
}

fn decode_untyped(element: &Element, name: &str) -> Result<Value, CodecError> {
    let fields = decode_fields(element, element.children.iter(), &[])?;
    Ok(Value::Object(Object { type_name: Name::of_type(name), fields }))
}

fn decode_array(element: &Element, item: &str) -> Result<Value, CodecError> {
    let mut letters = item.chars();
    let lowered: String = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
    let item_type = if scalar_of(&lowered).is_some() || lowered == "anyType" { lowered.into() } else { Name::of_type(item) };
    let declared = Declared::of_item_type(&item_type);
    let decode = |child: &Element| match declared {
        Some(declared) => decode_declared(child, declared),
        None if child.xsi_type.is_some() => decode_any(child),
        None if child.children.is_empty() && !child.text.trim().is_empty() => Ok(decode_member(&item_type, &child.text)),
        None => decode_untyped(child, &item_type),
    };
    let items = element.children.iter().filter(|child| !child.nil).map(decode).collect::<Result<_, _>>()?;
    Ok(Value::Array(Array { item_type, items }))
}

fn decode_member(type_name: &str, member: &str) -> Value {
    let (info, member) = (type_info(type_name), member.trim());
    let known = info.and_then(|info| info.members.iter().find(|known| **known == member));
    let member = known.map_or_else(|| member.to_owned().into(), |known| Name::fixed(known));
    Value::Enum(EnumValue { type_name: info.map_or_else(|| type_name.to_owned().into(), |info| info.name.into()), member })
}

pub(crate) fn decode_reference(element: &Element) -> Result<Value, CodecError> {
    let id = leaf(element, "ManagedObjectReference")?;
    let kind = element.reference_type.as_deref().ok_or_else(|| element.missing("attribute type"))?;
    Ok(Value::Ref(MoRef::new(Name::of_type(kind), id)))
}

/// The text of an element that has no children.
fn leaf<'e>(element: &'e Element, expected: &str) -> Result<&'e str, CodecError> {
    if element.children.is_empty() { Ok(&element.text) } else { Err(wrong(element, expected)) }
}

fn wrong(element: &Element, expected: &str) -> CodecError {
    CodecError::Value { element: element.name.clone(), expected: expected.to_owned(), place: element.place }
}

/// The scalar of an XML Schema name. `anyURI` is a text, the unsigned ones are the next wider signed ones.
fn scalar_of(name: &str) -> Option<Declared> {
    Some(match name {
        "boolean" => Declared::Boolean,
        "byte" => Declared::Byte,
        "short" | "unsignedByte" => Declared::Short,
        "int" | "unsignedShort" => Declared::Int,
        "long" | "unsignedInt" | "unsignedLong" => Declared::Long,
        "float" => Declared::Float,
        "double" => Declared::Double,
        "string" | "anyURI" => Declared::Text,
        "dateTime" => Declared::Time,
        "base64Binary" => Declared::Binary,
        _ => return None,
    })
}

fn decode_scalar(element: &Element, scalar: Declared) -> Result<Value, CodecError> {
    let text = leaf(element, scalar.item_type())?;
    if scalar == Declared::Text {
        return Ok(Value::Text(text.to_owned()));
    }
    let trimmed = text.trim();
    let value = match scalar {
        Declared::Boolean => match trimmed {
            "true" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Declared::Byte => trimmed.parse().ok().map(Value::Byte),
        Declared::Short => trimmed.parse().ok().map(Value::Short),
        Declared::Int => trimmed.parse().ok().map(Value::Int),
        Declared::Long => trimmed.parse().ok().map(Value::Long),
        Declared::Float => decode_float(trimmed).map(Value::Float),
        Declared::Double => decode_float(trimmed).map(Value::Double),
        Declared::Time => decode_time(trimmed).map(Value::Time),
        Declared::Binary => {
            let compact: String = trimmed.split_whitespace().collect();
            STANDARD.decode(compact).ok().map(Value::Binary)
        }
        _ => None,
    };
    value.ok_or_else(|| wrong(element, scalar.item_type()))
}

fn decode_float<T: std::str::FromStr>(text: &str) -> Option<T> {
    match text {
        "INF" | "-INF" | "NaN" => text.parse().ok(),
        // Rust would read more words as numbers than XML Schema does.
        _ if text.chars().any(|letter| letter.is_ascii_alphabetic() && !matches!(letter, 'e' | 'E')) => None,
        _ => text.parse().ok(),
    }
}

/// `xsd:dateTime`; without an offset it is taken as UTC, which is what vCenter keeps.
fn decode_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if !text.contains('T') {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
