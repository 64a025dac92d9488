//! `patch`: change an object of Kubernetes.

use std::fmt;

use serde_json::Value;

use crate::model::object::{self, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Content, Node, Problems, only_entry};

/// Changes an object by a merge patch (RFC 7386): maps are merged, `null` takes a key away, all else is replaced.
///
/// ```yaml
/// - patch: {persistentvolumeclaim/data-web-0: {spec: {volumeAttributesClassName: rekeyed}}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Which object.
    pub object: Spanned<ObjectName>,
    /// The patch, always a map.
    pub patch: Value,
}

impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "patch {} with {}", self.object, self.patch)
    }
}

pub(crate) const EXAMPLE: &str = "{persistentvolumeclaim/data-web-0: {spec: {volumeAttributesClassName: rekeyed}}}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Patch> {
    let (name, value) = only_entry(node, "`patch`", EXAMPLE, problems)?;
    let object = object::decode(name, problems)?;
    match &value.content {
        Content::Map(entries) if !entries.is_empty() => Some(Patch { object, patch: value.json() }),
        Content::Map(_) => {
            problems.at(value.span, format!("the patch of {object} changes nothing"), format!("write it like this: {EXAMPLE}"))
        }
        _ => value.is_not(&format!("the patch of {object}"), "a map", EXAMPLE, problems),
    }
}
