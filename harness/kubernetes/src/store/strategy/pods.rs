//! `pods`: defaults, quality of service, the few fields that may change.
//!
//! Not modelled: service account tokens, priority classes, resize, ephemeral containers, most validation.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::pod_spec::default_pod_spec;
use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use crate::store::status::FieldError;
use crate::store::value::{copy, default_to, list, part, put, text};

/// `pods`
pub struct Pods;

const FIELDS: [&str; 11] = [
    "metadata.name",
    "metadata.namespace",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];

const IMMUTABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

impl Strategy for Pods {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Pod>(object)
    }

    fn default(&self, object: &mut Value) {
        default_pod_spec(object, &["spec"]);
        default_to(object, &["spec", "enableServiceLinks"], true);
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        let quality = quality_of_service(object);
        put(object, &["status"], json!({"phase": "Pending", "qosClass": quality}));
        default_to(object, &["spec", "preemptionPolicy"], "PreemptLowerPriority");
        default_to(object, &["spec", "priority"], 0);
        default_to(object, &["spec", "serviceAccountName"], "default");
        let account = part(object, "/spec/serviceAccountName").clone();
        default_to(object, &["spec", "serviceAccount"], account);
    }

    fn prepare_status(&self, object: &mut Value, old: &Value, _now: Timestamp) {
        copy(object, old, &["metadata", "ownerReferences"]);
        let quality = part(old, "/status/qosClass").clone();
        if !quality.is_null() {
            put(object, &["status", "qosClass"], quality);
        }
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if list(object, "/spec/containers").is_empty() {
            errors.push(FieldError::required("spec.containers", ""));
        }
        for (index, container) in list(object, "/spec/containers").iter().enumerate() {
            for field in ["name", "image"] {
                if text(container, &format!("/{field}")).is_empty() {
                    errors.push(FieldError::required(format!("spec.containers[{index}].{field}"), ""));
                }
            }
            for (mount_index, mount) in list(container, "/volumeMounts").iter().enumerate() {
                let known = list(object, "/spec/volumes").iter().any(|volume| volume["name"] == mount["name"]);
                if !known {
                    let field = format!("spec.containers[{index}].volumeMounts[{mount_index}].name");
                    errors.push(FieldError::invalid(field, &mount["name"], "Not found"));
                }
            }
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut allowed = object.clone();
        for containers in ["containers", "initContainers"] {
            let before = list(old, &format!("/spec/{containers}")).to_vec();
            if let Some(Value::Array(after)) = allowed.pointer_mut(&format!("/spec/{containers}")) {
                for (container, before) in after.iter_mut().zip(&before) {
                    copy(container, before, &["image"]);
                }
            }
        }
        copy(&mut allowed, old, &["spec", "activeDeadlineSeconds"]);
        let kept = |toleration: &Value| list(object, "/spec/tolerations").contains(toleration);
        if list(old, "/spec/tolerations").iter().all(kept) {
            copy(&mut allowed, old, &["spec", "tolerations"]);
        }
        if part(&allowed, "/spec") == part(old, "/spec") { Vec::new() } else { vec![FieldError::forbidden("spec", IMMUTABLE)] }
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&FIELDS)
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        match field {
            "spec.hostNetwork" => Some(dotted(object, field).unwrap_or_else(|| "false".to_owned())),
            "status.podIPs" => Some(text(object, "/status/podIP").to_owned()),
            field => dotted(object, field),
        }
    }
}

fn quality_of_service(object: &Value) -> &'static str {
    let containers = list(object, "/spec/containers");
    let names = ["cpu", "memory"];
    let any = containers.iter().any(|container| {
        let said = |pointer: &str| names.iter().any(|name| !part(container, &format!("/resources/{pointer}/{name}")).is_null());
        said("requests") || said("limits")
    });
    let all = containers.iter().all(|container| {
        names.iter().all(|name| {
            let limit = part(container, &format!("/resources/limits/{name}"));
            !limit.is_null() && limit == part(container, &format!("/resources/requests/{name}"))
        })
    });
    match (any, all) {
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
        (false, _) => "BestEffort",
    }
}
