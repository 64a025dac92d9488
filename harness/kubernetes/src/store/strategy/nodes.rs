//! `nodes`: a status sent at creation is kept; the main resource never changes it later.
//!
//! Not modelled: validation of taints, capacity and addresses.

use k8s_openapi::api::core::v1::Node;
use serde_json::Value;

use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use crate::store::status::FieldError;
use crate::store::value::part;

/// `nodes`
pub struct Nodes;

impl Strategy for Nodes {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Node>(object)
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let before = part(old, "/spec/providerID");
        let after = part(object, "/spec/providerID");
        if !before.is_null() && before != "" && before != after {
            return vec![FieldError::forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid")];
        }
        Vec::new()
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&["metadata.name", "spec.unschedulable"])
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        Some(dotted(object, field).unwrap_or_else(|| "false".to_owned()))
    }
}
