//! `disk-by-hand`: what somebody does to a disk that was there beforehand, beside drivers and Kubernetes.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems, only_entry};

/// Registers the file of a disk as one of the first class, or deletes a disk from its datastore.
///
/// ```yaml
/// - disk-by-hand: {register: old}
/// - disk-by-hand: {delete: ledger}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskByHand {
    /// The disk, by its name in the world.
    pub disk: Spanned<String>,
    /// What is done.
    pub action: DiskAction,
}

/// What is done about a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskAction {
    /// `register`: a file becomes a disk of the first class.
    Register,
    /// `delete`: it goes, whatever it is.
    Delete,
}

impl DiskAction {
    pub(crate) const ALL: [Self; 2] = [Self::Register, Self::Delete];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for DiskByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} the disk {} by hand", self.action.word(), self.disk)
    }
}

pub(crate) const EXAMPLE: &str = "{register: old}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<DiskByHand> {
    let (name, value) = only_entry(node, "`disk-by-hand`", EXAMPLE, problems)?;
    let disk = value.words("disk", "old", problems);
    match DiskAction::ALL.into_iter().find(|action| action.word() == name.value) {
        Some(action) => Some(DiskByHand { disk: disk?, action }),
        None => problems.unknown(name, "action", "what is done with disks", DiskAction::ALL.map(DiskAction::word)),
    }
}
