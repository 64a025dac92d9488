//! Options of lists, watches, deletions and writes, with the real server's refusals.

use serde_json::{Value, json};

use super::query::Query;
use crate::store::{DeleteOptions, FieldError, FieldValidation, ListQuery, Resource, Selection, Status, VersionMatch, WriteOptions};

/// Options of a watch.
#[derive(Clone, Debug)]
pub struct WatchOptions {
    /// Which objects.
    pub selection: Selection,
    /// The version to go on from; `None` or 0 begins with what is there.
    pub version: Option<u64>,
    /// Whether what is there comes first; `None` when not said.
    pub initial_events: Option<bool>,
    /// Whether bookmarks are sent.
    pub bookmarks: bool,
    /// When the client wants it to end, in seconds.
    pub timeout_seconds: Option<u64>,
}

/// A version in a query; `None` when there is none.
pub fn version(query: &Query) -> Result<Option<u64>, Status> {
    let text = query.get("resourceVersion");
    if text.is_empty() {
        return Ok(None);
    }
    let refused = |_| {
        Status::bad_request(format!("resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"))
    };
    text.parse().map(Some).map_err(refused)
}

fn selection(resource: &Resource, query: &Query) -> Result<Selection, Status> {
    Selection::parse(resource, query.get("labelSelector"), query.get("fieldSelector"))
}

fn number(query: &Query, key: &str) -> Result<Option<u64>, Status> {
    let text = query.get(key);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Status::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax")))
}

fn refuse(errors: &[FieldError]) -> Result<(), Status> {
    if errors.is_empty() { Ok(()) } else { Err(Status::invalid_kind("meta.k8s.io", "ListOptions", "", errors)) }
}

/// Options of a list.
pub fn list(resource: &Resource, query: &Query) -> Result<ListQuery, Status> {
    let wanted = query.get("resourceVersionMatch");
    let asked = query.get("resourceVersion");
    let field = "resourceVersionMatch";
    let mut errors = Vec::new();
    if !wanted.is_empty() {
        if asked.is_empty() {
            errors.push(FieldError::forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if !query.get("continue").is_empty() {
            errors.push(FieldError::forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
        }
        if !matches!(wanted, "Exact" | "NotOlderThan") {
            errors.push(FieldError::not_supported(field, &wanted.into(), &["Exact", "NotOlderThan", ""]));
        }
        if wanted == "Exact" && asked == "0" {
            errors.push(FieldError::forbidden(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
    }
    if query.has("sendInitialEvents") {
        errors.push(FieldError::forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    }
    refuse(&errors)?;
    Ok(ListQuery {
        selection: selection(resource, query)?,
        limit: number(query, "limit")?.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(0),
        continue_token: query.get("continue").to_owned(),
        version: version(query)?,
        version_match: match wanted {
            "Exact" => VersionMatch::Exact,
            "NotOlderThan" => VersionMatch::NotOlderThan,
            _ => VersionMatch::Unset,
        },
    })
}

/// Options of a watch.
pub fn watch(resource: &Resource, query: &Query) -> Result<WatchOptions, Status> {
    let wanted = query.get("resourceVersionMatch");
    let initial_events = query.has("sendInitialEvents").then(|| query.is_true("sendInitialEvents"));
    let field = "resourceVersionMatch";
    let mut errors = Vec::new();
    if initial_events.is_some() {
        if wanted.is_empty() {
            errors.push(FieldError::forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        } else if wanted != "NotOlderThan" {
            errors.push(FieldError::not_supported(field, &wanted.into(), &["NotOlderThan"]));
        }
        if !query.get("continue").is_empty() {
            errors.push(FieldError::forbidden("continue", "continue is forbidden for watch"));
        }
    } else if !wanted.is_empty() {
        errors.push(FieldError::forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
    }
    refuse(&errors)?;
    Ok(WatchOptions {
        selection: selection(resource, query)?,
        version: version(query)?,
        initial_events,
        bookmarks: query.is_true("allowWatchBookmarks"),
        timeout_seconds: number(query, "timeoutSeconds")?.filter(|seconds| *seconds > 0),
    })
}

/// Whether nothing is to be stored.
fn dry_run(query: &Query) -> Result<bool, Status> {
    match query.get("dryRun") {
        "" => Ok(false),
        "All" => Ok(true),
        other => {
            let error = FieldError::not_supported("dryRun", &json!([other]), &["All"]);
            Err(Status::invalid_kind("meta.k8s.io", "CreateOptions", "", &[error]))
        }
    }
}

/// Options of a write.
pub fn write(query: &Query) -> Result<WriteOptions, Status> {
    let validation = match query.get("fieldValidation") {
        "" | "Warn" => FieldValidation::Warn,
        "Ignore" => FieldValidation::Ignore,
        "Strict" => FieldValidation::Strict,
        other => {
            let error = FieldError::not_supported("fieldValidation", &other.into(), &["", "Ignore", "Strict", "Warn"]);
            return Err(Status::invalid_kind("meta.k8s.io", "CreateOptions", "", &[error]));
        }
    };
    Ok(WriteOptions { dry_run: dry_run(query)?, validation })
}

/// Options of a deletion, from the body and the query.
pub fn delete(query: &Query, body: &Value) -> Result<DeleteOptions, Status> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let asked = |key: &str| Some(query.get(key)).filter(|value| !value.is_empty()).map(str::to_owned);
    let orphan = body["orphanDependents"].as_bool().or_else(|| query.has("orphanDependents").then(|| query.is_true("orphanDependents")));
    let orphan = orphan.map(|orphan| if orphan { "Orphan" } else { "Background" }.to_owned());
    let propagation = text("/propagationPolicy").or_else(|| asked("propagationPolicy")).or(orphan);
    if let Some(policy) = propagation.as_deref().filter(|policy| !matches!(*policy, "Background" | "Foreground" | "Orphan")) {
        let error = FieldError::not_supported("propagationPolicy", &policy.into(), &["Background", "Foreground", "Orphan"]);
        return Err(Status::invalid_kind("meta.k8s.io", "DeleteOptions", "", &[error]));
    }
    let grace = match asked("gracePeriodSeconds") {
        Some(text) => Some(text.parse().map_err(|_| Status::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax")))?),
        None => body["gracePeriodSeconds"].as_i64(),
    };
    let in_body = body["dryRun"].as_array().is_some_and(|list| list.iter().any(|entry| entry == "All"));
    Ok(DeleteOptions {
        grace_period_seconds: grace,
        uid: text("/preconditions/uid"),
        resource_version: text("/preconditions/resourceVersion"),
        propagation,
        dry_run: in_body || dry_run(query)?,
    })
}
