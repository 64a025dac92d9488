//! An ordered cache of objects of one kind that is not known here, so that it is compiled once for all kinds.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::key::ObjectKey;

/// A typed object whose type only the informer knows.
pub(crate) type AnyObject = Arc<dyn Any + Send + Sync>;

/// An object and the revision at which it was written.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) object: AnyObject,
    /// The store's number of its last change; controllers compare it as the real ones do.
    pub(crate) revision: u64,
}

/// One change as the API server showed it; see [`crate::Delta`].
pub(crate) struct Change {
    pub(crate) key: ObjectKey,
    pub(crate) before: Option<AnyObject>,
    pub(crate) after: Option<AnyObject>,
}

#[derive(Default)]
pub(crate) struct Cache {
    objects: BTreeMap<ObjectKey, Entry>,
    /// As the API server last showed them, without what was remembered: what handlers compare with.
    shown: BTreeMap<ObjectKey, AnyObject>,
    /// The newest revision that the watch or a list has shown.
    seen: u64,
    /// How often the cache has followed the API server; 0 until the first list is in it.
    pub(crate) turns: u64,
}

impl Cache {
    pub(crate) fn get(&self, key: &ObjectKey) -> Option<&AnyObject> {
        self.objects.get(key).map(|entry| &entry.object)
    }

    /// All objects, ordered by namespace and name.
    pub(crate) fn all(&self) -> Vec<AnyObject> {
        self.objects.values().map(|entry| Arc::clone(&entry.object)).collect()
    }

    /// All objects of a namespace, ordered by name.
    pub(crate) fn all_in(&self, namespace: &str) -> Vec<AnyObject> {
        let here = self.objects.range(ObjectKey::new(namespace, "")..).take_while(|(key, _)| key.namespace == namespace);
        here.map(|(_, entry)| Arc::clone(&entry.object)).collect()
    }

    /// What the API server has shown, as if all of it had come just now.
    pub(crate) fn appearances(&self) -> Vec<Change> {
        let shown = self.shown.iter();
        shown.map(|(key, object)| Change { key: key.clone(), before: None, after: Some(Arc::clone(object)) }).collect()
    }

    /// Keeps the newer of the two.
    fn put(&mut self, key: ObjectKey, entry: Entry) {
        if self.objects.get(&key).is_none_or(|held| held.revision <= entry.revision) {
            self.objects.insert(key, entry);
        }
    }

    /// Keeps what a caller has written, unless the API server has shown as much already.
    pub(crate) fn remember(&mut self, key: ObjectKey, entry: Entry) {
        if entry.revision > self.seen {
            self.put(key, entry);
        }
    }

    /// The API server shows an object as it is now.
    pub(crate) fn show(&mut self, key: ObjectKey, entry: Entry) -> Change {
        self.seen = self.seen.max(entry.revision);
        let before = self.shown.insert(key.clone(), Arc::clone(&entry.object));
        let after = Some(Arc::clone(&entry.object));
        self.put(key.clone(), entry);
        Change { key, before, after }
    }

    /// The API server shows that an object is gone, and how it was at last.
    pub(crate) fn drop_gone(&mut self, key: ObjectKey, gone: Entry) -> Change {
        self.seen = self.seen.max(gone.revision);
        self.shown.remove(&key);
        // What was remembered of a successor of the same name stays.
        if self.objects.get(&key).is_some_and(|held| held.revision <= gone.revision) {
            self.objects.remove(&key);
        }
        Change { key, before: Some(gone.object), after: None }
    }

    /// The API server shows all that there is.
    pub(crate) fn replace(&mut self, fresh: BTreeMap<ObjectKey, Entry>) -> Vec<Change> {
        self.objects.retain(|key, _| fresh.contains_key(key));
        let before = std::mem::take(&mut self.shown);
        let mut changes = Vec::new();
        for (key, gone) in before.iter().filter(|(key, _)| !fresh.contains_key(key)) {
            changes.push(Change { key: key.clone(), before: Some(Arc::clone(gone)), after: None });
        }
        for (key, entry) in fresh {
            let change = self.show(key, entry);
            changes.push(Change { before: before.get(&change.key).cloned(), ..change });
        }
        changes
    }
}
