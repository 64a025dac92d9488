//! `persistentvolumeclaims`: defaults, mirrored data sources, the spec that is immutable once bound.
//!
//! Not modelled: validation of selectors and data sources; volumeAttributesClassName of an unbound claim.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use serde_json::{Value, json};

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{copy, default_to, list, part, put, quantity, text};

/// `persistentvolumeclaims`
pub struct Claims;

const IMMUTABLE: &str = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

impl Strategy for Claims {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<PersistentVolumeClaim>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["spec", "volumeMode"], "Filesystem");
        default_to(object, &["status", "phase"], "Pending");
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({"phase": "Pending"}));
        let (source, reference) = (part(object, "/spec/dataSource").clone(), part(object, "/spec/dataSourceRef").clone());
        if source.is_null() && !reference.is_null() && reference["namespace"].is_null() {
            put(object, &["spec", "dataSource"], reference);
        } else if reference.is_null() && !source.is_null() {
            put(object, &["spec", "dataSourceRef"], source);
        }
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if list(object, "/spec/accessModes").is_empty() {
            errors.push(FieldError::required("spec.accessModes", "at least 1 access mode is required"));
        }
        match part(object, "/spec/resources/requests/storage").as_str() {
            None => errors.push(FieldError::required("spec.resources[storage]", "")),
            Some(size) if quantity(size).is_none_or(|size| size <= 0) => {
                errors.push(FieldError::invalid("spec.resources[storage]", &size.into(), "must be greater than zero"));
            }
            Some(_) => {}
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let bound = text(old, "/status/phase") == "Bound";
        let mut allowed = object.clone();
        if text(old, "/spec/volumeName").is_empty() {
            copy(&mut allowed, old, &["spec", "volumeName"]);
        }
        if bound {
            copy(&mut allowed, old, &["spec", "resources", "requests", "storage"]);
            copy(&mut allowed, old, &["spec", "volumeAttributesClassName"]);
        }
        // A class may be given to a pending claim that has none: the retroactive default class does it.
        if !bound && part(old, "/spec/storageClassName").is_null() {
            copy(&mut allowed, old, &["spec", "storageClassName"]);
        }
        let mut errors = Vec::new();
        if part(&allowed, "/spec") != part(old, "/spec") {
            errors.push(FieldError::forbidden("spec", IMMUTABLE));
        }
        let size = |object: &Value, pointer: &str| quantity(text(object, pointer));
        let (asked, before) = (size(object, "/spec/resources/requests/storage"), size(old, "/spec/resources/requests/storage"));
        let capacity = size(old, "/status/capacity/storage");
        if asked < before && (capacity.is_none() || asked <= capacity) {
            errors.push(FieldError::forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
        }
        errors
    }
}
