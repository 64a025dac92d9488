//! Values to elements, by the type table.
//!
//! `xsi:type` stands wherever a slot can hold more than its declared type: in `anyType`, where the table knows
//! subtypes, and where the value is of another type. Types of vim25 and CNS are written without a prefix: clients
//! compare the bare name, whatever the default namespace is. Those of the policy service and of VSLM have the
//! prefixes `pbm` and `vslm`: these services are other programs, and clients know their types by the prefix that they have always written.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vsphere_types::{Array, Declared, FieldInfo, Name, Object, Value, has_subtypes, namespace_of, type_info};

use crate::known::{Shown, shown};
use crate::writer::Document;

/// What is known of the place that a value is written to.
#[derive(Clone, Copy)]
enum Slot {
    /// The table declares it.
    Declared(Declared),
    /// The table does not have the field.
    Unknown,
}

/// Writes fields in wire order; those that the table does not have come last.
pub(crate) fn encode_fields(document: &mut Document, fields: &[(Name, Value)], infos: &[FieldInfo]) {
    if in_order(fields, infos) {
        let mut rest = infos.iter();
        for (name, value) in fields {
            if let Some(info) = rest.find(|info| name.is(info.name)) {
                encode_field(document, name, value, Slot::Declared(info.declared), info.array);
            }
        }
        return;
    }
    let position = |name: &str| infos.iter().position(|info| info.name == name).unwrap_or(usize::MAX);
    let mut ordered: Vec<_> = fields.iter().map(|(name, value)| (position(name), name, value)).collect();
    ordered.sort_by_key(|(position, ..)| *position);
    for (position, name, value) in ordered {
        match infos.get(position) {
            Some(info) => encode_field(document, name, value, Slot::Declared(info.declared), info.array),
            None => encode_field(document, name, value, Slot::Unknown, true),
        }
    }
}

/// Writes what a method returns.
pub(crate) fn encode_result(document: &mut Document, name: &str, value: &Value, info: FieldInfo) {
    encode_field(document, name, value, Slot::Declared(info.declared), info.array);
}

/// Whether the table has all of these fields, in this order.
fn in_order(fields: &[(Name, Value)], infos: &[FieldInfo]) -> bool {
    let mut rest = infos.iter();
    fields.iter().all(|(name, _)| rest.any(|info| name.is(info.name)))
}

fn encode_field(document: &mut Document, name: &str, value: &Value, slot: Slot, repeats: bool) {
    match value {
        Value::Array(array) if repeats => {
            for item in &array.items {
                encode_slot(document, name, item, slot);
            }
        }
        single => encode_slot(document, name, single, slot),
    }
}

fn encode_slot(document: &mut Document, name: &str, value: &Value, slot: Slot) {
    if document.knows_cns() {
        return encode_known(document, name, value, slot);
    }
    match shown(value, matches!(slot, Slot::Declared(Declared::Object(_)))) {
        Shown::AsItIs => encode_known(document, name, value, slot),
        Shown::As(ancestor) => encode_known(document, name, &Value::Object(ancestor), slot),
        Shown::Not => {}
    }
}

fn encode_known(document: &mut Document, name: &str, value: &Value, slot: Slot) {
    let type_name = type_attribute(value, slot);
    let kind = if let Value::Ref(reference) = value { reference.kind.as_str() } else { "" };
    let both = [("xsi:type", type_name.as_deref().unwrap_or_default()), ("type", kind)];
    let attributes = match (&type_name, value) {
        (Some(_), Value::Ref(_)) => &both[..],
        (Some(_), _) => &both[..1],
        (None, Value::Ref(_)) => &both[1..],
        (None, _) => &[],
    };
    match value {
        Value::Object(object) => encode_object(document, name, attributes, object),
        Value::Array(array) => encode_array(document, name, attributes, array),
        scalar => document.leaf(name, attributes, &text_of(scalar)),
    }
}

fn encode_object(document: &mut Document, name: &str, attributes: &[(&str, &str)], object: &Object) {
    document.begin(name, attributes);
    encode_fields(document, &object.fields, type_info(&object.type_name).map_or(&[][..], |info| info.fields));
    document.end(name);
}

