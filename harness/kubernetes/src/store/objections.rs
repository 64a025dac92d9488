//! What a store would refuse in a new object, each fault with its place; nothing is stored, and nobody need have sent it.
//!
//! This is what `kubectl create --validate=strict --dry-run=server` tells, but all of it at once.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;

use super::Store;
use super::command::{FieldValidation, Place, WriteOptions};
use super::resource::Resource;
use super::status::Status;
use super::unknown::unknown_fields;
use crate::schema::{self, Fault, Objection, Way, objections};

impl Store {
    /// What is wrong with an object that is to be created at a place. That there is one of its name already is nothing wrong.
    pub fn objections(&mut self, now: Timestamp, at: &Place, object: &Value) -> Vec<Objection> {
        let resource = match self.resource(at) {
            Ok(resource) => resource,
            Err(status) => return vec![refused(&status)],
        };
        let found = match schema::kind(&resource.name.group, &resource.kind).filter(|_| !resource.custom) {
            Some(name) => objections(&name, object),
            None => unknown(&resource, object),
        };
        if !found.is_empty() {
            return found;
        }
        let options = WriteOptions { dry_run: true, validation: FieldValidation::Strict };
        match self.create(now, at, object.clone(), options) {
            Err(status) if status.reason != "AlreadyExists" => causes(&status, object),
            _ => Vec::new(),
        }
    }
}

fn unknown(resource: &Resource, object: &Value) -> Vec<Objection> {
    let Ok(Cow::Owned(decoded)) = resource.strategy.decode(object) else { return Vec::new() };
    let fields = unknown_fields(object, &decoded);
    let names = fields.iter().filter_map(|text| text.strip_prefix("unknown field \"")?.strip_suffix('"'));
    names.map(|name| Objection { at: way(object, name), why: Fault::UnknownField(siblings(resource, object, name), None) }).collect()
}

/// The fields that a definition declares beside one that it does not.
fn siblings(resource: &Resource, object: &Value, name: &str) -> Vec<String> {
    let Some(mut schema) = resource.strategy.schema() else { return Vec::new() };
    let way = way(object, name);
    for step in way.0.iter().take(way.0.len().saturating_sub(1)) {
        schema = match step {
            schema::Step::Member(name) => schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]),
            schema::Step::Element(_) => &schema["items"],
        };
    }
    schema["properties"].as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

fn refused(status: &Status) -> Objection {
    Objection { at: Way::default(), why: Fault::Invalid(status.message.clone()) }
}

/// What a Status names, each at its field; a Status that names nothing is about the object.
fn causes(status: &Status, object: &Value) -> Vec<Objection> {
    let causes = status.details["causes"].as_array().into_iter().flatten();
    let named: Vec<Objection> = causes
        .filter_map(|cause| {
            let (field, message) = (cause["field"].as_str()?, cause["message"].as_str()?);
            Some(Objection { at: way(object, field), why: Fault::Invalid(format!("{field}: {message}")) })
        })
        .collect();
    if named.is_empty() { vec![refused(status)] } else { named }
}

/// The way that a text like `spec.ports[0].name` or `metadata.labels[a.b/c]` means in an object, as far as there is one.
fn way(object: &Value, text: &str) -> Way {
    let (mut way, mut place, mut rest) = (Way::default(), object, text);
    while !rest.is_empty() {
        let (next, after) = match (place, rest.strip_prefix('[').and_then(|inner| inner.split_once(']'))) {
            (Value::Array(elements), Some((index, after))) => {
                let Some((index, element)) = index.parse().ok().and_then(|index: usize| Some((index, elements.get(index)?))) else { break };
                (way.element(index), (element, after))
            }
            (Value::Object(members), bracket) => {
                let unquoted = rest.trim_start_matches('.');
                let (name, after) = bracket.unwrap_or_else(|| longest(members, unquoted));
                match members.get(name) {
                    Some(member) => (way.member(name), (member, after)),
                    // `spec.resources[storage]` is what the server calls a claim's request.
                    None if members.contains_key("requests") => (way.member("requests"), (&members["requests"], rest)),
                    None => return if bracket.is_none() && after.is_empty() { way.member(name) } else { way },
                }
            }
            _ => break,
        };
        (way, (place, rest)) = (next, after);
    }
    way
}

