//! Objects of kinds that a CustomResourceDefinition declares.
//!
//! Versions differ in their `apiVersion` only: conversion `None`. The schema of the storage version is applied to all.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value};

use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use super::{pruning, rules, schema};
use crate::store::status::FieldError;

/// Custom resources of one definition.
pub struct CustomResources {
    /// The structural schema; null keeps everything.
    pub schema: Value,
    /// Declared selectable fields, dotted, without the leading dot.
    pub fields: Vec<String>,
    /// Columns of tables, as declared.
    pub columns: Vec<Value>,
}

impl CustomResources {
    /// The object without what the schema does not speak of.
    fn body(object: &Value) -> Value {
        let own = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata");
        let members = object.as_object().into_iter().flatten().filter(|(key, _)| !own(key));
        Value::Object(members.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Strategy for CustomResources {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        let mut body = Self::body(object);
        if !self.schema.is_null() {
            pruning::prune(&self.schema, &mut body);
            pruning::prune_nulls(&self.schema, &mut body);
        }
        let metadata = object.get("metadata").cloned().unwrap_or_else(|| Value::Object(Map::new()));
        body["metadata"] = typed::<ObjectMeta>(&metadata)?.into_owned();
        for key in ["apiVersion", "kind"] {
            body[key] = object[key].clone();
        }
        Ok(Cow::Owned(body))
    }

    fn default(&self, object: &mut Value) {
        pruning::default(&self.schema, object);
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        schema::validate(&self.schema, &Self::body(object), "", &mut errors);
        // What has another shape is not judged by rules.
        if errors.is_empty() {
            errors = rules::check(&self.schema, &Self::body(object));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        rules::check_change(&self.schema, &Self::body(object), &Self::body(old))
    }

    fn schema(&self) -> Option<&Value> {
        Some(&self.schema)
    }

    fn columns(&self) -> Option<&[Value]> {
        Some(&self.columns)
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Custom(&self.fields)
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        dotted(object, field)
    }
}
