//! `kill`: end a process, which comes back after a while.

use std::fmt;
use std::time::Duration;

use crate::model::duration;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Kills a process at once and starts it again later, with nothing but what it had stored.
///
/// ```yaml
/// - kill: {process: csi-controller, restart: 5s}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Which; see [`crate::Scenario::process_names`].
    pub process: Spanned<String>,
    /// How long it stays away.
    pub restart: Spanned<Duration>,
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kill {}, restart after {}", self.process, duration::in_words(self.restart.value))
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Kill> {
    let mut fields = Fields::of(node, "kill", "{process: csi-controller, restart: 5s}", problems)?;
    let process = fields.required("process", problems).and_then(|node| node.words("process", "csi-controller", problems));
    let restart = fields.required("restart", problems).and_then(|node| duration::decode(node, "restart", problems));
    fields.finish(problems);
    Some(Kill { process: process?, restart: restart? })
}
