//! `scale`: ask for another number of replicas.

use std::fmt;

use super::parts::object_entry;
use crate::model::object::{ObjectKind, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Sets the number of replicas of a StatefulSet or Deployment, without waiting for them.
///
/// ```yaml
/// - scale: {statefulset/web: 2}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Which.
    pub object: Spanned<ObjectName>,
    /// To how many.
    pub replicas: Spanned<u32>,
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scale {} to {}", self.object, self.replicas)
    }
}

const EXAMPLE: &str = "{statefulset/web: 2}";
pub(crate) const REPLICAS_MAX: u32 = 10_000;

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Scale> {
    let mut fields = Fields::of(node, "scale", EXAMPLE, problems)?;
    let entry = object_entry(&mut fields, EXAMPLE, problems);
    fields.finish(problems);
    let (object, _, value) = entry?;
    if !matches!(object.kind, ObjectKind::StatefulSet | ObjectKind::Deployment) {
        return problems.at(object.span, format!("a {} cannot be scaled", object.kind.word()), "scale a statefulset or a deployment");
    }
    let replicas = value.number("the number of replicas", 0, REPLICAS_MAX, problems)?;
    Some(Scale { object, replicas })
}
