//! The record of a task, and of a plan for tasks to fail.

use std::sync::Arc;

use jiff::Timestamp;
use vsphere_types::{Fault, Method, MoRef, Object, Value};

use super::work::Work;

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// No worker has taken it yet.
    Queued,
    /// It is being worked on; nobody sees its effect yet.
    Running,
    /// It ended well; single volumes may have failed inside its result.
    Success,
    /// It failed as a whole.
    Error,
}

impl TaskState {
    /// The wire name of `TaskInfoState`.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Success => "success",
            Self::Error => "error",
        }
    }
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its reference.
    pub task: MoRef,
    /// The method that asked for it.
    pub method: Method,
    /// `com.vmware.cns.tasks.createvolume`.
    pub description: &'static str,
    /// What it works on.
    pub entity: MoRef,
    /// That object's name at the time.
    pub entity_name: String,
    /// Where it is in its life.
    pub state: TaskState,
    /// Who asked for it.
    pub user: String,
    /// Eight hexadecimal digits, the operation's id in vCenter's own logs (unverified).
    pub activation: String,
    /// Number of the chain of events that it began.
    pub chain: i32,
    /// When it was asked for.
    pub queued: Timestamp,
    /// When a worker took it.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub completed: Option<Timestamp>,
    /// What came of it.
    pub result: Option<Value>,
    /// LocalizedMethodFault, if it failed as a whole.
    pub error: Option<Object>,
    /// What it does; nothing once it has ended.
    pub work: Option<Arc<Work>>,
}

impl Task {
    /// Whether nothing but how far it has come tells this record from the other.
    pub fn is_but_further(&self, other: &Self) -> bool {
        let Self { task, method, description, entity, entity_name, user, activation, chain, queued, .. } = self;
        let Self { state: _, started: _, completed: _, result: _, error: _, work: _, .. } = self;
        (task, method, description, entity, entity_name)
            == (&other.task, &other.method, &other.description, &other.entity, &other.entity_name)
            && (user, activation, chain, queued) == (&other.user, &other.activation, &other.chain, &other.queued)
    }
}

/// A plan for tasks to fail.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskFault {
    /// The method whose tasks fail.
    pub method: Method,
    /// What they fail with.
    pub fault: Fault,
    /// How many of them, the next ones to end.
    pub times: u32,
    /// Whether what they were to do is done all the same.
    pub after_effect: bool,
}
