//! The one place where state changes: a version, a record of history, a line for the journal.

use std::sync::Arc;

use jiff::Timestamp;
use seatrial_journal::{Change, ChangeKind, patch_between};
use serde_json::Value;

use super::Store;
use super::resource::Resource;
use super::value::{put, text};
use super::window::Record;

impl Store {
    /// Stores `object`, new or changed, under the next version; answers it with that version.
    pub(super) fn commit(&mut self, now: Timestamp, resource: &Resource, mut object: Value) -> Arc<Value> {
        self.revision += 1;
        put(&mut object, &["metadata", "resourceVersion"], self.revision.to_string());
        let key = key_of(resource, &object);
        let object = Arc::new(object);
        let table = self.tables.entry(resource.name.clone()).or_default();
        let before = table.objects.insert(key.clone(), Arc::clone(&object));
        let after = Some(Arc::clone(&object));
        self.record(resource, Record { revision: self.revision, at: now, key, before, after });
        object
    }

    /// Removes an object; answers its last state.
    pub(super) fn remove(&mut self, now: Timestamp, resource: &Resource, key: &str) -> Option<Arc<Value>> {
        let before = self.tables.get_mut(&resource.name)?.objects.remove(key)?;
        self.revision += 1;
        let record = Record { revision: self.revision, at: now, key: key.to_owned(), before: Some(Arc::clone(&before)), after: None };
        self.record(resource, record);
        Some(before)
    }

    fn record(&mut self, resource: &Resource, record: Record) {
        let secret = resource.name.group.is_empty() && resource.name.plural == "secrets";
        let (kind, patch) = match (&record.before, &record.after) {
            (None, Some(after)) if secret => (ChangeKind::Added, without_secrets(after)),
            (Some(before), Some(after)) if secret => {
                (ChangeKind::Changed, patch_between(&without_secrets(before), &without_secrets(after)))
            }
            (None, Some(after)) => (ChangeKind::Added, after.as_ref().clone()),
            (Some(before), Some(after)) => (ChangeKind::Changed, patch_between(before, after)),
            (_, None) => (ChangeKind::Removed, Value::Null),
        };
        let object = format!("{}/{}", resource.name.plural, record.key);
        self.changes.push(Change { store: "kubernetes".to_owned(), revision: record.revision, object, kind, patch, cause: None });
        if !self.touched.contains(&resource.name) {
            self.touched.push(resource.name.clone());
        }
        if let Some(table) = self.tables.get_mut(&resource.name) {
            table.window.push(record);
        }
    }
}

/// The key of an object that carries its name.
pub(super) fn key_of(resource: &Resource, object: &Value) -> String {
    resource.key(text(object, "/metadata/namespace"), text(object, "/metadata/name"))
}

/// No secret stands in a journal: values of Secrets are told by their length only.
pub(crate) fn without_secrets(object: &Value) -> Value {
    let mut object = object.clone();
    for (_, value) in object.get_mut("data").and_then(Value::as_object_mut).into_iter().flatten() {
        *value = format!("secret of {} characters", value.as_str().map_or(0, str::len)).into();
    }
    object
}
