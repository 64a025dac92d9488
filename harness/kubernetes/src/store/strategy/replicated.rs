//! `replicasets` and `deployments`: defaults, and what they must say.
//!
//! Not modelled: validation of surge and unavailability beyond their defaults.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use serde_json::{Value, json};

use super::pod_spec::default_pod_spec;
use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, part, put};

/// `replicasets`
pub struct ReplicaSets;

/// `deployments`
pub struct Deployments;

fn default_common(object: &mut Value) -> bool {
    if part(object, "/spec").is_null() {
        return false;
    }
    default_to(object, &["spec", "replicas"], 1);
    default_pod_spec(object, &["spec", "template", "spec"]);
    true
}

fn validate_common(object: &Value) -> Vec<FieldError> {
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

fn selector_is_kept(object: &Value, old: &Value) -> Vec<FieldError> {
    let (after, before) = (part(object, "/spec/selector"), part(old, "/spec/selector"));
    if after == before { Vec::new() } else { vec![FieldError::immutable("spec.selector", after)] }
}

impl Strategy for ReplicaSets {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<ReplicaSet>(object)
    }

    fn default(&self, object: &mut Value) {
        default_common(object);
        default_to(object, &["status", "replicas"], 0);
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({"replicas": 0}));
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        validate_common(object)
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        selector_is_kept(object, old)
    }
}

impl Strategy for Deployments {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Deployment>(object)
    }

    fn default(&self, object: &mut Value) {
        if !default_common(object) {
            return;
        }
        default_to(object, &["spec", "revisionHistoryLimit"], 10);
        default_to(object, &["spec", "progressDeadlineSeconds"], 600);
        default_to(object, &["spec", "strategy", "type"], "RollingUpdate");
        if part(object, "/spec/strategy/type") == "RollingUpdate" {
            for field in ["maxSurge", "maxUnavailable"] {
                default_to(object, &["spec", "strategy", "rollingUpdate", field], "25%");
            }
        }
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        put(object, &["status"], json!({}));
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = validate_common(object);
        let strategy = part(object, "/spec/strategy/type");
        if !strategy.is_null() && strategy != "RollingUpdate" && strategy != "Recreate" {
            errors.push(FieldError::not_supported("spec.strategy.type", strategy, &["Recreate", "RollingUpdate"]));
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        selector_is_kept(object, old)
    }
}
