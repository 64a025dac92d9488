//! `snapshot-by-hand`: somebody takes or deletes snapshots of a disk behind the driver's back.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems, only_entry};

/// Takes a snapshot of a claim's volume as an administrator would, or deletes all that it has.
///
/// ```yaml
/// - snapshot-by-hand: {take: data-web-0}
/// - snapshot-by-hand: {delete: data-web-0}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotByHand {
    /// The claim whose volume is meant.
    pub volume: Spanned<String>,
    /// What is done.
    pub action: SnapshotAction,
}

/// What is done about snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotAction {
    /// `take`: one is taken.
    Take,
    /// `delete`: all are deleted.
    Delete,
}

impl SnapshotAction {
    pub(crate) const ALL: [Self; 2] = [Self::Take, Self::Delete];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for SnapshotByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            SnapshotAction::Take => write!(f, "take a snapshot of the volume of {} by hand", self.volume),
            SnapshotAction::Delete => write!(f, "delete all snapshots of the volume of {} by hand", self.volume),
        }
    }
}

pub(crate) const EXAMPLE: &str = "{take: data-web-0}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<SnapshotByHand> {
    let (name, value) = only_entry(node, "`snapshot-by-hand`", EXAMPLE, problems)?;
    let volume = super::parts::claim(value, problems);
    match SnapshotAction::ALL.into_iter().find(|action| action.word() == name.value) {
        Some(action) => Some(SnapshotByHand { volume: volume?, action }),
        None => problems.unknown(name, "action", "what is done with snapshots", SnapshotAction::ALL.map(SnapshotAction::word)),
    }
}
