//! `jobs`, `cronjobs`, `daemonsets` and `replicationcontrollers`.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::ReplicationController;
use serde_json::{Value, json};

use super::Stored;
use crate::store::status::FieldError;
use crate::store::strategy::pod_spec::default_pod_spec;
use crate::store::value::{default_to, part, put, text};

/// `jobs`
pub fn jobs() -> Stored<Job> {
    Stored {
        default: default_job,
        create: own_selector,
        validate: validate_job,
        immutable: &[&["spec", "selector"], &["spec", "template"], &["spec", "completions"], &["spec", "completionMode"]],
        ..Stored::default()
    }
}

/// `cronjobs`
pub fn cron_jobs() -> Stored<CronJob> {
    Stored {
        default: default_cron_job,
        create: |object| put(object, &["status"], json!({})),
        validate: validate_cron_job,
        ..Stored::default()
    }
}

/// `daemonsets`
pub fn daemon_sets() -> Stored<DaemonSet> {
    Stored {
        default: default_daemon_set,
        create: |object| {
            let none = ["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"];
            none.iter().for_each(|count| put(object, &["status", count], 0));
        },
        immutable: &[&["spec", "selector"]],
        ..Stored::default()
    }
}

/// `replicationcontrollers`
pub fn replication_controllers() -> Stored<ReplicationController> {
    Stored {
        default: |object| {
            default_to(object, &["spec", "replicas"], 1);
            let labels = part(object, "/spec/template/metadata/labels").clone();
            if labels.is_object() {
                default_to(object, &["spec", "selector"], labels);
            }
            default_pod_spec(object, &["spec", "template", "spec"]);
        },
        create: |object| put(object, &["status"], json!({"replicas": 0})),
        ..Stored::default()
    }
}

fn default_job(job: &mut Value) {
    if part(job, "/spec/completions").is_null() && part(job, "/spec/parallelism").is_null() {
        put(job, &["spec", "completions"], 1);
    }
    let per_index = !part(job, "/spec/backoffLimitPerIndex").is_null();
    let replacement = if part(job, "/spec/podFailurePolicy").is_null() { "TerminatingOrFailed" } else { "Failed" };
    for (field, value) in [
        ("parallelism", json!(1)),
        ("backoffLimit", json!(if per_index { i32::MAX } else { 6 })),
        ("completionMode", json!("NonIndexed")),
        ("suspend", json!(false)),
        ("podReplacementPolicy", json!(replacement)),
        ("manualSelector", json!(false)),
    ] {
        default_to(job, &["spec", field], value);
    }
    let labels = part(job, "/spec/template/metadata/labels").clone();
    if labels.is_object() && part(job, "/metadata/labels").as_object().is_none_or(serde_json::Map::is_empty) {
        put(job, &["metadata", "labels"], labels);
    }
    default_pod_spec(job, &["spec", "template", "spec"]);
}

/// The pods of a job are told from others by its uid, unless the client sees to that itself.
fn own_selector(job: &mut Value) {
    put(job, &["status"], json!({}));
    if part(job, "/spec/manualSelector") == true {
        return;
    }
    let (name, uid) = (text(job, "/metadata/name").to_owned(), text(job, "/metadata/uid").to_owned());
    for (label, value) in [
        ("batch.kubernetes.io/job-name", &name),
        ("job-name", &name),
        ("batch.kubernetes.io/controller-uid", &uid),
        ("controller-uid", &uid),
    ] {
        default_to(job, &["spec", "template", "metadata", "labels", label], value.as_str());
    }
    default_to(job, &["spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"], uid);
}

fn validate_job(job: &Value) -> Vec<FieldError> {
    validate_restart_policy(job, "/spec/template/spec", "spec.template.spec.restartPolicy")
}

/// A job's pods end, so they may not always be started anew; the real default is the one that is refused.
fn validate_restart_policy(object: &Value, spec: &str, field: &str) -> Vec<FieldError> {
    let policy = part(object, &format!("{spec}/restartPolicy"));
    match policy.as_str() {
        Some("Never" | "OnFailure") => Vec::new(),
        None | Some("Always") => vec![FieldError::required(field, "valid values: \"OnFailure\", \"Never\"")],
        Some(_) => vec![FieldError::not_supported(field, policy, &["OnFailure", "Never"])],
    }
}

fn default_cron_job(cron: &mut Value) {
    for (field, value) in [
        ("concurrencyPolicy", json!("Allow")),
        ("suspend", json!(false)),
        ("successfulJobsHistoryLimit", json!(3)),
        ("failedJobsHistoryLimit", json!(1)),
    ] {
        default_to(cron, &["spec", field], value);
    }
    default_pod_spec(cron, &["spec", "jobTemplate", "spec", "template", "spec"]);
}

fn validate_cron_job(cron: &Value) -> Vec<FieldError> {
    let mut errors =
        validate_restart_policy(cron, "/spec/jobTemplate/spec/template/spec", "spec.jobTemplate.spec.template.spec.restartPolicy");
    if text(cron, "/spec/schedule").is_empty() {
        errors.insert(0, FieldError::required("spec.schedule", ""));
    }
    errors
}

fn default_daemon_set(set: &mut Value) {
    default_to(set, &["spec", "updateStrategy", "type"], "RollingUpdate");
    if part(set, "/spec/updateStrategy/type") == "RollingUpdate" {
        default_to(set, &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"], 1);
        default_to(set, &["spec", "updateStrategy", "rollingUpdate", "maxSurge"], 0);
    }
    default_to(set, &["spec", "revisionHistoryLimit"], 10);
    default_pod_spec(set, &["spec", "template", "spec"]);
}
