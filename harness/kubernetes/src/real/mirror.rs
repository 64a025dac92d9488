//! What a real server holds, as far as its watches and the proxy's answers have told, and the journal of its changes.
//!
//! Mirrored are the resources that the embedded server serves too, and whatever definitions add. Values of Secrets and
//! `managedFields` are left out of the journal: the former are nobody's business, the latter would be half of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use seatrial_journal::{Change, ChangeKind, Event, Journal, patch_between};
use serde_json::Value;

use super::MirroredResource;
use crate::store::builtin_resources;

/// The store's name in the journal, as the embedded one's.
const STORE: &str = "kubernetes";

/// What is known of one object.
struct Known {
    revision: u64,
    /// `None` when it is gone: a late answer about its life must not bring it back.
    object: Option<Value>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Known>,
    /// Deletions that are under way, by object: what will have brought them about.
    deletions: BTreeMap<String, String>,
}

/// The mirror; clones are handles on the same.
#[derive(Clone)]
pub struct Mirror {
    state: Arc<Mutex<State>>,
    journal: Journal,
}

impl Mirror {
    /// An empty mirror that writes into this journal.
    pub fn new(journal: Journal) -> Self {
        Self { state: Arc::default(), journal }
    }

    /// An object is like this now. Older news than what is known says nothing.
    pub fn is(&self, plural: &str, object: &Value, cause: Option<String>) {
        let (key, revision) = (key(plural, object), revision(object));
        let object = told(plural, object);
        let mut state = self.lock();
        let (kind, patch) = match state.objects.get(&key) {
            Some(known) if known.revision >= revision => return,
            Some(Known { object: Some(before), .. }) => (ChangeKind::Changed, patch_between(before, &object)),
            _ => (ChangeKind::Added, object.clone()),
        };
        state.objects.insert(key.clone(), Known { revision, object: Some(object) });
        // Under the lock: changes stand in the journal in the order in which the mirror learned them.
        self.record(revision, key, kind, patch, cause);
    }

    /// An object is gone since `revision`.
    pub fn is_gone(&self, key: &str, revision: u64) {
        let mut state = self.lock();
        let cause = state.deletions.remove(key);
        let Some(known) = state.objects.get_mut(key) else { return };
        // Gone twice, or made anew in the meantime.
        if known.object.is_none() || known.revision > revision {
            return;
        }
        *known = Known { revision, object: None };
        self.record(revision, key.to_owned(), ChangeKind::Removed, Value::Null, cause);
    }

    /// A call is about to delete an object.
    pub fn will_go(&self, key: &str, cause: &str) {
        self.lock().deletions.insert(key.to_owned(), cause.to_owned());
    }

    /// What there is of a resource.
    pub fn keys_of(&self, plural: &str) -> Vec<String> {
        let prefix = format!("{plural}/");
        let state = self.lock();
        let there = state.objects.iter().filter(|(key, known)| known.object.is_some() && key.starts_with(&prefix));
        there.map(|(key, _)| key.clone()).collect()
    }

    fn record(&self, revision: u64, object: String, kind: ChangeKind, patch: Value, cause: Option<String>) {
        self.journal.record(Event::Change(Change { store: STORE.to_owned(), revision, object, kind, patch, cause }));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the mirror does not panic while it is locked")
    }
}

/// The resources that are mirrored from the start.
pub fn mirrored_resources() -> Vec<MirroredResource> {
    let kind = |resource: crate::store::Resource| {
        let version = resource.versions.first().cloned().unwrap_or_default();
        MirroredResource { group: resource.name.group, version, plural: resource.name.plural }
    };
    builtin_resources().into_iter().map(kind).collect()
}

/// `persistentvolumeclaims/default/data-web-0`
pub(super) fn key(plural: &str, object: &Value) -> String {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
    match text("namespace") {
        "" => format!("{plural}/{}", text("name")),
        namespace => format!("{plural}/{namespace}/{}", text("name")),
    }
}

/// The version of an object or a list; 0 where it has none.
pub(super) fn revision(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The object as the journal has it.
fn told(plural: &str, object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    if plural == "secrets" { crate::store::without_secrets(&object) } else { object }
}

#[cfg(test)]
mod tests {
    use seatrial_journal::MemorySink;
    use seatrial_seed::{ManualClock, stamps};
    use serde_json::json;

    use super::*;

    fn pod(revision: u64, node: &str) -> Value {
        json!({"metadata": {"name": "a", "namespace": "n", "resourceVersion": revision.to_string(), "managedFields": [1]}, "spec": {"nodeName": node}})
    }

    #[test]
    fn news_is_told_once_and_never_backwards() {
        let (journal, memory) = (Journal::new(stamps(Arc::new(ManualClock::default()))), MemorySink::default());
        journal.add_sink(memory.clone());
        let mirror = Mirror::new(journal);
        mirror.is("pods", &pod(5, "x"), Some("7".to_owned()));
        mirror.is("pods", &pod(5, "x"), None);
        mirror.is("pods", &pod(4, "w"), None);
        mirror.is("pods", &pod(6, "y"), None);
        mirror.will_go("pods/n/a", "9");
        mirror.is_gone("pods/n/a", 8);
        mirror.is("pods", &pod(7, "z"), None);
        mirror.is_gone("pods/n/a", 8);
        let changes: Vec<_> = memory
            .entries()
            .into_iter()
            .map(|entry| match entry.event {
                Event::Change(change) => (change.revision, change.kind, change.cause, change.patch["spec"].clone()),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            (5, ChangeKind::Added, Some("7".to_owned()), json!({"nodeName": "x"})),
            (6, ChangeKind::Changed, None, json!({"nodeName": "y"})),
            (8, ChangeKind::Removed, Some("9".to_owned()), Value::Null),
        ];
        assert_eq!(changes, expected);
        assert!(mirror.keys_of("pods").is_empty());
    }
}
