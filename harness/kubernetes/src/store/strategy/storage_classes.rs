//! `storageclasses`: defaults, and the fields that never change.

use k8s_openapi::api::storage::v1::StorageClass;
use serde_json::Value;

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, text};

/// `storageclasses`
pub struct StorageClasses;

impl Strategy for StorageClasses {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<StorageClass>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["reclaimPolicy"], "Delete");
        default_to(object, &["volumeBindingMode"], "Immediate");
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if text(object, "/provisioner").is_empty() {
            errors.push(FieldError::required("provisioner", ""));
        }
        if !["Delete", "Retain"].contains(&text(object, "/reclaimPolicy")) {
            errors.push(FieldError::not_supported("reclaimPolicy", &object["reclaimPolicy"], &["Delete", "Retain"]));
        }
        if !["Immediate", "WaitForFirstConsumer"].contains(&text(object, "/volumeBindingMode")) {
            errors.push(FieldError::not_supported(
                "volumeBindingMode",
                &object["volumeBindingMode"],
                &["Immediate", "WaitForFirstConsumer"],
            ));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for field in ["parameters", "provisioner", "reclaimPolicy"] {
            if object[field] != old[field] {
                errors.push(FieldError::forbidden(field, &format!("updates to {field} are forbidden.")));
            }
        }
        if object["volumeBindingMode"] != old["volumeBindingMode"] {
            errors.push(FieldError::immutable("volumeBindingMode", &object["volumeBindingMode"]));
        }
        errors
    }
}
