//! `wait`: go on when an object is as it should be.

use std::fmt;
use std::time::Duration;

use super::object_entry;
use crate::model::duration;
use crate::model::object::{Kind, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Waits until an object is in a state; breaks when it is not within the time.
///
/// ```yaml
/// - wait: {statefulset/web: ready, within: 2m}
/// - wait: {pod/web-2: gone}
/// - wait: {persistentvolumeclaim/data-web-0: bound, within: 30s}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Which object.
    pub object: Spanned<ObjectName>,
    /// What it is to be.
    pub state: Spanned<State>,
    /// How long it may take; [`Wait::WITHIN`] when not said.
    pub within: Duration,
}

impl Wait {
    /// How long a wait may take when the scenario does not say.
    pub const WITHIN: Duration = Duration::from_secs(300);
}

/// A state that can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A StatefulSet has as many ready pods as it wants, all of its newest revision.
    Ready,
    /// A pod runs and is ready.
    Running,
    /// A claim is bound to a volume.
    Bound,
    /// The object is no longer there.
    Gone,
}

impl State {
    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Bound => "bound",
            Self::Gone => "gone",
        }
    }

    /// What can be waited for in objects of a kind.
    pub fn of(kind: Kind) -> [Self; 2] {
        match kind {
            Kind::StatefulSet => [Self::Ready, Self::Gone],
            Kind::Pod => [Self::Running, Self::Gone],
            Kind::PersistentVolumeClaim => [Self::Bound, Self::Gone],
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wait for {} to be {} within {}", self.object, self.state.word(), duration::in_words(self.within))
    }
}

const EXAMPLE: &str = "{statefulset/web: ready, within: 2m}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Wait> {
    let mut fields = Fields::of(node, "wait", EXAMPLE, problems)?;
    let within = fields.optional("within").map_or(Some(Wait::WITHIN), |node| Some(duration::decode(node, "within", problems)?.value));
    let entry = object_entry(&mut fields, EXAMPLE, problems);
    fields.finish(problems);
    let (object, word, _) = entry?;
    let states = State::of(object.kind);
    let Some(state) = states.into_iter().find(|state| state.word() == word.value) else {
        let known = format!("states of a {}", object.kind.word());
        return problems.unknown(&word, "state", &known, states.map(State::word));
    };
    Some(Wait { object, state: word.map(|_| state), within: within? })
}
