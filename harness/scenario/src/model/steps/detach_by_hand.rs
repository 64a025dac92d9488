//! `detach-by-hand`: somebody takes a disk off a machine behind the driver's back.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Detaches a claim's volume from a node's VM as an administrator would, without CNS and without Kubernetes.
///
/// ```yaml
/// - detach-by-hand: {volume: data-web-0, from: worker-1}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachByHand {
    /// The claim whose volume is meant.
    pub volume: Spanned<String>,
    /// The node whose VM it is taken off.
    pub from: Spanned<String>,
}

impl fmt::Display for DetachByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "detach the volume of {} from {} by hand", self.volume, self.from)
    }
}

pub(crate) const EXAMPLE: &str = "{volume: data-web-0, from: worker-1}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<DetachByHand> {
    let mut fields = Fields::of(node, "detach-by-hand", EXAMPLE, problems)?;
    let volume = fields.required("volume", problems).and_then(|node| super::parts::claim(node, problems));
    let from = fields.required("from", problems).and_then(|node| node.words("from", "worker-1", problems));
    fields.finish(problems);
    Some(DetachByHand { volume: volume?, from: from? })
}
