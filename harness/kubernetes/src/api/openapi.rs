//! OpenAPI v3: what `kubectl explain`, `kubectl apply` and generators of clients read.
//!
//! Modelled: a document for each group and version with the schemas of its kinds, from the table of types or from the
//! definition of a custom resource, merge keys and list types included; the paths of objects with the patch types that
//! they take and `fieldValidation`. Not modelled: descriptions (the table has none), other operations.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::discovery::{RELEASE, of_version};
use crate::schema::{self, Field, Shape, Special, Topology};
use crate::store::{Resource, Store};

/// The list of documents.
pub(super) fn root(store: &Store) -> Value {
    let mut paths = Map::new();
    for (group, version) in versions(store) {
        let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
        paths.insert(path.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{path}")}));
    }
    json!({"paths": paths})
}

/// All groups in all versions that have documents.
pub(super) fn versions(store: &Store) -> BTreeSet<(String, String)> {
    let of = |resource: &Arc<Resource>| -> Vec<(String, String)> {
        resource.versions.iter().map(|version| (resource.name.group.clone(), version.clone())).collect()
    };
    store.resources().flat_map(of).collect()
}

/// The document of a group in a version.
pub(super) fn document(store: &Store, group: &str, version: &str) -> Option<Value> {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut needed = BTreeSet::new();
    for resource in of_version(store, group, version) {
        let root = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
        let inside = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
        paths.insert(format!("{root}{inside}/{}/{{name}}", resource.name.plural), json!({"patch": patch(resource, version)}));
        let (name, mut schema) = kind(resource, version, &mut needed);
        schema["x-kubernetes-group-version-kind"] = json!([{"group": group, "version": version, "kind": resource.kind}]);
        schemas.insert(name, schema);
    }
    add_needed(&mut schemas, needed);
    (!paths.is_empty()).then(|| {
        let info = json!({"title": "Kubernetes", "version": RELEASE});
        json!({"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}})
    })
}

fn patch(resource: &Arc<Resource>, version: &str) -> Value {
    let mut types = vec!["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
    if !resource.custom {
        types.push("application/strategic-merge-patch+json");
    }
    let content: Map<String, Value> = types.into_iter().map(|name| (name.to_owned(), json!({"schema": {"type": "object"}}))).collect();
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    json!({
        "operationId": format!("patch{}", resource.kind),
        "parameters": [query("dryRun"), query("fieldManager"), query("fieldValidation")],
        "requestBody": {"content": content},
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {"group": resource.name.group, "version": version, "kind": resource.kind},
    })
}

/// The name and the schema of a resource's kind; the types that it refers to go to `needed`.
fn kind(resource: &Resource, version: &str, needed: &mut BTreeSet<String>) -> (String, Value) {
    let own = json!({"type": "string"});
    if let Some(name) = schema::kind(&resource.name.group, &resource.kind) {
        let mut schema = object(&name, needed);
        schema["properties"]["apiVersion"] = own.clone();
        schema["properties"]["kind"] = own;
        return (component(&name), schema);
    }
    let reversed: Vec<&str> = resource.name.group.rsplit('.').collect();
    let mut schema = resource.strategy.schema().filter(|schema| schema.is_object()).cloned().unwrap_or_else(|| json!({"type": "object"}));
    schema["properties"]["apiVersion"] = own.clone();
    schema["properties"]["kind"] = own;
    schema["properties"]["metadata"] = reference("meta.ObjectMeta", needed);
    (format!("{}.{version}.{}", reversed.join("."), resource.kind), schema)
}

fn add_needed(schemas: &mut Map<String, Value>, mut needed: BTreeSet<String>) {
    while let Some(name) = needed.pop_first() {
        let component = component(&name);
        if !schemas.contains_key(&component) {
            let schema = object(&name, &mut needed);
            schemas.insert(component, schema);
        }
    }
}

/// `core.PodSpec` as the real server calls it.
fn component(name: &str) -> String {
    match name.split_once('.') {
        Some(("meta", kind)) => format!("io.k8s.apimachinery.pkg.apis.meta.v1.{kind}"),
        Some(("apiextensions", kind)) => format!("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.{kind}"),
        Some(("autoscaling", kind)) if !kind.starts_with("Scale") => format!("io.k8s.api.autoscaling.v2.{kind}"),
        Some((group, kind)) => format!("io.k8s.api.{group}.v1.{kind}"),
        None => name.to_owned(),
    }
}

fn reference(name: &str, needed: &mut BTreeSet<String>) -> Value {
    needed.insert(name.to_owned());
    json!({"allOf": [{"$ref": format!("#/components/schemas/{}", component(name))}], "default": {}})
}

/// The schema of a type in the table.
fn object(name: &str, needed: &mut BTreeSet<String>) -> Value {
    let mut properties = Map::new();
    let mut required: Vec<Value> = Vec::new();
    add_fields(name, &mut properties, &mut required, needed);
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    if schema::of(name).is_some_and(|of| of.atomic) {
        schema["x-kubernetes-map-type"] = "atomic".into();
    }
    schema
}

fn add_fields(name: &str, properties: &mut Map<String, Value>, required: &mut Vec<Value>, needed: &mut BTreeSet<String>) {
    for field in schema::of(name).map_or(&[][..], |of| &of.fields) {
        match &field.shape {
            Shape::Object(inner) if field.name.is_empty() => add_fields(inner, properties, required, needed),
            shape => {
                properties.insert(field.name.clone(), property(field, shape, needed));
                if field.required {
                    required.push(field.name.as_str().into());
                }
            }
        }
    }
}

fn property(field: &Field, shape: &Shape, needed: &mut BTreeSet<String>) -> Value {
    let mut property = value(shape, needed);
    let list = matches!(shape, Shape::List(_));
    match &field.topology {
        Topology::Keyed(keys) => {
            property["x-kubernetes-list-type"] = "map".into();
            property["x-kubernetes-list-map-keys"] = keys.iter().map(|(key, _)| key.as_str()).collect::<Vec<&str>>().into();
        }
        Topology::Set => property["x-kubernetes-list-type"] = "set".into(),
        Topology::Atomic => property["x-kubernetes-map-type"] = "atomic".into(),
        Topology::Granular => property["x-kubernetes-map-type"] = "granular".into(),
        Topology::Unsaid if list => property["x-kubernetes-list-type"] = "atomic".into(),
        Topology::Unsaid => {}
    }
    let key = field.patch.split_once("key(").map(|(_, key)| key.trim_end_matches(')'));
    let merges = key.is_some() || field.patch == "set";
    let words = [(field.patch.contains("retain"), "retainKeys"), (merges, "merge"), (field.patch == "replace", "replace")];
    let words: Vec<&str> = words.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
    if !words.is_empty() {
        property["x-kubernetes-patch-strategy"] = words.join(",").into();
    }
    if let Some(key) = key {
        property["x-kubernetes-patch-merge-key"] = key.into();
    }
    property
}

fn value(shape: &Shape, needed: &mut BTreeSet<String>) -> Value {
    match shape {
        Shape::Text | Shape::Special(Special::Quantity) => json!({"type": "string"}),
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Int => json!({"type": "integer", "format": "int32"}),
        Shape::Long => json!({"type": "integer", "format": "int64"}),
        Shape::Float => json!({"type": "number", "format": "double"}),
        Shape::Bytes => json!({"type": "string", "format": "byte"}),
        Shape::Object(name) => reference(name, needed),
        Shape::List(element) => json!({"type": "array", "items": value(element, needed)}),
        Shape::Map(element) => json!({"type": "object", "additionalProperties": value(element, needed)}),
        Shape::Special(Special::Time | Special::MicroTime) => json!({"type": "string", "format": "date-time"}),
        Shape::Special(Special::IntOrString) => json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]}),
        Shape::Special(Special::Strings) => json!({"type": "array", "items": {"type": "string"}}),
        Shape::Special(Special::FieldsV1 | Special::RawExtension) => json!({"type": "object"}),
        Shape::Special(_) => json!({}),
    }
}
