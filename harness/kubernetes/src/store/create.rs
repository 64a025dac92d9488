//! Creation.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::command::{FieldValidation, Place, WriteOptions, WriteOutcome};
use super::omit::omit_empty;
use super::resource::Resource;
use super::status::{FieldError, Status};
use super::unknown::unknown_fields;
use super::value::{put, seconds, take, text};
use super::{Store, name, present, told};
use crate::schema;

/// How often another generated name is tried.
const TRIES: usize = 8;

impl Store {
    pub(super) fn create(&mut self, now: Timestamp, at: &Place, object: Value, options: WriteOptions) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        let (mut object, unknown) = self.read_body(&resource, at, object)?;
        refuse_unknown(&resource, at, &unknown, options)?;
        if !matches!(text(&object, "/metadata/resourceVersion"), "" | "0") {
            return Err(Status::new(500, "", "resourceVersion should not be set on objects to be created"));
        }
        self.admit_namespace(&resource, &at.namespace, text(&object, "/metadata/name"))?;
        let name = self.choose_name(&resource, at, &mut object)?;
        self.set_system_metadata(now, &resource, &mut object);
        resource.strategy.default(&mut object);
        if resource.drops_status_on_create {
            take(&mut object, &["status"]);
        }
        // What admission and the kind itself add from here on belongs to nobody.
        let stated = (self.entries.is_none() && self.writer.named).then(|| object.clone());
        self.admit_create(&resource, &mut object);
        resource.strategy.prepare_create(&mut object, now);
        let mut errors = Vec::new();
        // Roles and their bindings may be called anything that fits into a path.
        if resource.name.group == "rbac.authorization.k8s.io" {
            if name.contains(['/', '%']) || matches!(name.as_str(), "." | "..") {
                errors.push(FieldError::invalid("metadata.name", &name.as_str().into(), "may not contain '/' or '%', nor be '.' or '..'"));
            }
        } else if !name::is_subdomain(&name) {
            errors.push(FieldError::invalid("metadata.name", &name.as_str().into(), name::SUBDOMAIN));
        }
        errors.extend(resource.strategy.validate(&object));
        if !errors.is_empty() {
            return Err(Status::invalid(&resource, &name, &errors));
        }
        if let Some(there) = self.find(&resource, &at.namespace, &name) {
            let deleting = !there["metadata"]["deletionTimestamp"].is_null();
            return Err(Status::already_exists(&resource, &name, deleting));
        }
        self.admit_quota(&resource, &object, None)?;
        if let Some(entries) = self.entries.take() {
            put(&mut object, &["metadata", "managedFields"], entries);
        } else if let Some(stated) = stated {
            let entries = super::apply::of_creation(&resource, at, &stated, &self.writer, now);
            put(&mut object, &["metadata", "managedFields"], entries);
        }
        if options.dry_run {
            return Ok(WriteOutcome::created(present(&resource, &at.version, &object)).warning_of(&unknown, options));
        }
        let created = self.commit(now, &resource, object);
        self.after_commit(now, &resource, &created);
        Ok(WriteOutcome::created(told(&resource, &at.version, &created)).warning_of(&unknown, options))
    }

    /// Decodes what was sent and sees that it belongs where it was sent to; tells the fields that the kind does not know.
    pub(super) fn read_body(&self, resource: &Resource, at: &Place, mut object: Value) -> Result<(Value, Vec<String>), Status> {
        if !object.is_object() {
            return Err(Status::bad_request("the body of the request is not an object"));
        }
        let api_version = resource.api_version(&at.version);
        for (field, expected) in [("apiVersion", &api_version), ("kind", &resource.kind)] {
            let sent = object.get(field).and_then(Value::as_str).unwrap_or_default();
            if sent.is_empty() {
                object[field] = expected.as_str().into();
            } else if sent != expected {
                let what = if field == "kind" { "kind" } else { "API version" };
                return Err(Status::bad_request(format!(
                    "the {what} in the data ({sent}) does not match the expected {what} ({expected})"
                )));
            }
        }
        let refused = |why| {
            Status::bad_request(format!("{} in version \"{}\" cannot be handled as a {}: {why}", resource.kind, at.version, resource.kind))
        };
        let typed = schema::kind(&resource.name.group, &resource.kind).filter(|_| !resource.custom);
        if let Some(name) = &typed {
            schema::read_quantities(name, &mut object).map_err(|why| refused(why.to_owned()))?;
        }
        let decoded = match resource.strategy.decode(&object).map_err(refused)? {
            Cow::Borrowed(_) => None,
            Cow::Owned(decoded) => Some(decoded),
        };
        let mut unknown = Vec::new();
        if let Some(decoded) = decoded {
            unknown = unknown_fields(&object, &decoded);
            object = decoded;
        }
        if let Some(name) = &typed {
            omit_empty(name, &mut object);
        }
        let sent = text(&object, "/metadata/namespace");
        if resource.namespaced && !sent.is_empty() && sent != at.namespace {
            return Err(Status::bad_request("the namespace of the provided object does not match the namespace sent on the request"));
        }
        if resource.namespaced {
            put(&mut object, &["metadata", "namespace"], at.namespace.as_str());
        } else {
            take(&mut object, &["metadata", "namespace"]);
        }
        // Stored under the preferred version: versions differ in this member only.
        object["apiVersion"] = resource.api_version(&resource.versions[0]).into();
        Ok((object, unknown))
    }

    fn choose_name(&mut self, resource: &Arc<Resource>, at: &Place, object: &mut Value) -> Result<String, Status> {
        let given = text(object, "/metadata/name").to_owned();
        if !given.is_empty() {
            return Ok(given);
        }
        let base = text(object, "/metadata/generateName").to_owned();
        if base.is_empty() {
            let error = FieldError::required("metadata.name", "name or generateName is required");
            return Err(Status::invalid(resource, "", &[error]));
        }
        let mut chosen = String::new();
        for _ in 0..TRIES {
            chosen = name::generated(&base, &mut self.random);
            if self.find(resource, &at.namespace, &chosen).is_none() {
                break;
            }
        }
        put(object, &["metadata", "name"], chosen.as_str());
        Ok(chosen)
    }

    fn set_system_metadata(&mut self, now: Timestamp, resource: &Resource, object: &mut Value) {
        for field in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"] {
            take(object, &["metadata", field]);
        }
        put(object, &["metadata", "uid"], self.random.uuid().to_string());
        put(object, &["metadata", "creationTimestamp"], seconds(now));
        if resource.generation {
            put(object, &["metadata", "generation"], 1);
        }
    }
}

/// Refuses a body with unknown fields where the client wants it so.
pub(super) fn refuse_unknown(resource: &Resource, at: &Place, unknown: &[String], options: WriteOptions) -> Result<(), Status> {
    if options.validation != FieldValidation::Strict || unknown.is_empty() {
        return Ok(());
    }
    let (kind, version) = (&resource.kind, &at.version);
    let why = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: strict decoding error: {}", unknown.join(", "));
    Err(Status::bad_request(why))
}
