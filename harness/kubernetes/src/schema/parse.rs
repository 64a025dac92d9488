//! Reading the table. It is ours, so a line that cannot be read is a mistake of ours and ends the first test.

use super::{Field, Shape, Special, Topology, Type};

/// The types of one file.
pub(super) fn types(group: &str, text: &str) -> Vec<(String, Type)> {
    let mut types: Vec<(String, Type)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("  "), types.last_mut()) {
            (Some(fields), Some((_, of))) => of.fields.extend(fields.split(',').map(str::trim).filter(|text| !text.is_empty()).map(field)),
            _ => {
                let (name, atomic) = line.split_once(' ').unwrap_or((line, ""));
                types.push((format!("{group}.{name}"), Type { atomic: atomic == "atomic", fields: Vec::new() }));
            }
        }
    }
    types
}

fn field(text: &str) -> Field {
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let (number, name, written) = (next(), next(), next());
    let mut field = Field {
        number: number.parse().expect("a field begins with its number"),
        name: name.trim_matches('~').to_owned(),
        shape: shape(written.trim_end_matches(['?', '!', '*'])),
        omits_zero: written.contains('?'),
        keeps_empty: written.ends_with('*'),
        required: written.contains('!'),
        topology: Topology::Unsaid,
        patch: String::new(),
    };
    for flag in words {
        match flag.split_once(['(', ':']) {
            Some(("map", keys)) => field.topology = Topology::Keyed(keys.trim_end_matches(')').split('|').map(key).collect()),
            Some(("patch", _)) => field.patch = flag["patch:".len()..].to_owned(),
            _ if flag == "set" => field.topology = Topology::Set,
            _ if flag == "granular" => field.topology = Topology::Granular,
            _ => field.topology = Topology::Atomic,
        }
    }
    field
}

fn key(text: &str) -> (String, Option<String>) {
    match text.split_once(':') {
        Some((key, default)) => (key.to_owned(), Some(default.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn shape(text: &str) -> Shape {
    let inner = |open, close| text.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close)).map(|text| Box::new(shape(text)));
    if let Some(element) = inner('[', ']') {
        return Shape::List(element);
    }
    if let Some(element) = inner('{', '}') {
        return Shape::Map(element);
    }
    match text {
        "s" => Shape::Text,
        "b" => Shape::Flag,
        "i" => Shape::Int,
        "l" => Shape::Long,
        "f" => Shape::Float,
        "y" => Shape::Bytes,
        "Time" => Shape::Special(Special::Time),
        "MicroTime" => Shape::Special(Special::MicroTime),
        "FieldsV1" => Shape::Special(Special::FieldsV1),
        "Quantity" => Shape::Special(Special::Quantity),
        "IntOrString" => Shape::Special(Special::IntOrString),
        "RawExtension" => Shape::Special(Special::RawExtension),
        "JSON" => Shape::Special(Special::Json),
        "Strings" => Shape::Special(Special::Strings),
        "SchemaOrArray" => Shape::Special(Special::SchemaOrArray),
        "SchemaOrBool" => Shape::Special(Special::SchemaOrBool),
        "SchemaOrStrings" => Shape::Special(Special::SchemaOrStrings),
        name => Shape::Object(name.to_owned()),
    }
}
