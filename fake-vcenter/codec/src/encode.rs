//! Values to elements, by the type table.
//!
//! `xsi:type` stands wherever a slot can hold more than its declared type: in `anyType`, where the table knows
//! subtypes, and where the value is of another type. Types of vim25 and CNS are written without a prefix: clients
//! compare the bare name, whatever the default namespace is. Those of the policy service have the prefix `pbm`: that
//! service is another program, and clients know its types by the prefix that it has always written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fake_vcenter_types::{Array, Declared, FieldInfo, Object, Value, has_subtypes, namespace_of, type_info};

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
pub(crate) fn encode_fields(document: &mut Document, fields: &[(String, Value)], infos: &[FieldInfo]) {
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
    let mut attributes = Vec::new();
    if let Some(type_name) = &type_name {
        attributes.push(("xsi:type", type_name.as_str()));
    }
    match value {
        Value::Object(object) => encode_object(document, name, &attributes, object),
        Value::Array(array) => encode_array(document, name, &attributes, array),
        Value::Ref(reference) => {
            attributes.push(("type", &reference.kind));
            document.leaf(name, &attributes, &reference.id);
        }
        scalar => document.leaf(name, &attributes, &text_of(scalar)),
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

fn type_attribute(value: &Value, slot: Slot) -> Option<String> {
    let needed = match (slot, value) {
        (_, Value::Object(object)) if object.type_name.is_empty() => false,
        (Slot::Declared(Declared::Object(declared)), Value::Object(object)) => {
            object.type_name != declared || has_subtypes(declared) || type_info(declared).is_none()
        }
        (Slot::Declared(Declared::Reference(_)), Value::Ref(_)) => false,
        (Slot::Declared(Declared::Enum(declared)), Value::Enum(member)) => member.type_name != declared,
        (Slot::Declared(declared), scalar) => declared.item_type() != scalar.type_name(),
        (Slot::Unknown, Value::Text(_)) => false,
        (Slot::Unknown, _) => true,
    };
    needed.then(|| if is_schema_type(value) { format!("xsd:{}", value.type_name()) } else { prefixed(&value.type_name()) })
}

fn prefixed(type_name: &str) -> String {
    if namespace_of(type_name) == "urn:pbm" { format!("pbm:{type_name}") } else { type_name.to_owned() }
}

fn is_schema_type(value: &Value) -> bool {
    !matches!(value, Value::Ref(_) | Value::Enum(_) | Value::Object(_) | Value::Array(_))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Bool(inner) => inner.to_string(),
        Value::Byte(inner) => inner.to_string(),
        Value::Short(inner) => inner.to_string(),
        Value::Int(inner) => inner.to_string(),
        Value::Long(inner) => inner.to_string(),
        Value::Float(inner) => schema_float(f64::from(*inner), inner.to_string()),
        Value::Double(inner) => schema_float(*inner, inner.to_string()),
        Value::Text(inner) => inner.clone(),
        Value::Time(inner) => inner.to_string(),
        Value::Binary(inner) => STANDARD.encode(inner),
        Value::Enum(inner) => inner.member.clone(),
        Value::Ref(inner) => inner.id.clone(),
        // These have children and never come here.
        Value::Object(_) | Value::Array(_) => String::new(),
    }
}

fn schema_float(number: f64, text: String) -> String {
    match number {
        f64::INFINITY => "INF".to_owned(),
        f64::NEG_INFINITY => "-INF".to_owned(),
        _ => text,
    }
}