/// The longest member's name that a text begins with, or its first word; and what follows.
fn longest<'t>(members: &serde_json::Map<String, Value>, text: &'t str) -> (&'t str, &'t str) {
    let ends = |name: &&String| text.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let known = members.keys().filter(ends).map(String::len).max();
    text.split_at(known.or_else(|| text.find(['.', '['])).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_seed::Seed;
    use serde_json::json;

    fn told(plural: &str, namespace: &str, object: &Value) -> Vec<String> {
        let mut store = Store::new(Timestamp::UNIX_EPOCH, &Seed::new(1));
        let definition = json!({"metadata": {"name": "things.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "spec": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}, "name": {"type": "string"}}}}}}}]}});
        let at = Place::new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "");
        store.create(Timestamp::UNIX_EPOCH, &at, definition, WriteOptions::default()).unwrap();
        let group = if plural == "things" { "example.com" } else { "" };
        let found = store.objections(Timestamp::UNIX_EPOCH, &Place::new(group, "v1", plural, namespace), object);
        assert_eq!(store.objects(group, plural).count(), 0, "nothing is stored");
        found.into_iter().map(|Objection { at, why }| format!("{at}: {why:?}")).collect()
    }

    #[test]
    fn what_the_kind_refuses_is_found_at_its_field() {
        let claim = |size: &str| json!({"metadata": {"name": "a"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}});
        assert_eq!(told("persistentvolumeclaims", "default", &claim("1Gi")), Vec::<String>::new());
        assert_eq!(
            told("persistentvolumeclaims", "default", &claim("0")),
            ["spec.resources.requests.storage: Invalid(\"spec.resources[storage]: Invalid value: \\\"0\\\": must be greater than zero\")"]
        );
        assert_eq!(told("persistentvolumeclaims", "nowhere", &claim("1Gi")), [": Invalid(\"namespaces \\\"nowhere\\\" not found\")"]);
        assert_eq!(told("persistentvolumeclaims", "default", &json!({"metadata": {"name": "A"}})).len(), 3);
    }

    #[test]
    fn custom_resources_are_looked_at_by_their_definition() {
        let thing = |spec: Value| json!({"metadata": {"name": "a"}, "spec": spec});
        assert_eq!(told("things", "default", &thing(json!({"size": 1}))), Vec::<String>::new());
        assert_eq!(told("things", "default", &thing(json!({"siez": 1}))), ["spec.siez: UnknownField([\"name\", \"size\"], None)"]);
        let wrong = told("things", "default", &thing(json!({"size": "x"})));
        assert!(wrong.len() == 1 && wrong[0].starts_with("spec.size: Invalid("), "{wrong:?}");
    }

    #[test]
    fn ways_are_read_as_the_server_writes_them() {
        let object = json!({"metadata": {"labels": {"a.b/c": 1, "a": {"b": 2}}}, "spec": {"ports": [{"name": "x"}]}});
        let table = [
            ("metadata.labels[a.b/c]", "metadata.labels[a.b/c]"),
            ("metadata.labels.a.b/c", "metadata.labels[a.b/c]"),
            ("metadata.labels.a.b", "metadata.labels.a.b"),
            ("spec.ports[0].name", "spec.ports[0].name"),
            ("spec.ports[7].name", "spec.ports"),
            ("spec.selector", "spec.selector"),
            ("spec.template.spec", "spec"),
        ];
        for (text, expected) in table {
            assert_eq!(way(&object, text).to_string(), expected, "{text}");
        }
    }
}