fn encode_array(document: &mut Document, name: &str, attributes: &[(&str, &str)], array: &Array) {
    document.begin(name, attributes);
    let slot = match (Declared::of_item_type(&array.item_type), array.item_type.as_str()) {
        // An array property of references says of each item that it is one.
        (Some(Declared::Reference(_)) | None, _) => Slot::Declared(Declared::Any),
        (Some(declared), _) => Slot::Declared(declared),
    };
    for item in &array.items {
        encode_slot(document, &array.item_type, item, slot);
    }
    document.end(name);
}

/// Writes the fault of a fault's detail: always with its type.
pub(crate) fn encode_detail(document: &mut Document, object: &Object, namespace: &str) {
    let name = format!("{}Fault", object.type_name);
    encode_object(document, &name, &[("xmlns", namespace), ("xsi:type", &prefixed(&object.type_name))], object);
}

fn type_attribute(value: &Value, slot: Slot) -> Option<Cow<'_, str>> {
    let needed = match (slot, value) {
        (_, Value::Object(object)) if object.type_name.is_empty() => false,
        (Slot::Declared(Declared::Object(declared)), Value::Object(object)) => {
            object.type_name != declared || has_subtypes(declared) || type_info(declared).is_none()
        }
        (Slot::Declared(Declared::Reference(_)), Value::Ref(_)) => false,
        (Slot::Declared(Declared::Enum(declared)), Value::Enum(member)) => member.type_name != declared,
        (Slot::Declared(declared), scalar) => declared.item_type() != type_name(scalar),
        (Slot::Unknown, Value::Text(_)) => false,
        (Slot::Unknown, _) => true,
    };
    needed.then(|| match type_name(value) {
        _ if matches!(value, Value::Text(_)) => Cow::Borrowed("xsd:string"),
        name if is_schema_type(value) => Cow::Owned(format!("xsd:{name}")),
        Cow::Borrowed(name) => prefixed(name),
        Cow::Owned(name) => Cow::Owned(prefixed(&name).into_owned()),
    })
}

fn type_name(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(_) => Cow::Borrowed("string"),
        Value::Ref(_) => Cow::Borrowed("ManagedObjectReference"),
        Value::Enum(member) => Cow::Borrowed(&member.type_name),
        Value::Object(object) => Cow::Borrowed(&object.type_name),
        other => Cow::Owned(other.type_name()),
    }
}

fn prefixed(type_name: &str) -> Cow<'_, str> {
    match namespace_of(type_name) {
        "urn:pbm" => Cow::Owned(format!("pbm:{type_name}")),
        "urn:vslm" => Cow::Owned(format!("vslm:{type_name}")),
        _ => Cow::Borrowed(type_name),
    }
}

fn is_schema_type(value: &Value) -> bool {
    !matches!(value, Value::Ref(_) | Value::Enum(_) | Value::Object(_) | Value::Array(_))
}

fn text_of(value: &Value) -> Cow<'_, str> {
    Cow::Owned(match value {
        Value::Text(inner) => return Cow::Borrowed(inner),
        Value::Enum(inner) => return Cow::Borrowed(&inner.member),
        Value::Ref(inner) => return Cow::Borrowed(&inner.id),
        Value::Bool(inner) => inner.to_string(),
        Value::Byte(inner) => inner.to_string(),
        Value::Short(inner) => inner.to_string(),
        Value::Int(inner) => inner.to_string(),
        Value::Long(inner) => inner.to_string(),
        Value::Float(inner) => schema_float(f64::from(*inner), inner.to_string()),
        Value::Double(inner) => schema_float(*inner, inner.to_string()),
        Value::Time(inner) => inner.to_string(),
        Value::Binary(inner) => STANDARD.encode(inner),
        // These have children and never come here.
        Value::Object(_) | Value::Array(_) => String::new(),
    })
}

fn schema_float(number: f64, text: String) -> String {
    match number {
        f64::INFINITY => "INF".to_owned(),
        f64::NEG_INFINITY => "-INF".to_owned(),
        _ => text,
    }
}
