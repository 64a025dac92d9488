//! `customresourcedefinitions`: defaults, validation, and the resource that a definition declares.
//!
//! Not modelled: conversion webhooks, clashes of names between definitions. Columns of tables are those of the storage
//! version.

use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Value, json};

use super::{CustomResources, Decoded, Strategy, typed};
use crate::store::resource::{Resource, ResourceName, StatusRule};
use crate::store::status::FieldError;
use crate::store::value::{default_to, list, part, put, text};

/// `customresourcedefinitions`
pub struct CustomResourceDefinitions;

impl Strategy for CustomResourceDefinitions {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<CustomResourceDefinition>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["spec", "conversion", "strategy"], "None");
        let kind = text(object, "/spec/names/kind").to_owned();
        default_to(object, &["spec", "names", "singular"], kind.to_lowercase());
        default_to(object, &["spec", "names", "listKind"], format!("{kind}List"));
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        let storage = list(object, "/spec/versions").iter().filter(|version| version["storage"] == true);
        let stored: Vec<Value> = storage.map(|version| version["name"].clone()).collect();
        put(object, &["status"], json!({"conditions": [], "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored}));
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let name = text(object, "/metadata/name");
        let wanted = format!("{}.{}", text(object, "/spec/names/plural"), text(object, "/spec/group"));
        if name != wanted {
            let detail = format!("must be spec.names.plural+\".\"+spec.group: expected \"{wanted}\"");
            errors.push(FieldError::invalid("metadata.name", &name.into(), &detail));
        }
        for (pointer, field) in
            [("/spec/group", "spec.group"), ("/spec/names/kind", "spec.names.kind"), ("/spec/names/plural", "spec.names.plural")]
        {
            if text(object, pointer).is_empty() {
                errors.push(FieldError::required(field, ""));
            }
        }
        if !["Namespaced", "Cluster"].contains(&text(object, "/spec/scope")) {
            errors.push(FieldError::not_supported("spec.scope", part(object, "/spec/scope"), &["Cluster", "Namespaced"]));
        }
        let stored = list(object, "/spec/versions").iter().filter(|version| version["storage"] == true).count();
        if stored != 1 {
            errors.push(FieldError::invalid(
                "spec.versions",
                part(object, "/spec/versions"),
                "must have exactly one version marked as storage version",
            ));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for field in ["group", "scope"] {
            if object["spec"][field] != old["spec"][field] {
                errors.push(FieldError::immutable(format!("spec.{field}"), &object["spec"][field]));
            }
        }
        errors
    }
}

/// The resource that a definition declares.
pub fn resource_of(definition: &Value) -> Resource {
    let names = part(definition, "/spec/names");
    let versions = list(definition, "/spec/versions");
    let stored = versions.iter().find(|version| version["storage"] == true).unwrap_or(&Value::Null);
    let mut served: Vec<&Value> = versions.iter().filter(|version| version["served"] == true).collect();
    served.sort_by_key(|version| std::cmp::Reverse(rank(text(version, "/name"))));
    let fields = list(stored, "/selectableFields").iter().map(|field| text(field, "/jsonPath").trim_start_matches('.').to_owned());
    let has_status = !part(stored, "/subresources/status").is_null();
    let mut columns = list(stored, "/additionalPrinterColumns").to_vec();
    if columns.is_empty() {
        columns.push(json!({"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}));
    }
    let strategy = CustomResources { schema: part(stored, "/schema/openAPIV3Schema").clone(), fields: fields.collect(), columns };
    let texts = |pointer: &str| list(names, pointer).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Resource {
        name: ResourceName::new(text(definition, "/spec/group"), text(names, "/plural")),
        versions: served.iter().map(|version| text(version, "/name").to_owned()).collect(),
        kind: text(names, "/kind").to_owned(),
        list_kind: text(names, "/listKind").to_owned(),
        singular: text(names, "/singular").to_owned(),
        short_names: texts("/shortNames"),
        categories: texts("/categories"),
        namespaced: text(definition, "/spec/scope") == "Namespaced",
        status: if has_status { StatusRule::ResetsMetadata } else { StatusRule::None },
        drops_status_on_create: has_status,
        generation: true,
        returns_deleted: false,
        unconditional_update: false,
        create_on_update: false,
        scale: false,
        custom: true,
        established: None,
        strategy: Arc::new(strategy),
    }
}

/// The rank of a version: stable above beta above alpha, higher numbers above lower ones, other names last.
fn rank(version: &str) -> (u8, u64, u64) {
    let Some(rest) = version.strip_prefix('v') else { return (0, 0, 0) };
    let split = |rest: &str, word: &str| rest.split_once(word).and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    if let Ok(major) = rest.parse() {
        (3, major, 0)
    } else if let Some((major, minor)) = split(rest, "beta") {
        (2, major, minor)
    } else if let Some((major, minor)) = split(rest, "alpha") {
        (1, major, minor)
    } else {
        (0, 0, 0)
    }
}
