//! What is to happen later: steps in the order of their time, and within an instant in the order of their coming.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vsphere_types::MoRef;

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A worker takes a task.
    StartTask(MoRef),
    /// A task's work is done and its effect is seen.
    FinishTask(MoRef),
    /// A task that ended a while ago goes.
    PurgeTask(MoRef),
    /// Half of a task's work is done, for work that has halves.
    HalfTask(MoRef),
    /// vCenter learns that a host failed, at this instant.
    NoticeFailure(MoRef, Timestamp),
    /// HA restarts a virtual machine.
    RestartVm(MoRef),
    /// A session has lived as long as sessions may.
    EndSession(String),
    /// A session may have been idle for too long.
    ExpireSession(String),
    /// A session of the REST endpoint may have been idle for too long.
    ExpireRestSession(String),
}

impl Step {
    /// The cause under which its changes are recorded.
    pub fn cause(&self) -> String {
        match self {
            Self::StartTask(task) | Self::HalfTask(task) | Self::FinishTask(task) => task.id.clone(),
            Self::PurgeTask(_) => "task-retention".to_owned(),
            Self::NoticeFailure(host, _) => format!("failure/{}", host.id),
            Self::RestartVm(vm) => format!("ha-restart/{}", vm.id),
            Self::EndSession(_) => "session-absolute".to_owned(),
            Self::ExpireSession(_) => "session-idle".to_owned(),
            Self::ExpireRestSession(_) => "rest-session-idle".to_owned(),
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
