//! The answers that are not objects: Status with the API server's own reasons, codes and texts.
//!
//! Not modelled: the `difference` that the real server appends to some texts of immutability.

use serde_json::{Value, json};

use super::resource::Resource;

/// Why a command or a read was refused; becomes a `Status` object on the wire.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Status {
    /// HTTP status.
    pub code: u16,
    /// The machine-readable reason (`NotFound`, `Conflict`, ...).
    pub reason: &'static str,
    /// The text.
    pub message: String,
    /// name, group, kind, causes, retryAfterSeconds; null when there are none.
    pub details: Value,
    /// For an expired `continue`: the token with which the client may go on, inconsistently.
    pub continue_token: Option<String>,
}

impl Status {
    /// A refusal without details.
    pub fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null, continue_token: None }
    }

    /// 400 with this text.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 404 of an object.
    pub fn not_found(resource: &Resource, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", resource.name)).about(resource, name)
    }

    /// 409: the name is taken; `deleting` when its bearer is being deleted.
    pub fn already_exists(resource: &Resource, name: &str, deleting: bool) -> Self {
        let prefix = if deleting { "object is being deleted: " } else { "" };
        Self::new(409, "AlreadyExists", format!("{prefix}{} \"{name}\" already exists", resource.name)).about(resource, name)
    }

    /// 409: the write does not fit the state it meets.
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        Self::new(409, "Conflict", format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.name)).about(resource, name)
    }

    /// 409: the object is not the one that was read.
    pub fn stale(resource: &Resource, name: &str) -> Self {
        Self::conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// 403 with this reason in words.
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Self {
        Self::new(403, "Forbidden", format!("{} \"{name}\" is forbidden: {why}", resource.name)).about(resource, name)
    }

    /// 422 with one cause a field.
    pub fn invalid(resource: &Resource, name: &str, errors: &[FieldError]) -> Self {
        Self::invalid_kind(&resource.name.group, &resource.kind, name, errors)
    }

    /// 422 of a kind that need not be a resource (`ListOptions`).
    pub fn invalid_kind(group: &str, kind: &str, name: &str, errors: &[FieldError]) -> Self {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let why = if let [only] = texts.as_slice() { only.clone() } else { format!("[{}]", texts.join(", ")) };
        let full = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let causes: Vec<Value> = errors.iter().map(FieldError::cause).collect();
        let mut status = Self::new(422, "Invalid", format!("{full} \"{name}\" is invalid: {why}"));
        status.details = details(name, group, kind);
        status.details["causes"] = causes.into();
        status
    }

    /// 410: history does not reach back that far.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// 504: the asked resourceVersion has not come to be.
    pub fn too_large(asked: u64, current: u64) -> Self {
        let mut status = Self::new(504, "Timeout", format!("Timeout: Too large resource version: {asked}, current: {current}"));
        let cause = json!({"reason": "ResourceVersionTooLarge", "message": "Too large resource version"});
        status.details = json!({"causes": [cause], "retryAfterSeconds": 1});
        status
    }

    /// 405 of a verb that the resource does not have. Its details are there and empty: clients look into them unasked.
    pub fn method_not_allowed() -> Self {
        let mut status = Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        status.details = json!({});
        status
    }

    /// 404 of a path below a group that is served, with details as above.
    pub fn nowhere() -> Self {
        let mut status = Self::new(404, "NotFound", "the server could not find the requested resource");
        status.details = json!({});
        status
    }

    /// 422 of a patch that cannot be applied.
    pub fn unprocessable(resource: &Resource, name: &str) -> Self {
        Self::new(422, "Invalid", "the server rejected our request due to an error in our request").about(resource, name)
    }

    /// The object that goes over the wire.
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {},
            "status": "Failure", "message": self.message, "code": self.code,
        });
        if !self.reason.is_empty() {
            value["reason"] = self.reason.into();
        }
        if !self.details.is_null() {
            value["details"] = self.details.clone();
        }
        if let Some(token) = &self.continue_token {
            value["metadata"]["continue"] = token.as_str().into();
        }
        value
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.details = details(name, &resource.name.group, &resource.name.plural);
        self
    }
}

fn details(name: &str, group: &str, kind: &str) -> Value {
    let mut details = json!({"kind": kind});
    for (key, text) in [("name", name), ("group", group)] {
        if !text.is_empty() {
            details[key] = text.into();
        }
    }
    details
}

/// Success without an object: most deletions.
pub fn success(resource: &Resource, name: &str, uid: &str) -> Value {
    let mut details = details(name, &resource.name.group, &resource.name.plural);
    details["uid"] = uid.into();
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    field: String,
    reason: &'static str,
    body: String,
}

impl FieldError {
    /// The field must be set.
    pub fn required(field: impl Into<String>, detail: &str) -> Self {
        let body = if detail.is_empty() { "Required value".to_owned() } else { format!("Required value: {detail}") };
        Self { field: field.into(), reason: "FieldValueRequired", body }
    }

    /// The field's value is wrong.
    pub fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        Self { field: field.into(), reason: "FieldValueInvalid", body: format!("Invalid value: {value}: {detail}") }
    }

    /// The field must keep its value.
    pub fn immutable(field: impl Into<String>, value: &Value) -> Self {
        Self::invalid(field, value, "field is immutable")
    }

    /// The field may not be set so.
    pub fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        Self { field: field.into(), reason: "FieldValueForbidden", body: format!("Forbidden: {detail}") }
    }

    /// The field's value is none of those that there are.
    pub fn not_supported(field: impl Into<String>, value: &Value, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|value| format!("\"{value}\"")).collect();
        let body = format!("Unsupported value: {value}: supported values: {}", supported.join(", "));
        Self { field: field.into(), reason: "FieldValueNotSupported", body }
    }

    fn cause(&self) -> Value {
        json!({"reason": self.reason, "message": self.body, "field": self.field})
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.body)
    }
}
