//! PUT, and what every write to an existing object has in common.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::command::{Part, Place, WriteOptions, WriteOutcome};
use super::commit::key_of;
use super::create::refuse_unknown;
use super::resource::{Resource, StatusRule};
use super::status::{FieldError, Status};
use super::value::{copy, list, part as value_at, put, take, text};
use super::{Store, told};

/// Metadata that no client changes.
const SYSTEM_METADATA: [&str; 5] = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

impl Store {
    pub(super) fn update(
        &mut self,
        now: Timestamp,
        at: &Place,
        name: &str,
        object: Value,
        part: Part,
        options: WriteOptions,
    ) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        if part == Part::Scale {
            return self.update_scale(now, at, name, &object, options.dry_run);
        }
        check_part(&resource, part)?;
        let (mut object, unknown) = self.read_body(&resource, at, object)?;
        refuse_unknown(&resource, at, &unknown, options)?;
        let sent = text(&object, "/metadata/name");
        if sent.is_empty() {
            put(&mut object, &["metadata", "name"], name);
        } else if sent != name {
            return Err(name_differs(sent, name));
        }
        let Some(existing) = self.find(&resource, &at.namespace, name).cloned() else {
            if resource.create_on_update && part == Part::Main {
                return self.create(now, at, object, options);
            }
            return Err(Status::not_found(&resource, name));
        };
        let uids = (text(&object, "/metadata/uid"), text(&existing, "/metadata/uid"));
        if !uids.0.is_empty() && uids.0 != uids.1 {
            let why = format!("Precondition failed: UID in precondition: {}, UID in object meta: {}", uids.0, uids.1);
            return Err(Status::conflict(&resource, name, &why));
        }
        let version = text(&object, "/metadata/resourceVersion");
        if version.is_empty() && !resource.unconditional_update && part == Part::Main {
            let error = FieldError::invalid("metadata.resourceVersion", &0.into(), "must be specified for an update");
            return Err(Status::invalid(&resource, name, &[error]));
        }
        if !version.is_empty() && version != text(&existing, "/metadata/resourceVersion") {
            return Err(Status::stale(&resource, name));
        }
        let written = self.write(now, &resource, &existing, object, part, options.dry_run)?;
        Ok(WriteOutcome::ok(told(&resource, &at.version, &written)).warning_of(&unknown, options))
    }

    /// Brings an existing object to a new state, which was decoded and met its preconditions.
    pub(super) fn write(
        &mut self,
        now: Timestamp,
        resource: &Arc<Resource>,
        existing: &Arc<Value>,
        mut object: Value,
        part: Part,
        dry_run: bool,
    ) -> Result<Arc<Value>, Status> {
        let name = text(existing, "/metadata/name").to_owned();
        for field in SYSTEM_METADATA {
            copy(&mut object, existing, &["metadata", field]);
        }
        let sent = take(&mut object, &["metadata", "managedFields"]);
        take(&mut object, &["metadata", "selfLink"]);
        keep_other_parts(resource, &mut object, existing, part, now);
        resource.strategy.default(&mut object);
        if part == Part::Main && resource.generation && body_changed(resource, &object, existing) {
            let generation = value_at(existing, "/metadata/generation").as_i64().unwrap_or(0);
            put(&mut object, &["metadata", "generation"], generation.saturating_add(1));
        }
        let mut errors = new_finalizers(&object, existing);
        errors.extend(resource.strategy.validate(&object));
        if part == Part::Main {
            errors.extend(resource.strategy.validate_update(&object, existing));
        }
        if !errors.is_empty() {
            return Err(Status::invalid(resource, &name, &errors));
        }
        if part == Part::Main {
            self.admit_update(resource, &object, existing)?;
            self.admit_quota(resource, &object, Some(existing))?;
        }
        copy(&mut object, existing, &["metadata", "resourceVersion"]);
        take(&mut object, &["metadata", "managedFields"]);
        let entries = match self.entries.take() {
            Some(entries) => Some(entries),
            None if value_at(existing, "/metadata/managedFields").is_null() => None,
            None => super::apply::of_update(resource, (existing, &object), sent, &self.writer, part, now),
        };
        if let Some(entries) = entries {
            put(&mut object, &["metadata", "managedFields"], entries);
        }
        if dry_run || same(&object, existing) {
            return Ok(Arc::new(object));
        }
        if is_finished(resource, &object) {
            self.remove(now, resource, &key_of(resource, existing));
            return Ok(Arc::new(object));
        }
        let committed = self.commit(now, resource, object);
        self.after_commit(now, resource, &committed);
        Ok(committed)
    }
}

