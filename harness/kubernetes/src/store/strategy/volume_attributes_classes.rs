//! `volumeattributesclasses`: a driver's name and parameters, neither of which ever changes.

use k8s_openapi::api::storage::v1::VolumeAttributesClass;
use serde_json::Value;

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{part, text};

/// `volumeattributesclasses`
pub struct VolumeAttributesClasses;

impl Strategy for VolumeAttributesClasses {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<VolumeAttributesClass>(object)
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if text(object, "/driverName").is_empty() {
            errors.push(FieldError::required("driverName", ""));
        }
        if part(object, "/parameters").as_object().is_none_or(serde_json::Map::is_empty) {
            errors.push(FieldError::required("parameters", "must contain at least one key/value pair"));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let changed = ["driverName", "parameters"].into_iter().filter(|field| object[*field] != old[*field]);
        changed.map(|field| FieldError::forbidden(field, &format!("updates to {field} are forbidden."))).collect()
    }
}
