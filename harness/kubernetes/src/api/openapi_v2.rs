//! OpenAPI v2, for clients that do not ask for v3: what v3 says, in one document and in the older words.
//!
//! Modelled: the definitions of all kinds and the patch of each. What v2 has no words for (`nullable`, `oneOf`, `anyOf`, `not`)
//! is left out, as the real server does. Not modelled: definitions and paths in protobuf, which is all that kubectl takes: what it
//! does not find there it does not validate itself, and leaves to the server.

use serde_json::{Map, Value, json};

use super::discovery::RELEASE;
use super::openapi;
use crate::store::Store;

/// Keywords of v3 that v2 does not have.
const NEWER: [&str; 4] = ["nullable", "oneOf", "anyOf", "not"];

/// The form that Go clients ask for.
pub(super) const PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// Whether JSON is taken; without any wish it is.
pub(super) fn takes_json(accept: &str) -> bool {
    let fits = |range: &str| matches!(range.split(';').next().unwrap_or_default().trim(), "application/json" | "application/*" | "*/*");
    accept.trim().is_empty() || accept.split(',').any(fits)
}

/// Whether protobuf is, in either of the words that clients have for it.
pub(super) fn takes_protobuf(accept: &str) -> bool {
    accept
        .split(',')
        .any(|range| range.trim().starts_with("application/com.github.proto-openapi.spec.v2") && range.trim().ends_with("+protobuf"))
}

/// The document in protobuf: version and title, and no definitions.
pub(super) fn protobuf() -> Vec<u8> {
    let text = |number: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap_or(0);
        [&[(number << 3) | 2, length][..], bytes].concat()
    };
    let info = [text(1, b"Kubernetes"), text(2, RELEASE.as_bytes())].concat();
    [text(1, b"2.0"), text(2, &info)].concat()
}

/// The document.
pub(super) fn document(store: &Store) -> Value {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    for (group, version) in openapi::versions(store) {
        let Some(newer) = openapi::document(store, &group, &version) else { continue };
        for (name, schema) in newer["components"]["schemas"].as_object().into_iter().flatten() {
            definitions.insert(name.clone(), older(schema));
        }
        for (path, operations) in newer["paths"].as_object().into_iter().flatten() {
            paths.insert(path.clone(), operations_of(path, operations));
        }
    }
    json!({"swagger": "2.0", "info": {"title": "Kubernetes", "version": RELEASE}, "paths": paths, "definitions": definitions})
}

fn operations_of(path: &str, operations: &Value) -> Value {
    let in_path = |name: &str| json!({"name": name, "in": "path", "required": true, "type": "string"});
    let mut parameters: Vec<Value> =
        ["namespace", "name"].into_iter().filter(|name| path.contains(&format!("{{{name}}}"))).map(in_path).collect();
    let patch = &operations["patch"];
    for parameter in patch["parameters"].as_array().into_iter().flatten() {
        parameters.push(json!({"name": parameter["name"], "in": "query", "type": "string"}));
    }
    parameters.push(json!({"name": "body", "in": "body", "required": true, "schema": {"type": "object"}}));
    let consumes: Vec<&String> = patch["requestBody"]["content"].as_object().into_iter().flatten().map(|(kind, _)| kind).collect();
    json!({"patch": {
        "operationId": patch["operationId"],
        "consumes": consumes,
        "produces": ["application/json"],
        "parameters": parameters,
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": patch["x-kubernetes-group-version-kind"],
    }})
}

/// A schema in the older words.
fn older(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some(reference) = members.get("allOf").and_then(|all| all.pointer("/0/$ref")).and_then(Value::as_str) {
                return json!({"$ref": reference.replace("#/components/schemas/", "#/definitions/")});
            }
            let kept = members.iter().filter(|(key, _)| !NEWER.contains(&key.as_str()));
            Value::Object(
                kept.map(|(key, value)| (key.clone(), if key == "properties" { properties(value) } else { older(value) })).collect(),
            )
        }
        Value::Array(elements) => elements.iter().map(older).collect(),
        scalar => scalar.clone(),
    }
}

/// Properties may be called as keywords are.
fn properties(schemas: &Value) -> Value {
    let members = schemas.as_object().into_iter().flatten();
    Value::Object(members.map(|(name, schema)| (name.clone(), older(schema))).collect())
}
