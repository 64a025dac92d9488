//! `heal`: bring back what has failed.

use std::fmt;

use crate::model::target::{self, Target};
use crate::yaml::{Node, Problems};

/// Brings back what `fail` took away, named in the same words.
///
/// ```yaml
/// - heal: {host-of: worker-1}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heal {
    /// What.
    pub target: Target,
}

impl fmt::Display for Heal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "heal {}", self.target)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Heal> {
    let target = target::decode(node, "heal", problems)?;
    target::healable(&target, node.span, problems);
    Some(Heal { target })
}
