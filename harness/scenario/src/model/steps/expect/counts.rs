//! `expect: {calls: …}` and `expect: {fired: …}`: how often something has happened since the run began, in the words of the expectations at
//! the end. With `within` a step waits for a call, or for a fault to have struck.

use std::fmt;

use crate::model::expectation::{self, ExpectationKind};
use crate::yaml::{Node, Problems};

/// What must have been counted by now.
///
/// ```yaml
/// - expect: {calls: {from: csi-controller, CnsAttachVolume: at least 2}}
///   within: 5m
/// - expect: {fired: {lost-answer: 1}}
///   within: 5m
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectCounts {
    /// [`ExpectationKind::Calls`] or [`ExpectationKind::Fired`].
    pub kind: ExpectationKind,
}

impl fmt::Display for ExpectCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect {}", self.kind)
    }
}

pub(crate) const EXAMPLE: &str = "{calls: {CnsAttachVolume: at least 2}}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectCounts> {
    Some(ExpectCounts { kind: expectation::decode_kind(node, EXAMPLE, problems)? })
}
