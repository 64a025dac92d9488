//! Watches as a pure cursor over the window of history.

use std::sync::Arc;

use serde_json::Value;

use super::Store;
use super::command::Place;
use super::resource::Resource;
use super::selector::Selection;
use super::status::Status;
use super::value::{put, text};
use super::window::Record;

/// What a watcher is told about an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchKind {
    /// It is there now, or is selected now.
    Added,
    /// It changed.
    Modified,
    /// It is gone, or is not selected any more.
    Deleted,
}

impl WatchKind {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

/// One event of a watch.
#[derive(Clone, Debug)]
pub struct WatchEvent {
    /// What happened.
    pub kind: WatchKind,
    /// The object; of a deletion its last state with the version of the deletion.
    pub object: Arc<Value>,
    /// The version of the change.
    pub revision: u64,
}

impl Store {
    /// Events after version `after`, of a resource that is or was served.
    ///
    /// # Errors
    /// 410 when history does not reach back that far.
    pub fn events_since(&self, resource: &Resource, namespace: &str, selection: &Selection, after: u64) -> Result<Vec<WatchEvent>, Status> {
        let Some(table) = self.tables.get(&resource.name) else { return Ok(Vec::new()) };
        let records = table.window.since(after);
        let records = records.ok_or_else(|| Status::expired(format!("too old resource version: {after} ({})", table.window.floor())))?;
        Ok(records.filter_map(|record| event_of(resource, namespace, selection, record)).collect())
    }

    /// What a watch begins with when it does not go on from a version: all that is there, as added.
    ///
    /// # Errors
    /// 404 when the resource is not served.
    pub fn initial_events(&self, at: &Place, selection: &Selection) -> Result<Vec<WatchEvent>, Status> {
        let resource = self.resource(at)?;
        let objects = self.selected(&resource, &at.namespace, selection);
        let revision = |object: &Value| text(object, "/metadata/resourceVersion").parse().unwrap_or(self.revision);
        Ok(objects.map(|object| WatchEvent { kind: WatchKind::Added, object: Arc::clone(object), revision: revision(object) }).collect())
    }
}

fn event_of(resource: &Resource, namespace: &str, selection: &Selection, record: &Record) -> Option<WatchEvent> {
    let selected = |object: &&Arc<Value>| {
        let here = namespace.is_empty() || !resource.namespaced || text(object, "/metadata/namespace") == namespace;
        here && selection.matches(resource, object)
    };
    let (before, after) = (record.before.as_ref().filter(selected), record.after.as_ref().filter(selected));
    let (kind, object) = match (before, after) {
        (None, Some(after)) => (WatchKind::Added, Arc::clone(after)),
        (Some(_), Some(after)) => (WatchKind::Modified, Arc::clone(after)),
        (Some(before), None) => {
            let mut last = before.as_ref().clone();
            put(&mut last, &["metadata", "resourceVersion"], record.revision.to_string());
            (WatchKind::Deleted, Arc::new(last))
        }
        (None, None) => return None,
    };
    Some(WatchEvent { kind, object, revision: record.revision })
}
