//! The pure Kubernetes store: objects, one counter of resource versions, a window of history for each resource.
//!
//! Modelled: create, read, update, the patches, deletion with finalizers and grace, subresources, selectors, lists at
//! a version, watches, server-side apply, CustomResourceDefinitions, the admission effects that storage and nodes meet.
//! Not modelled: quotas of anything but claims, conversion between versions.
//!
//! Nothing here knows of sockets, tasks or the time: each command is given its instant.

mod admission;
mod apply;
mod bind;
mod builtin;
mod command;
mod commit;
mod create;
mod definitions;
mod delete;
pub mod json_patch;
mod list;
pub mod name;
mod objections;
mod omit;
mod patch;
mod quota;
mod resource;
mod scale;
mod selector;
mod status;
mod strategic_merge;
mod strategy;
mod unknown;
mod update;
pub mod value;
mod watch;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use seatrial_journal::Change;
use seatrial_seed::{Generator, Seed};
use serde_json::{Value, json};

pub use apply::Writer;
pub(crate) use builtin::builtin_resources;
pub use command::{Command, DeleteOptions, FieldValidation, Part, Patch, Place, WriteOptions, WriteOutcome};
pub(crate) use commit::without_secrets;
#[cfg(test)]
pub(crate) use delete::COLLECTED;
pub use list::{ListQuery, Listed, VersionMatch};
pub use patch::unsupported as unsupported_patch;
pub use resource::{Resource, ResourceName, StatusRule};
pub use selector::Selection;
pub use status::{FieldError, Status};
pub use watch::{WatchEvent, WatchKind};

use window::Window;

/// Namespaces that exist from the start.
pub const FIRST_NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// The objects of one resource and their recent history.
#[derive(Default)]
struct Table {
    objects: BTreeMap<String, Arc<Value>>,
    window: Window,
}

/// All objects of the cluster.
pub struct Store {
    revision: u64,
    random: Generator,
    resources: BTreeMap<ResourceName, Arc<Resource>>,
    tables: BTreeMap<ResourceName, Table>,
    changes: Vec<Change>,
    /// Whose history has grown since this was asked last.
    touched: Vec<ResourceName>,
    /// Who writes, while a command is applied.
    writer: Writer,
    /// The `managedFields` that an apply has worked out.
    entries: Option<Value>,
}

impl Store {
    /// A store with the built-in resources and the first namespaces.
    pub fn new(now: Timestamp, seed: &Seed) -> Self {
        let resources = builtin_resources();
        let mut store = Self {
            revision: 0,
            random: seed.child("store").generator(),
            resources: resources.into_iter().map(|resource| (resource.name.clone(), Arc::new(resource))).collect(),
            tables: BTreeMap::new(),
            changes: Vec::new(),
            touched: Vec::new(),
            writer: Writer::default(),
            entries: None,
        };
        for name in FIRST_NAMESPACES {
            let at = Place::new("", "v1", "namespaces", "");
            let object = json!({"metadata": {"name": name}});
            store
                .apply(now, Command::Create { at, object, options: WriteOptions::default() })
                .expect("an empty store takes its first namespaces");
        }
        store
    }

    /// Does what the command says as this writer, or nothing.
    ///
    /// # Errors
    /// The Status that the real server would answer.
    pub fn apply_as(&mut self, now: Timestamp, command: Command, writer: Writer) -> Result<WriteOutcome, Status> {
        self.writer = writer;
        let outcome = self.apply(now, command);
        self.writer = Writer::default();
        outcome
    }

    /// Does what the command says, or nothing.
    ///
    /// # Errors
    /// The Status that the real server would answer.
    pub fn apply(&mut self, now: Timestamp, command: Command) -> Result<WriteOutcome, Status> {
        match command {
            Command::Create { at, object, options } => self.create(now, &at, object, options),
            Command::Update { at, name, object, part, options } => self.update(now, &at, &name, object, part, options),
            Command::Patch { at, name, patch, part, options } => self.patch(now, &at, &name, &patch, part, options),
            Command::Delete { at, name, options } => self.delete(now, &at, &name, &options),
            Command::DeleteCollection { at, selection, options } => self.delete_collection(now, &at, &selection, &options),
            Command::Bind { namespace, pod, binding } => self.bind(now, &namespace, &pod, &binding),
            Command::Evict { namespace, pod, options } => self.evict(now, &namespace, &pod, &options),
        }
    }

    /// The version of the last change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Changes since this was asked last, for the journal; their cause is the shell's to say.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Resources that have changed since this was asked last, for those who watch them.
    pub fn take_touched(&mut self) -> Vec<ResourceName> {
        std::mem::take(&mut self.touched)
    }

    /// Forgets history up to now, as an API server that restarts does: older watches, lists and continue tokens expire.
    pub fn compact(&mut self) {
        let revision = self.revision;
        for name in self.resources.keys() {
            self.tables.entry(name.clone()).or_default().window.compact(revision);
        }
    }

    /// All served resources, by group and plural.
    pub fn resources(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values()
    }

    /// The resource of this name in this version.
    ///
    /// # Errors
    /// 404 when it is not served.
    pub fn resource(&self, at: &Place) -> Result<Arc<Resource>, Status> {
        let resource = self.resources.get(&at.resource).filter(|resource| resource.serves(&at.version));
        resource.cloned().ok_or_else(Status::nowhere)
    }

    /// Reads one object.
    ///
    /// # Errors
    /// 404 when it is not there.
    pub fn get(&self, at: &Place, name: &str) -> Result<Value, Status> {
        let resource = self.resource(at)?;
        let object = self.find(&resource, &at.namespace, name).ok_or_else(|| Status::not_found(&resource, name))?;
        Ok(present(&resource, &at.version, object))
    }

    /// All objects of a resource, by key.
    pub fn objects(&self, group: &str, plural: &str) -> impl Iterator<Item = &Arc<Value>> {
        self.tables.get(&ResourceName::new(group, plural)).into_iter().flat_map(|table| table.objects.values())
    }

    fn find(&self, resource: &Resource, namespace: &str, name: &str) -> Option<&Arc<Value>> {
        self.tables.get(&resource.name)?.objects.get(&resource.key(namespace, name))
    }

    /// An object of a built-in kind, for admission.
    fn peek(&self, group: &str, plural: &str, key: &str) -> Option<&Arc<Value>> {
        self.tables.get(&ResourceName::new(group, plural))?.objects.get(key)
    }
}

/// An object that is stored, as it is answered in `version`: mostly as it is stored.
fn told(resource: &Resource, version: &str, object: &Arc<Value>) -> Arc<Value> {
    if object["apiVersion"] == resource.api_version(version) { Arc::clone(object) } else { Arc::new(present(resource, version, object)) }
}

/// An object as it is answered in `version`.
pub fn present(resource: &Resource, version: &str, object: &Value) -> Value {
    let mut object = object.clone();
    object["apiVersion"] = resource.api_version(version).into();
    object
}
