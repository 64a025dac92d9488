//! What can be asked of the store, and what it answers.

use std::sync::Arc;

use serde_json::Value;

use super::resource::ResourceName;
use super::selector::Selection;

/// Where a request points: a resource in one of its versions, and a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Group and plural.
    pub resource: ResourceName,
    /// The version that is spoken.
    pub version: String,
    /// The namespace; empty for cluster-scoped resources and for all namespaces.
    pub namespace: String,
}

impl Place {
    /// A place of its parts.
    pub fn new(group: &str, version: &str, plural: &str, namespace: &str) -> Self {
        Self { resource: ResourceName::new(group, plural), version: version.to_owned(), namespace: namespace.to_owned() }
    }
}

/// Which part of an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The object, except what subresources own.
    Main,
    /// `/status`
    Status,
    /// `/finalize` of a namespace.
    Finalize,
    /// `/scale`
    Scale,
}

/// A patch by its content type.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// `application/json-patch+json`
    Json(Value),
    /// `application/merge-patch+json`
    Merge(Value),
    /// `application/strategic-merge-patch+json`
    Strategic(Value),
    /// `application/apply-patch+yaml`
    Apply(Value),
}

impl Patch {
    /// What was sent.
    pub fn document(&self) -> &Value {
        match self {
            Self::Json(document) | Self::Merge(document) | Self::Strategic(document) | Self::Apply(document) => document,
        }
    }
}

/// How something is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds that the object is given; the kind's default when absent.
    pub grace_period_seconds: Option<i64>,
    /// Precondition: this uid.
    pub uid: Option<String>,
    /// Precondition: this version.
    pub resource_version: Option<String>,
    /// `Background`, `Foreground`, `Orphan`.
    pub propagation: Option<String>,
    /// Nothing is stored.
    pub dry_run: bool,
}

/// What happens to fields that the kind does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// They are dropped.
    Ignore,
    /// They are dropped, and the client is told.
    #[default]
    Warn,
    /// The write is refused.
    Strict,
}

/// How something is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Nothing is stored.
    pub dry_run: bool,
    /// What happens to unknown fields.
    pub validation: FieldValidation,
}

/// A write.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// POST of an object.
    Create {
        /// Where.
        at: Place,
        /// What.
        object: Value,
        /// How.
        options: WriteOptions,
    },
    /// PUT of an object.
    Update {
        /// Where.
        at: Place,
        /// Which.
        name: String,
        /// What it becomes.
        object: Value,
        /// Which part of it.
        part: Part,
        /// How.
        options: WriteOptions,
    },
    /// PATCH of an object.
    Patch {
        /// Where.
        at: Place,
        /// Which.
        name: String,
        /// What changes.
        patch: Patch,
        /// In which part of it.
        part: Part,
        /// How.
        options: WriteOptions,
    },
    /// DELETE of an object.
    Delete {
        /// Where.
        at: Place,
        /// Which.
        name: String,
        /// How.
        options: DeleteOptions,
    },
    /// DELETE of all selected objects.
    DeleteCollection {
        /// Where.
        at: Place,
        /// Which.
        selection: Selection,
        /// How.
        options: DeleteOptions,
    },
    /// POST to a pod's `/binding`.
    Bind {
        /// The pod's namespace.
        namespace: String,
        /// The pod.
        pod: String,
        /// The Binding.
        binding: Value,
    },
    /// POST to a pod's `/eviction`.
    Evict {
        /// The pod's namespace.
        namespace: String,
        /// The pod.
        pod: String,
        /// How it is deleted.
        options: DeleteOptions,
    },
}

/// The answer to a write that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOutcome {
    /// HTTP status.
    pub code: u16,
    /// The object, shared with the store where it is told as it is stored; or a Status of success.
    pub body: Arc<Value>,
    /// What the client should know: fields that were dropped.
    pub warnings: Vec<String>,
}

impl WriteOutcome {
    /// 200 with this body.
    pub fn ok(body: impl Into<Arc<Value>>) -> Self {
        Self { code: 200, body: body.into(), warnings: Vec::new() }
    }

    /// 201 with this body.
    pub fn created(body: impl Into<Arc<Value>>) -> Self {
        Self { code: 201, body: body.into(), warnings: Vec::new() }
    }

    pub(super) fn warning_of(mut self, unknown: &[String], options: WriteOptions) -> Self {
        if options.validation == FieldValidation::Warn {
            self.warnings = unknown.to_vec();
        }
        self
    }
}
