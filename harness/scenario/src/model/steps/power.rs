//! `power`: switch a node's VM on or off.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems, only_entry};

/// Switches a node's VM, as somebody with the vSphere client would: hard, without a shutdown of the guest.
///
/// ```yaml
/// - power: {worker-1: off}
/// - power: {worker-1: on}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power {
    /// The node whose VM it is.
    pub node: Spanned<String>,
    /// Which way.
    pub state: PowerState,
}

/// Whether a VM is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerState {
    /// `on`
    On,
    /// `off`
    Off,
}

impl PowerState {
    pub(crate) const ALL: [Self; 2] = [Self::On, Self::Off];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "power {} {}", self.node, self.state.word())
    }
}

pub(crate) const EXAMPLE: &str = "{worker-1: off}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Power> {
    let (name, value) = only_entry(node, "`power`", EXAMPLE, problems)?;
    let word = value.words("power", "off", problems)?;
    match PowerState::ALL.into_iter().find(|state| state.word() == word.value) {
        Some(state) => Some(Power { node: name.clone(), state }),
        None => problems.unknown(&word, "power state", "power states", PowerState::ALL.map(PowerState::word)),
    }
}
