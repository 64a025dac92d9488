//! One record, and the steps that it goes through: intended, sent, ended.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use vsphere_types::MoRef;

/// The most operations that a record keeps.
const MAX_OPERATIONS: usize = 10;

/// How far an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationStatus {
    /// It may have been sent, and may be running.
    InProgress,
    /// It has made the volume.
    Success,
    /// It has ended without an effect.
    Error,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// When it was intended, by this driver's calendar, before anything was sent.
    pub invoked: Timestamp,
    /// The id of its task in vCenter, once it is known.
    pub task_id: Option<String>,
    /// The vCenter's host name.
    pub vcenter: String,
    /// The operation id that was sent with the call.
    pub operation_id: String,
    /// How far it has come.
    pub status: OperationStatus,
    /// Why it failed.
    pub error: Option<String>,
}

impl Operation {
    /// The task, once it is known.
    pub fn task(&self) -> Option<MoRef> {
        self.task_id.as_ref().map(|id| MoRef::new("Task", id))
    }
}

/// What lies in a record's object beside what this driver reads; it is written back as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Carried {
    pub metadata: ObjectMeta,
    pub status: serde_json::Map<String, serde_json::Value>,
}

/// All attempts at one volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The volume's name.
    pub name: String,
    /// The volume, once it is made; of a snapshot's record, the volume that it is of.
    pub volume_id: Option<String>,
    /// The snapshot, once it is taken.
    pub snapshot_id: Option<String>,
    /// How many attempts have failed.
    pub error_count: u32,
    /// The first attempt, kept for whoever looks into it later.
    pub first: Option<Operation>,
    /// The latest attempts, oldest first.
    pub latest: Vec<Operation>,
    /// The version that was read; `None` for a record that has not been written.
    pub version: Option<String>,
    pub(super) carried: Carried,
}

impl Record {
    /// A record without attempts.
    pub fn new(name: &str) -> Self {
        let carried = Carried::default();
        Self {
            name: name.to_owned(),
            volume_id: None,
            snapshot_id: None,
            error_count: 0,
            first: None,
            latest: Vec::new(),
            version: None,
            carried,
        }
    }

    /// The latest attempt.
    pub fn operation(&self) -> Option<&Operation> {
        self.latest.last()
    }

    /// With one more attempt, which has not been sent.
    #[must_use]
    pub fn intending(mut self, invoked: Timestamp, vcenter: &str, operation_id: &str) -> Self {
        let operation = Operation {
            invoked,
            task_id: None,
            vcenter: vcenter.to_owned(),
            operation_id: operation_id.to_owned(),
            status: OperationStatus::InProgress,
            error: None,
        };
        self.first.get_or_insert_with(|| operation.clone());
        self.latest.push(operation);
        let surplus = self.latest.len().saturating_sub(MAX_OPERATIONS);
        self.latest.drain(..surplus);
        self.volume_id = None;
        self.snapshot_id = None;
        self
    }

    /// The record of a snapshot of this volume.
    #[must_use]
    pub fn of_snapshot(mut self, volume_id: &str) -> Self {
        self.volume_id = Some(volume_id.to_owned());
        self
    }

    /// With the latest attempt ended well, in a snapshot.
    #[must_use]
    pub fn taken(mut self, snapshot_id: &str) -> Self {
        self.snapshot_id = Some(snapshot_id.to_owned());
        self.change_latest(|operation| operation.status = OperationStatus::Success);
        self
    }

    /// With the latest attempt's task.
    #[must_use]
    pub fn with_task(mut self, task: &MoRef) -> Self {
        self.change_latest(|operation| operation.task_id = Some(task.id.clone()));
        self
    }

    /// With the latest attempt ended well.
    #[must_use]
    pub fn succeeded(mut self, volume_id: &str) -> Self {
        self.volume_id = Some(volume_id.to_owned());
        self.change_latest(|operation| operation.status = OperationStatus::Success);
        self
    }

    /// With the latest attempt ended without an effect.
    #[must_use]
    pub fn failed(mut self, error: &str) -> Self {
        self.error_count = self.error_count.saturating_add(1);
        self.change_latest(|operation| {
            operation.status = OperationStatus::Error;
            operation.error = Some(error.to_owned());
        });
        self
    }

    /// Changes the latest attempt, and the first when it is the same one.
    fn change_latest(&mut self, change: impl Fn(&mut Operation)) {
        let Some(latest) = self.latest.last_mut() else { return };
        let is_first =
            self.first.as_ref().is_some_and(|first| first.operation_id == latest.operation_id && first.invoked == latest.invoked);
        change(latest);
        if is_first {
            self.first = Some(latest.clone());
        }
    }
}
