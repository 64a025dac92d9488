//! Kinds with little of their own: config maps, secrets, service accounts, events, leases, controller revisions.
//!
//! Not modelled: the tokens of service accounts, the one-hour life of events, `events.k8s.io`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::apps::v1::ControllerRevision;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Secret, ServiceAccount};
use serde_json::{Map, Value};

use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, part, put, take};

/// Nothing of its own.
pub struct Plain;

impl Strategy for Plain {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        Ok(Cow::Borrowed(object))
    }
}

/// `configmaps`
pub struct ConfigMaps;

impl Strategy for ConfigMaps {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<ConfigMap>(object)
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        immutable_data(object, old)
    }
}

/// `secrets`
pub struct Secrets;

impl Strategy for Secrets {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Secret>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["type"], "Opaque");
        if let Some(Value::Object(texts)) = take(object, &["stringData"]) {
            let mut data: Map<String, Value> = part(object, "/data").as_object().cloned().unwrap_or_default();
            data.extend(texts.into_iter().map(|(key, text)| (key, STANDARD.encode(text.as_str().unwrap_or_default()).into())));
            put(object, &["data"], data);
        }
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = immutable_data(object, old);
        if object["type"] != old["type"] {
            errors.push(FieldError::immutable("type", &object["type"]));
        }
        errors
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&["metadata.name", "metadata.namespace", "type"])
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        dotted(object, field)
    }
}

fn immutable_data(object: &Value, old: &Value) -> Vec<FieldError> {
    if old["immutable"] != true {
        return Vec::new();
    }
    let mut errors = Vec::new();
    if object["immutable"] != true {
        errors.push(FieldError::forbidden("immutable", "field is immutable when `immutable` is set"));
    }
    for field in ["data", "binaryData"] {
        if object[field] != old[field] {
            errors.push(FieldError::forbidden(field, "field is immutable when `immutable` is set"));
        }
    }
    errors
}

/// `serviceaccounts`
pub struct ServiceAccounts;

impl Strategy for ServiceAccounts {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<ServiceAccount>(object)
    }
}

/// `events` of the core group
pub struct Events;

const EVENT_FIELDS: [&str; 13] = [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
    "metadata.namespace",
    "metadata.name",
];

impl Strategy for Events {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Event>(object)
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let namespace = &object["metadata"]["namespace"];
        let involved = part(object, "/involvedObject/namespace");
        let fits = if involved.is_null() { namespace == "default" || namespace == "kube-system" } else { involved == namespace };
        if fits {
            Vec::new()
        } else {
            vec![FieldError::invalid(
                "involvedObject.namespace",
                &involved.as_str().unwrap_or_default().into(),
                "does not match event.namespace",
            )]
        }
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&EVENT_FIELDS)
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        let source = || dotted(object, "source.component").filter(|source| !source.is_empty());
        match field {
            "source" => source().or_else(|| dotted(object, "reportingComponent")),
            field => dotted(object, field),
        }
    }
}

/// `leases`
pub struct Leases;

impl Strategy for Leases {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Lease>(object)
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let duration = part(object, "/spec/leaseDurationSeconds");
        let wrong = duration.as_i64().is_some_and(|seconds| seconds <= 0);
        if wrong { vec![FieldError::invalid("spec.leaseDurationSeconds", duration, "must be greater than 0")] } else { Vec::new() }
    }
}

/// `controllerrevisions`
pub struct ControllerRevisions;

impl Strategy for ControllerRevisions {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<ControllerRevision>(object)
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        if object["data"] == old["data"] { Vec::new() } else { vec![FieldError::immutable("data", &object["data"])] }
    }
}
