//! `delete`: take an object out of Kubernetes.

use std::fmt;

use crate::model::object::{self, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Deletes one object as `kubectl delete` would, without waiting for its end.
///
/// ```yaml
/// - delete: pod/web-0
/// - delete: persistentvolumeclaim/data-web-0
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Which.
    pub object: Spanned<ObjectName>,
}

impl fmt::Display for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delete {}", self.object)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Delete> {
    let text = node.words("delete", "pod/web-0", problems)?;
    Some(Delete { object: object::decode(&text, problems)? })
}
