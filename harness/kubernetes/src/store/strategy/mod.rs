//! What is peculiar to each kind: decoding, defaults, what is reset on a write, validation, immutability, fields.
//!
//! Decoding goes through the typed API, which drops unknown fields and refuses values of a wrong type, as the real
//! server does. Not modelled: canonical quantities, most validation of
//! fields that no storage or node scenario gets wrong.

mod bindings;
mod claims;
mod custom_resource_definitions;
mod custom_resources;
mod namespaces;
mod nodes;
mod plain;
mod pod_spec;
mod pods;
mod pruning;
mod replicated;
mod rules;
mod schema;
mod services;
mod stateful_sets;
mod storage_classes;
mod storage_objects;
pub mod stored;
mod typed;
mod volume_attachments;
mod volume_attributes_classes;
mod volumes;
mod writer;

pub use bindings::Bindings;
pub use claims::Claims;
pub use custom_resource_definitions::{CustomResourceDefinitions, resource_of};
pub use custom_resources::CustomResources;
pub use namespaces::Namespaces;
pub use nodes::Nodes;
pub use plain::{ConfigMaps, ControllerRevisions, Events, Leases, Plain, Secrets, ServiceAccounts};
pub use pods::Pods;
pub use replicated::{Deployments, ReplicaSets};
pub use services::Services;
pub use stateful_sets::StatefulSets;
pub use storage_classes::StorageClasses;
pub use storage_objects::{CsiDrivers, CsiNodes, CsiStorageCapacities};
pub use volume_attachments::VolumeAttachments;
pub use volume_attributes_classes::VolumeAttributesClasses;
pub use volumes::Volumes;

use jiff::Timestamp;
use serde_json::Value;

use super::status::FieldError;
use typed::{Decoded, typed};

/// Which fields a kind can be selected by.
pub enum FieldSupport<'a> {
    /// `metadata.name` and `metadata.namespace`, with the generic text for others.
    MetadataOnly,
    /// Exactly these.
    Fields(&'static [&'static str]),
    /// A custom resource's: metadata and what its definition declares.
    Custom(&'a [String]),
}

/// The rules of one kind.
pub trait Strategy: Send + Sync {
    /// Drops what the kind does not know; refuses values of a wrong type.
    ///
    /// # Errors
    /// The decoder's words.
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o>;

    /// Fills in defaults; runs on every write.
    fn default(&self, _object: &mut Value) {}

    /// Sets what the server sets on a new object, after its status was dropped.
    fn prepare_create(&self, _object: &mut Value, _now: Timestamp) {}

    /// Resets what a write to the main resource may not change; status is kept already.
    fn prepare_update(&self, _object: &mut Value, _old: &Value) {}

    /// Sets what follows from a new status; spec is kept already.
    fn prepare_status(&self, _object: &mut Value, _old: &Value, _now: Timestamp) {}

    /// What is wrong with an object, whatever it was before.
    fn validate(&self, _object: &Value) -> Vec<FieldError> {
        Vec::new()
    }

    /// What is wrong with a change of the main resource.
    fn validate_update(&self, _object: &Value, _old: &Value) -> Vec<FieldError> {
        Vec::new()
    }

    /// The schema of a custom resource; `None` for built-in kinds.
    fn schema(&self) -> Option<&Value> {
        None
    }

    /// The columns that a definition declares for tables; `None` for built-in kinds.
    fn columns(&self) -> Option<&[Value]> {
        None
    }

    /// Fields that can be selected by.
    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::MetadataOnly
    }

    /// The value of such a field beyond name and namespace.
    fn field(&self, _object: &Value, _field: &str) -> Option<String> {
        None
    }
}

/// The value at a dotted field path, as a field selector sees it.
fn dotted(object: &Value, field: &str) -> Option<String> {
    let value = field.split('.').try_fold(object, |place, step| place.get(step))?;
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    })
}
