//! `fail`: take something of the world away.

use std::fmt;

use crate::model::target::{self, Target};
use crate::yaml::{Node, Problems};

/// Takes something away until it is healed; failing what has failed already breaks the step.
///
/// ```yaml
/// - fail: {host-of: worker-1}
/// - fail: {service: cns, vcenter: vc-a}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fail {
    /// What.
    pub target: Target,
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fail {}", self.target)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Fail> {
    Some(Fail { target: target::decode(node, "fail", problems)? })
}
