//! `delete`: take an object out of Kubernetes.

use std::fmt;

use crate::model::object::{self, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// Deletes one object as `kubectl delete` would, and waits as it does until that very object is gone, at most five minutes.
///
/// ```yaml
/// - delete: pod/web-0
/// - delete: {object: pod/web-0, force: true}
/// - delete: {object: persistentvolumeclaim/data-web-0, wait: false}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Which.
    pub object: Spanned<ObjectName>,
    /// Whether it is deleted without a grace period; a pod is gone then, whether it has ended or not.
    pub force: bool,
    /// Whether the step waits until the object is gone; `true` when not said.
    pub wait: bool,
}

impl fmt::Display for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delete {}", self.object)?;
        if self.force {
            f.write_str(" by force")?;
        }
        if !self.wait {
            f.write_str(" without waiting for its end")?;
        }
        Ok(())
    }
}

const EXAMPLE: &str = "{object: pod/web-0, force: true}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Delete> {
    if !matches!(node.content, Content::Map(_)) {
        let text = node.words("delete", "pod/web-0", problems)?;
        return Some(Delete { object: object::decode(&text, problems)?, force: false, wait: true });
    }
    let mut fields = Fields::of(node, "delete", EXAMPLE, problems)?;
    let object = fields.required("object", problems).and_then(|node| {
        let text = node.words("object", "pod/web-0", problems)?;
        object::decode(&text, problems)
    });
    let force = fields.optional("force").map_or(Some(false), |node| node.truth("force", problems));
    let wait = fields.optional("wait").map_or(Some(true), |node| node.truth("wait", problems));
    fields.finish(problems);
    Some(Delete { object: object?, force: force?, wait: wait? })
}
