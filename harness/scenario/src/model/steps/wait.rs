//! `wait`: go on when an object is as it should be.

use std::fmt;
use std::time::Duration;

use super::parts::object_entry;
use crate::model::duration;
use crate::model::object::{ObjectKind, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Waits until an object is in a state; breaks when it is not within the time.
///
/// ```yaml
/// - wait: {statefulset/web: ready, within: 2m}
/// - wait: {pod/web-2: gone}
/// - wait: {persistentvolumeclaim/data-web-0: bound, within: 30s}
/// - wait: {node/worker-1: initialized}
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
    /// The object is there.
    Present,
    /// The object is no longer there.
    Gone,
    /// A set has as many ready pods as it wants, all of its newest revision; a pod or node is ready; of a snapshot volumes can be made.
    Ready,
    /// A node is there but not ready, or nobody knows.
    NotReady,
    /// A node's taint `node.cloudprovider.kubernetes.io/uninitialized` is off and its providerID is there.
    Initialized,
    /// No new pods may come to a node.
    Unschedulable,
    /// A pod's phase is Running.
    Running,
    /// A pod's or claim's phase is Pending.
    Pending,
    /// A pod or claim is being deleted, but still there.
    Terminating,
    /// A claim or volume is bound.
    Bound,
    /// A claim has lost its volume.
    Lost,
    /// A volume is free for a claim.
    Available,
    /// A volume's claim is gone, but it is still there.
    Released,
    /// A volume could not be given back; a pod or job has ended badly.
    Failed,
    /// A pod has ended well.
    Succeeded,
    /// As many pods of a job have ended well as it wants.
    Complete,
    /// A VolumeAttachment says that the volume is attached.
    Attached,
}

impl State {
    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Gone => "gone",
            Self::Ready => "ready",
            Self::NotReady => "not-ready",
            Self::Initialized => "initialized",
            Self::Unschedulable => "unschedulable",
            Self::Running => "running",
            Self::Pending => "pending",
            Self::Terminating => "terminating",
            Self::Bound => "bound",
            Self::Lost => "lost",
            Self::Available => "available",
            Self::Released => "released",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Complete => "complete",
            Self::Attached => "attached",
        }
    }

    /// What can be waited for in objects of a kind.
    pub fn of(kind: ObjectKind) -> &'static [Self] {
        match kind {
            ObjectKind::StatefulSet | ObjectKind::Deployment | ObjectKind::VolumeSnapshot | ObjectKind::VolumeSnapshotContent => {
                &[Self::Ready, Self::Present, Self::Gone]
            }
            ObjectKind::Pod => {
                &[Self::Running, Self::Ready, Self::Pending, Self::Succeeded, Self::Failed, Self::Terminating, Self::Present, Self::Gone]
            }
            ObjectKind::Job => &[Self::Complete, Self::Failed, Self::Present, Self::Gone],
            ObjectKind::PersistentVolumeClaim => &[Self::Bound, Self::Pending, Self::Lost, Self::Terminating, Self::Present, Self::Gone],
            ObjectKind::PersistentVolume => &[Self::Available, Self::Bound, Self::Released, Self::Failed, Self::Present, Self::Gone],
            ObjectKind::VolumeAttachment => &[Self::Attached, Self::Present, Self::Gone],
            ObjectKind::Node => &[Self::Ready, Self::NotReady, Self::Initialized, Self::Unschedulable, Self::Present, Self::Gone],
            ObjectKind::StorageClass
            | ObjectKind::VolumeAttributesClass
            | ObjectKind::VolumeSnapshotClass
            | ObjectKind::CsiNode
            | ObjectKind::CsiNodeTopology
            | ObjectKind::Lease => &[Self::Present, Self::Gone],
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
    let Some(state) = states.iter().copied().find(|state| state.word() == word.value) else {
        let known = format!("states of a {}", object.kind.word());
        return problems.unknown(&word, "state", &known, states.iter().map(|state| state.word()));
    };
    Some(Wait { object, state: word.map(|_| state), within: within? })
}
