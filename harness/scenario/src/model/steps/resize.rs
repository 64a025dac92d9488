//! `resize`: ask for another size of a claim.

use std::fmt;

use super::parts::object_entry;
use crate::model::object::{ObjectKind, ObjectName};
use crate::model::size::{self, Size};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Asks for another size of a claim, or of all claims that the pods of a StatefulSet have, without waiting for it. With `refused` the
/// API server must say no, in words that contain these.
///
/// ```yaml
/// - resize: {persistentvolumeclaim/data-web-0: 2Gi}
/// - resize: {statefulset/web: 2Gi}
/// - resize: {persistentvolumeclaim/data-web-0: 512Mi, refused: "field can not be less than status.capacity"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resize {
    /// Which.
    pub object: Spanned<ObjectName>,
    /// To what size.
    pub size: Spanned<Size>,
    /// What the API server must say in refusing it.
    pub refused: Option<Spanned<String>>,
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "resize {} to {}", self.object, self.size)?;
        if self.refused.is_some() { f.write_str(", which is refused") } else { Ok(()) }
    }
}

pub(crate) const EXAMPLE: &str = "{persistentvolumeclaim/data-web-0: 2Gi}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Resize> {
    let mut fields = Fields::of(node, "resize", EXAMPLE, problems)?;
    let refused = fields.maybe("refused", problems, |node, problems| node.words("refused", "must support resize", problems));
    let entry = object_entry(&mut fields, EXAMPLE, problems);
    fields.finish(problems);
    let (object, _, value) = entry?;
    if !matches!(object.kind, ObjectKind::PersistentVolumeClaim | ObjectKind::StatefulSet) {
        let message = format!("a {} cannot be resized", object.kind.word());
        return problems.at(object.span, message, "resize a persistentvolumeclaim, or a statefulset with all its claims");
    }
    let size = size::decode(value, "the size", problems);
    Some(Resize { object, size: size?, refused: refused? })
}