/// Whether the resource has this part.
pub(super) fn check_part(resource: &Resource, part: Part) -> Result<(), Status> {
    let has = match part {
        Part::Main => true,
        Part::Status => resource.status != StatusRule::None,
        Part::Scale => resource.scale,
        Part::Finalize => resource.name.group.is_empty() && resource.name.plural == "namespaces",
    };
    if has { Ok(()) } else { Err(Status::nowhere()) }
}

/// 400 of a body that names another object than the URL.
pub(super) fn name_differs(sent: &str, name: &str) -> Status {
    Status::bad_request(format!("the name of the object ({sent}) does not match the name on the URL ({name})"))
}

fn keep_other_parts(resource: &Resource, object: &mut Value, existing: &Value, part: Part, now: Timestamp) {
    match part {
        Part::Main => {
            if resource.status != StatusRule::None {
                copy(object, existing, &["status"]);
            }
            resource.strategy.prepare_update(object, existing);
        }
        Part::Status => {
            let mut kept = existing.clone();
            copy(&mut kept, object, &["status"]);
            if resource.status == StatusRule::KeepsMetadata {
                copy(&mut kept, object, &["metadata"]);
            }
            *object = kept;
            resource.strategy.prepare_status(object, existing, now);
        }
        Part::Finalize | Part::Scale => {
            let mut kept = existing.clone();
            copy(&mut kept, object, &["spec", "finalizers"]);
            *object = kept;
        }
    }
}

fn body_changed(resource: &Resource, object: &Value, existing: &Value) -> bool {
    if !resource.custom && !object["spec"].is_null() {
        return object["spec"] != existing["spec"];
    }
    let body = |object: &Value| -> Map<String, Value> {
        let ignored = |key: &str| key == "metadata" || (key == "status" && resource.status != StatusRule::None);
        let members = object.as_object().cloned().unwrap_or_default();
        members.into_iter().filter(|(key, _)| !ignored(key)).collect()
    };
    body(object) != body(existing)
}

fn new_finalizers(object: &Value, existing: &Value) -> Vec<FieldError> {
    if value_at(existing, "/metadata/deletionTimestamp").is_null() {
        return Vec::new();
    }
    let before = list(existing, "/metadata/finalizers");
    let new: Vec<String> =
        list(object, "/metadata/finalizers").iter().filter(|finalizer| !before.contains(finalizer)).map(Value::to_string).collect();
    if new.is_empty() {
        return Vec::new();
    }
    let detail =
        format!("no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}", new.join(", "));
    vec![FieldError::forbidden("metadata.finalizers", &detail)]
}

/// Members of metadata that count as absent when they are empty.
const MAY_BE_EMPTY: [&str; 4] = ["finalizers", "labels", "annotations", "ownerReferences"];

/// Equal, if an absent member and an empty one count as the same.
fn same(object: &Value, existing: &Value) -> bool {
    let (Some(object), Some(existing)) = (object.as_object(), existing.as_object()) else {
        return object == existing;
    };
    // Most writes change something outside of metadata: that is looked at first.
    let body = |members: &Map<String, Value>| members.len() - usize::from(members.contains_key("metadata"));
    let mut others = object.iter().filter(|(key, _)| *key != "metadata");
    if body(object) != body(existing) || !others.all(|(key, value)| existing.get(key) == Some(value)) {
        return false;
    }
    let meta = |members: &Map<String, Value>| without_empty(members.get("metadata").unwrap_or(&Value::Null));
    meta(object) == meta(existing)
}

fn without_empty(metadata: &Value) -> Value {
    let mut metadata = metadata.clone();
    for field in MAY_BE_EMPTY {
        let empty = match &metadata[field] {
            Value::Array(list) => list.is_empty(),
            Value::Object(members) => members.is_empty(),
            other => other.is_null(),
        };
        if empty {
            take(&mut metadata, &[field]);
        }
    }
    metadata
}

/// Whether nothing holds a deleted object any more.
fn is_finished(resource: &Resource, object: &Value) -> bool {
    if !list(object, "/metadata/finalizers").is_empty() {
        return false;
    }
    if resource.name.group.is_empty() && resource.name.plural == "namespaces" {
        return !value_at(object, "/metadata/deletionTimestamp").is_null() && list(object, "/spec/finalizers").is_empty();
    }
    value_at(object, "/metadata/deletionGracePeriodSeconds") == 0
}
