//! `persistentvolumes`: defaults, the phase and its transition time, the immutable source.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::PersistentVolume;
use serde_json::{Map, Value, json};

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, list, part, put, quantity, seconds, take};

/// `persistentvolumes`
pub struct Volumes;

/// Members of the spec that are not the volume's source.
const NOT_SOURCE: [&str; 9] = [
    "capacity",
    "accessModes",
    "claimRef",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "mountOptions",
    "volumeMode",
    "nodeAffinity",
    "volumeAttributesClassName",
];

/// Secret references of a CSI source that may be set later.
const LATE_SECRETS: [&str; 2] = ["controllerExpandSecretRef", "nodeExpandSecretRef"];

impl Strategy for Volumes {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<PersistentVolume>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["spec", "persistentVolumeReclaimPolicy"], "Retain");
        default_to(object, &["spec", "volumeMode"], "Filesystem");
        default_to(object, &["status", "phase"], "Pending");
        if !part(object, "/spec/claimRef").is_null() {
            default_to(object, &["spec", "claimRef", "kind"], "PersistentVolumeClaim");
            default_to(object, &["spec", "claimRef", "apiVersion"], "v1");
        }
    }

    fn prepare_create(&self, object: &mut Value, now: Timestamp) {
        put(object, &["status"], json!({"phase": "Pending", "lastPhaseTransitionTime": seconds(now)}));
    }

    fn prepare_status(&self, object: &mut Value, old: &Value, now: Timestamp) {
        let said = part(object, "/status/lastPhaseTransitionTime");
        let unsaid = said.is_null() || said == part(old, "/status/lastPhaseTransitionTime");
        if part(object, "/status/phase") == part(old, "/status/phase") {
            let before = part(old, "/status/lastPhaseTransitionTime").clone();
            if unsaid && !before.is_null() {
                put(object, &["status", "lastPhaseTransitionTime"], before);
            }
        } else if unsaid {
            put(object, &["status", "lastPhaseTransitionTime"], seconds(now));
        }
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if list(object, "/spec/accessModes").is_empty() {
            errors.push(FieldError::required("spec.accessModes", ""));
        }
        match part(object, "/spec/capacity/storage").as_str() {
            None => errors.push(FieldError::required("spec.capacity", "")),
            Some(size) if quantity(size).is_none_or(|size| size <= 0) => {
                errors.push(FieldError::invalid("spec.capacity[storage]", &size.into(), "must be greater than zero"));
            }
            Some(_) => {}
        }
        let sources = source(object).len();
        if sources == 0 {
            errors.push(FieldError::required("spec", "must specify a volume type"));
        } else if sources > 1 {
            errors.push(FieldError::forbidden("spec", "may not specify more than 1 volume type"));
        }
        if let Some(csi) = part(object, "/spec/csi").as_object() {
            for field in ["driver", "volumeHandle"] {
                if csi.get(field).and_then(Value::as_str).is_none_or(str::is_empty) {
                    errors.push(FieldError::required(format!("spec.csi.{field}"), ""));
                }
            }
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if fixed_source(object, old) != fixed_source(old, old) {
            errors.push(FieldError::forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"));
        }
        let affinity = part(old, "/spec/nodeAffinity");
        if !affinity.is_null() && affinity != part(object, "/spec/nodeAffinity") {
            errors.push(FieldError::immutable("spec.nodeAffinity", part(object, "/spec/nodeAffinity")));
        }
        if part(old, "/spec/volumeMode") != part(object, "/spec/volumeMode") {
            errors.push(FieldError::immutable("spec.volumeMode", part(object, "/spec/volumeMode")));
        }
        errors
    }
}

fn source(object: &Value) -> Map<String, Value> {
    let spec = part(object, "/spec").as_object().cloned().unwrap_or_default();
    spec.into_iter().filter(|(field, _)| !NOT_SOURCE.contains(&field.as_str())).collect()
}

/// The source without the secret references that `old` does not have yet.
fn fixed_source(object: &Value, old: &Value) -> Value {
    let mut source = Value::Object(source(object));
    for secret in LATE_SECRETS {
        if old["spec"]["csi"][secret].is_null() {
            take(&mut source, &["csi", secret]);
        }
    }
    source
}
