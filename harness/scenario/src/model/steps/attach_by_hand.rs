//! `attach-by-hand`: somebody attaches a disk behind the driver's back.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Attaches a claim's volume to a node's VM as an administrator would, without CNS and without Kubernetes.
///
/// ```yaml
/// - attach-by-hand: {volume: data-web-0, to: worker-2}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachByHand {
    /// The claim whose volume is meant.
    pub volume: Spanned<String>,
    /// The node whose VM it goes to.
    pub to: Spanned<String>,
}

impl fmt::Display for AttachByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attach the volume of {} to {} by hand", self.volume, self.to)
    }
}

pub(crate) const EXAMPLE: &str = "{volume: data-web-0, to: worker-2}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<AttachByHand> {
    let mut fields = Fields::of(node, "attach-by-hand", EXAMPLE, problems)?;
    let volume = fields.required("volume", problems).and_then(|node| super::parts::claim(node, problems));
    let to = fields.required("to", problems).and_then(|node| node.words("to", "worker-2", problems));
    fields.finish(problems);
    Some(AttachByHand { volume: volume?, to: to? })
}
