//! `namespaces`: phase, the `kubernetes` finalizer of the spec, the label with the name.
//!
//! Deletion (phase Terminating, `/finalize`) is in the store's deletion; content is removed by a control loop.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use serde_json::{Value, json};

use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use crate::store::value::{put, text};

/// `namespaces`
pub struct Namespaces;

impl Strategy for Namespaces {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Namespace>(object)
    }

    fn default(&self, object: &mut Value) {
        let name = text(object, "/metadata/name").to_owned();
        if !name.is_empty() {
            put(object, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
        }
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({"phase": "Active"}));
        put(object, &["spec", "finalizers"], json!(["kubernetes"]));
    }

    fn prepare_update(&self, object: &mut Value, old: &Value) {
        put(object, &["spec"], old["spec"].clone());
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&["metadata.name", "status.phase"])
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        dotted(object, field)
    }
}
