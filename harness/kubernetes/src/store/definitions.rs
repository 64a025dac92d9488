//! What a CustomResourceDefinition does to the store: its resource is served as soon as it is committed.
//!
//! Conditions come as the real controllers write them: NamesAccepted, then Established, one update each. A removed
//! definition takes its objects with it, whatever their finalizers. A definition of a built-in kind changes nothing.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Store;
use super::resource::{Resource, ResourceName};
use super::strategy::resource_of;
use super::value::{list, part, put, seconds};

fn is_definition(resource: &Resource) -> bool {
    resource.name == ResourceName::new("apiextensions.k8s.io", "customresourcedefinitions")
}

impl Store {
    /// Follows up a commit.
    pub(super) fn after_commit(&mut self, now: Timestamp, resource: &Resource, object: &Arc<Value>) {
        if !is_definition(resource) {
            return;
        }
        let mut declared = resource_of(object);
        let known = self.resources.get(&declared.name);
        if known.is_some_and(|known| !known.custom) {
            return;
        }
        if declared.versions.is_empty() {
            self.resources.remove(&declared.name);
            return;
        }
        declared.established = known.map_or(Some(now), |known| known.established);
        self.resources.insert(declared.name.clone(), Arc::new(declared));
        if list(object, "/status/conditions").is_empty() {
            let mut named = object.as_ref().clone();
            put(&mut named, &["status", "acceptedNames"], part(object, "/spec/names").clone());
            add_condition(&mut named, now, "NamesAccepted", "NoConflicts", "no conflicts found");
            let committed = self.commit(now, resource, named);
            let mut established = committed.as_ref().clone();
            add_condition(&mut established, now, "Established", "InitialNamesAccepted", "the initial names have been accepted");
            self.commit(now, resource, established);
        }
    }

    /// Clears the way for a removal.
    pub(super) fn before_removal(&mut self, now: Timestamp, resource: &Resource, object: &Value) {
        if !is_definition(resource) {
            return;
        }
        let declared = resource_of(object);
        if self.resources.get(&declared.name).is_none_or(|known| !known.custom) {
            return;
        }
        let keys: Vec<String> = self.tables.get(&declared.name).map(|table| table.objects.keys().cloned().collect()).unwrap_or_default();
        for key in keys {
            self.remove(now, &declared, &key);
        }
        self.resources.remove(&declared.name);
    }
}

fn add_condition(definition: &mut Value, now: Timestamp, kind: &str, reason: &str, message: &str) {
    let mut conditions: Vec<Value> = list(definition, "/status/conditions").to_vec();
    conditions.push(json!({"type": kind, "status": "True", "lastTransitionTime": seconds(now), "reason": reason, "message": message}));
    put(definition, &["status", "conditions"], conditions);
}
