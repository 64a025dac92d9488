//! `horizontalpodautoscalers`, `limitranges`, `priorityclasses`; `resourcequotas` and `runtimeclasses` have no defaults.

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::LimitRange;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use serde_json::{Map, Value, json};

use super::Stored;
use crate::store::status::FieldError;
use crate::store::value::{default_to, for_each, list, part, put};

/// `horizontalpodautoscalers`
pub fn autoscalers() -> Stored<HorizontalPodAutoscaler> {
    Stored {
        default: default_autoscaler,
        create: |object| put(object, &["status"], json!({"desiredReplicas": 0, "currentMetrics": null})),
        validate: validate_autoscaler,
        ..Stored::default()
    }
}

/// `limitranges`
pub fn limit_ranges() -> Stored<LimitRange> {
    Stored { default: |object| for_each(object, &["spec", "limits"], default_limit), ..Stored::default() }
}

/// `priorityclasses`
pub fn priority_classes() -> Stored<PriorityClass> {
    Stored {
        default: |object| {
            default_to(object, &["value"], 0);
            default_to(object, &["preemptionPolicy"], "PreemptLowerPriority");
        },
        immutable: &[&["value"], &["preemptionPolicy"]],
        ..Stored::default()
    }
}

fn default_autoscaler(scaler: &mut Value) {
    default_to(scaler, &["spec", "minReplicas"], 1);
    if list(scaler, "/spec/metrics").is_empty() {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        put(scaler, &["spec", "metrics"], json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]));
    }
    if part(scaler, "/spec/behavior").is_null() {
        return;
    }
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    default_to(scaler, &["spec", "behavior", "scaleUp", "stabilizationWindowSeconds"], 0);
    let up = json!([{"type": "Pods", "value": 4, "periodSeconds": 15}, percent]);
    for (direction, policies) in [("scaleUp", up), ("scaleDown", json!([percent]))] {
        default_to(scaler, &["spec", "behavior", direction, "selectPolicy"], "Max");
        default_to(scaler, &["spec", "behavior", direction, "policies"], policies);
    }
}

fn validate_autoscaler(scaler: &Value) -> Vec<FieldError> {
    let (least, most) = (part(scaler, "/spec/minReplicas").as_i64().unwrap_or(1), part(scaler, "/spec/maxReplicas"));
    let mut errors = Vec::new();
    if most.as_i64().unwrap_or(0) < 1 {
        errors.push(FieldError::invalid("spec.maxReplicas", most, "must be greater than 0"));
    }
    if most.as_i64().unwrap_or(0) < least {
        errors.push(FieldError::invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
    }
    errors
}

/// For containers a missing limit is the maximum, a missing request the limit or the minimum.
fn default_limit(limit: &mut Value) {
    if limit["type"] != "Container" {
        return;
    }
    let of = |limit: &Value, field: &str| limit[field].as_object().cloned().unwrap_or_default();
    let (mut limits, mut requests) = (of(limit, "default"), of(limit, "defaultRequest"));
    let fill = |into: &mut Map<String, Value>, from: &Map<String, Value>| {
        for (resource, amount) in from {
            into.entry(resource.clone()).or_insert_with(|| amount.clone());
        }
    };
    fill(&mut limits, &of(limit, "max"));
    fill(&mut requests, &limits);
    fill(&mut requests, &of(limit, "min"));
    for (field, filled) in [("default", limits), ("defaultRequest", requests)] {
        if !filled.is_empty() {
            limit[field] = filled.into();
        }
    }
}
