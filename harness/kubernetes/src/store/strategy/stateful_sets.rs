//! `statefulsets`: defaults, and the few fields that may change.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::{Value, json};

use super::pod_spec::default_pod_spec;
use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{copy, default_to, for_each, part, put};

/// `statefulsets`
pub struct StatefulSets;

const CHANGEABLE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

const IMMUTABLE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

impl Strategy for StatefulSets {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<StatefulSet>(object)
    }

    fn default(&self, object: &mut Value) {
        if part(object, "/spec").is_null() {
            return;
        }
        default_to(object, &["spec", "replicas"], 1);
        default_to(object, &["spec", "podManagementPolicy"], "OrderedReady");
        default_to(object, &["spec", "revisionHistoryLimit"], 10);
        default_to(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
        if part(object, "/spec/updateStrategy/type") == "RollingUpdate" {
            default_to(object, &["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
        }
        for field in ["whenDeleted", "whenScaled"] {
            default_to(object, &["spec", "persistentVolumeClaimRetentionPolicy", field], "Retain");
        }
        default_pod_spec(object, &["spec", "template", "spec"]);
        for_each(object, &["spec", "volumeClaimTemplates"], |template| {
            default_to(template, &["apiVersion"], "v1");
            default_to(template, &["kind"], "PersistentVolumeClaim");
            default_to(template, &["spec", "volumeMode"], "Filesystem");
            default_to(template, &["status", "phase"], "Pending");
        });
        default_to(object, &["status", "replicas"], 0);
        default_to(object, &["status", "availableReplicas"], 0);
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({"replicas": 0, "availableReplicas": 0}));
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let (selector, labels) = (part(object, "/spec/selector/matchLabels"), part(object, "/spec/template/metadata/labels"));
        let mut wanted = selector.as_object().into_iter().flatten();
        if part(object, "/spec/selector").is_null() {
            errors.push(FieldError::required("spec.selector", ""));
        } else if wanted.any(|(key, value)| labels.get(key) != Some(value)) {
            errors.push(FieldError::invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
        }
        if part(object, "/spec/replicas").as_i64().is_some_and(|replicas| replicas < 0) {
            errors.push(FieldError::invalid("spec.replicas", part(object, "/spec/replicas"), "must be greater than or equal to 0"));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut allowed = object.clone();
        for field in CHANGEABLE {
            copy(&mut allowed, old, &["spec", field]);
        }
        if allowed["spec"] == old["spec"] { Vec::new() } else { vec![FieldError::forbidden("spec", IMMUTABLE)] }
    }
}
