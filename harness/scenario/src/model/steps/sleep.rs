//! `sleep`: let time pass.

use std::fmt;
use std::time::Duration;

use crate::model::duration;
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Lets time pass; in virtual time it costs nothing.
///
/// ```yaml
/// - sleep: 10m
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sleep {
    /// How much.
    pub time: Spanned<Duration>,
}

impl fmt::Display for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sleep {}", duration::in_words(self.time.value))
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Sleep> {
    Some(Sleep { time: duration::decode(node, "sleep", problems)? })
}
