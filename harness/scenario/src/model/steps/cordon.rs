//! `cordon` and `uncordon`: whether new pods may come to a node.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Marks a node unschedulable, as `kubectl cordon` does.
///
/// ```yaml
/// - cordon: worker-1
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cordon {
    /// Which.
    pub node: Spanned<String>,
}

/// Marks a node schedulable again, as `kubectl uncordon` does.
///
/// ```yaml
/// - uncordon: worker-1
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncordon {
    /// Which.
    pub node: Spanned<String>,
}

impl fmt::Display for Cordon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cordon {}", self.node)
    }
}

impl fmt::Display for Uncordon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "uncordon {}", self.node)
    }
}

pub(crate) fn decode_cordon(node: &Node, problems: &mut Problems) -> Option<Cordon> {
    Some(Cordon { node: node.words("cordon", "worker-1", problems)? })
}

pub(crate) fn decode_uncordon(node: &Node, problems: &mut Problems) -> Option<Uncordon> {
    Some(Uncordon { node: node.words("uncordon", "worker-1", problems)? })
}
