//! What a resource is: its names, its versions, and the rules that hold for all its objects.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::selector::common_field;
use super::strategy::{FieldSupport, Strategy};

/// Group and plural: the key under which objects are stored, whatever version they are asked in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceName {
    /// The API group; empty for the core.
    pub group: String,
    /// The plural (`pods`).
    pub plural: String,
}

impl ResourceName {
    /// A name of its parts.
    pub fn new(group: impl Into<String>, plural: impl Into<String>) -> Self {
        Self { group: group.into(), plural: plural.into() }
    }
}

impl std::fmt::Display for ResourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.group.is_empty() { f.write_str(&self.plural) } else { write!(f, "{}.{}", self.plural, self.group) }
    }
}

/// What a write to `/status` does to metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusRule {
    /// There is no such subresource; the main resource writes everything.
    None,
    /// Labels, annotations and finalizers sent to `/status` are kept.
    KeepsMetadata,
    /// Metadata sent to `/status` is ignored.
    ResetsMetadata,
}

/// One kind of object.
#[derive(Clone)]
pub struct Resource {
    /// Group and plural.
    pub name: ResourceName,
    /// Served versions, the preferred one first.
    pub versions: Vec<String>,
    /// The kind (`Pod`).
    pub kind: String,
    /// The kind of lists (`PodList`).
    pub list_kind: String,
    /// The singular (`pod`).
    pub singular: String,
    /// Short names (`po`).
    pub short_names: Vec<String>,
    /// Categories that its definition declares; those of built-in kinds are discovery's to know.
    pub categories: Vec<String>,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// The status subresource.
    pub status: StatusRule,
    /// Whether a status sent in a POST is dropped.
    pub drops_status_on_create: bool,
    /// Whether `metadata.generation` is kept.
    pub generation: bool,
    /// Whether DELETE answers the object, not a Status.
    pub returns_deleted: bool,
    /// Whether a PUT may come without resourceVersion.
    pub unconditional_update: bool,
    /// Whether a PUT on an absent name creates.
    pub create_on_update: bool,
    /// Whether there is a scale subresource.
    pub scale: bool,
    /// Whether it came from a CustomResourceDefinition.
    pub custom: bool,
    /// When its definition was established; objects created right after are held for a while.
    pub established: Option<Timestamp>,
    /// What is peculiar to the kind.
    pub strategy: Arc<dyn Strategy>,
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Resource({})", self.name)
    }
}

impl Resource {
    /// A built-in kind in a namespace, without subresources; the rest is said by the methods below.
    pub fn builtin(group: &str, version: &str, plural: &str, kind: &str) -> Self {
        Self {
            name: ResourceName::new(group, plural),
            versions: vec![version.to_owned()],
            kind: kind.to_owned(),
            list_kind: format!("{kind}List"),
            singular: kind.to_lowercase(),
            short_names: Vec::new(),
            categories: Vec::new(),
            namespaced: true,
            status: StatusRule::None,
            drops_status_on_create: false,
            generation: false,
            returns_deleted: false,
            unconditional_update: true,
            create_on_update: false,
            scale: false,
            custom: false,
            established: None,
            strategy: Arc::new(super::strategy::Plain),
        }
    }

    /// `v1`, or `group/version`.
    pub fn api_version(&self, version: &str) -> String {
        if self.name.group.is_empty() { version.to_owned() } else { format!("{}/{version}", self.name.group) }
    }

    /// Whether this version is served.
    pub fn serves(&self, version: &str) -> bool {
        self.versions.iter().any(|served| served == version)
    }

    /// The key of an object below its resource, in the order in which lists are answered.
    pub fn key(&self, namespace: &str, name: &str) -> String {
        if self.namespaced { format!("{namespace}/{name}") } else { name.to_owned() }
    }

    /// Whether the field can be selected by; the text of the refusal when not.
    ///
    /// # Errors
    /// One of the real server's two texts.
    pub fn check_field(&self, field: &str) -> Result<(), String> {
        let common = matches!(field, "metadata.name" | "metadata.namespace");
        let refusal = || format!("field label not supported: {field}");
        match self.strategy.fields() {
            FieldSupport::MetadataOnly if common => Ok(()),
            FieldSupport::MetadataOnly => {
                Err(format!("\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""))
            }
            FieldSupport::Fields(fields) if fields.contains(&field) => Ok(()),
            FieldSupport::Fields(_) => Err(refusal()),
            FieldSupport::Custom(fields) if common || fields.iter().any(|known| known == field) => Ok(()),
            FieldSupport::Custom(_) => Err(refusal()),
        }
    }

    /// The value of a field that can be selected by, as text.
    pub fn field(&self, object: &Value, field: &str) -> Option<String> {
        common_field(object, field).or_else(|| self.strategy.field(object, field))
    }

    pub(super) fn short(mut self, names: &[&str]) -> Self {
        self.short_names = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    pub(super) fn cluster_scoped(mut self) -> Self {
        self.namespaced = false;
        self
    }

    pub(super) fn with_status(mut self, rule: StatusRule) -> Self {
        self.status = rule;
        self.drops_status_on_create = true;
        self
    }

    pub(super) fn with_generation(mut self) -> Self {
        self.generation = true;
        self
    }

    pub(super) fn returning_deleted(mut self) -> Self {
        self.returns_deleted = true;
        self
    }

    pub(super) fn conditional_update(mut self) -> Self {
        self.unconditional_update = false;
        self
    }

    pub(super) fn creating_on_update(mut self) -> Self {
        self.create_on_update = true;
        self
    }

    pub(super) fn with_strategy(mut self, strategy: impl Strategy + 'static) -> Self {
        self.strategy = Arc::new(strategy);
        self
    }
}
