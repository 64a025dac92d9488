//! What is to happen later: steps in the order of their time, and within an instant in the order of their coming.

use std::collections::BTreeMap;

use fake_vcenter_types::MoRef;
use jiff::Timestamp;

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A worker takes a task.
    StartTask(MoRef),
    /// A task's work is done and its effect is seen.
    FinishTask(MoRef),
    /// A task that ended a while ago goes.
    PurgeTask(MoRef),
    /// A session may have been idle for too long.
    ExpireSession(String),
}

impl Step {
    /// The cause under which its changes are recorded.
    pub fn cause(&self) -> String {
        match self {
            Self::StartTask(task) | Self::FinishTask(task) => task.id.clone(),
            Self::PurgeTask(_) => "task-retention".to_owned(),
            Self::ExpireSession(_) => "session-idle".to_owned(),
        }
    }
}

/// All steps that are to come.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    steps: BTreeMap<(Timestamp, u64), Step>,
    sequence: u64,
}

impl Schedule {
    /// Adds a step.
    pub fn at(&mut self, due: Timestamp, step: Step) {
        self.sequence += 1;
        self.steps.insert((due, self.sequence), step);
    }

    /// When the first step is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.steps.keys().next().map(|(due, _)| *due)
    }

    /// Takes the first step if it is due.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, Step)> {
        let entry = self.steps.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let ((due, _), step) = entry.remove_entry();
        Some((due, step))
    }
}
