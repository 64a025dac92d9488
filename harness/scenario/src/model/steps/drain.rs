//! `drain`: send all pods away from a node.

use std::fmt;
use std::time::Duration;

use crate::model::duration;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Cordons a node and evicts its pods, as `kubectl drain --ignore-daemonsets --delete-emptydir-data` does, and waits until
/// they are gone.
///
/// ```yaml
/// - drain: {node: worker-1, within: 10m}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drain {
    /// Which.
    pub node: Spanned<String>,
    /// How long it may take; [`Drain::WITHIN`] when not said.
    pub within: Duration,
}

impl Drain {
    /// How long a drain may take when the scenario does not say.
    pub const WITHIN: Duration = Duration::from_secs(300);
}

impl fmt::Display for Drain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drain {} within {}", self.node, duration::in_words(self.within))
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Drain> {
    let mut fields = Fields::of(node, "drain", "{node: worker-1, within: 10m}", problems)?;
    let name = fields.required("node", problems).and_then(|node| node.words("node", "worker-1", problems));
    let within = fields.optional("within").map_or(Some(Drain::WITHIN), |node| Some(duration::decode(node, "within", problems)?.value));
    fields.finish(problems);
    Some(Drain { node: name?, within: within? })
}
