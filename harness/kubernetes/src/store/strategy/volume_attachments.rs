//! `volumeattachments`: an immutable spec and a status that only `/status` writes.

use jiff::Timestamp;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use serde_json::{Value, json};

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, part, put, text};

/// `volumeattachments`
pub struct VolumeAttachments;

impl Strategy for VolumeAttachments {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<VolumeAttachment>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["status", "attached"], false);
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({"attached": false}));
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (pointer, field) in [("/spec/attacher", "spec.attacher"), ("/spec/nodeName", "spec.nodeName")] {
            if text(object, pointer).is_empty() {
                errors.push(FieldError::required(field, ""));
            }
        }
        let named = !text(object, "/spec/source/persistentVolumeName").is_empty();
        let inline = !part(object, "/spec/source/inlineVolumeSpec").is_null();
        if named == inline {
            let detail = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
            errors.push(FieldError::required("spec.source", detail));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        if object["spec"] == old["spec"] { Vec::new() } else { vec![FieldError::immutable("spec", &object["spec"])] }
    }
}
