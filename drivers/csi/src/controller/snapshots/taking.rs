//! Taking a snapshot once: the steps, each of which may be where an earlier incarnation stopped.

use std::collections::BTreeSet;

use driver_host::Host;
use jiff::SignedDuration;
use vsphere_types::MoRef;

use super::super::creation::{CALENDAR_SKEW, InDoubtCreates, LANDING_TIME, LOST_TASK_TIME, account, is_uuid};
use super::SnapshotError;
use crate::behaviours::Behaviours;
use crate::operations::{OperationStatus, Operations, Record};
use crate::vcenter::{CreateTask, NewSnapshot, Snapshot, SnapshotId, VCenter, VCenterError};

/// The snapshot that is asked for.
pub(super) struct Wanted {
    /// The name that the caller gave it.
    name: String,
    /// The volume that it is of.
    volume: String,
    /// What it is found again by: its description, and its record's name.
    description: String,
}

impl Wanted {
    /// A snapshot of this name, of this volume.
    pub(super) fn new(name: &str, volume: &str) -> Self {
        Self { name: name.to_owned(), volume: volume.to_owned(), description: format!("{name}-{volume}") }
    }

    /// The uuid in `snapshot-<uuid>`.
    fn own_id(&self) -> Option<&str> {
        self.name.strip_prefix("snapshot-").filter(|rest| is_uuid(rest))
    }
}

/// All that the steps need.
pub(super) struct Taking<'a> {
    pub vcenter: &'a dyn VCenter,
    pub operations: &'a dyn Operations,
    pub host: &'a dyn Host,
    pub behaviours: Behaviours,
    pub in_doubt: &'a InDoubtCreates,
    /// How many the volume may have.
    pub limit: usize,
    /// Whether the release lets the caller choose a snapshot's id.
    pub chooses_ids: bool,
}

/// What is to be done next.
enum Step {
    /// Write down that a call will be sent.
    Intend(Record),
    /// Send it. `earlier`: an earlier incarnation may have sent it, too.
    Send { record: Record, earlier: bool },
    /// Wait for the task.
    Follow { record: Record, task: MoRef, earlier: bool },
    /// Look for what an earlier incarnation sent.
    Search(Record),
    /// Write down what was found.
    Conclude { record: Record, snapshot: Snapshot },
    /// The snapshot is there and written down.
    Done(Snapshot),
}

impl Taking<'_> {
    /// Takes the snapshot, or finds that it is taken.
    pub(super) async fn take(&self, wanted: &Wanted) -> Result<Snapshot, SnapshotError> {
        if !self.behaviours.record_operation_first {
            return self.take_unrecorded(wanted).await;
        }
        let mut chosen = wanted.own_id().filter(|_| self.chooses_ids).map(str::to_owned);
        let record = self.operations.find(&wanted.description).await?;
        let mut step = self.first_step(wanted, record, chosen.is_some()).await?;
        loop {
            step = match step {
                Step::Intend(record) => self.intend(wanted, record).await?,
                Step::Send { record, earlier } => self.send(wanted, &mut chosen, record, earlier).await?,
                Step::Follow { record, task, earlier } => self.follow(wanted, &mut chosen, record, &task, earlier).await?,
                Step::Search(record) => self.search(wanted, record).await.map_err(SnapshotError::still_in_doubt)?,
                Step::Conclude { record, snapshot } => self.conclude(wanted, record, snapshot).await?,
                Step::Done(snapshot) => return Ok(snapshot),
            };
        }
    }

    /// Where an earlier incarnation stopped.
    async fn first_step(&self, wanted: &Wanted, record: Option<Record>, chosen: bool) -> Result<Step, SnapshotError> {
        let Some(record) = record else {
            self.name_must_be_free(wanted).await?;
            return Ok(Step::Intend(Record::new(&wanted.description)));
        };
        let Some(operation) = record.operation().cloned() else { return Ok(Step::Intend(record)) };
        Ok(match (operation.status, operation.task()) {
            (OperationStatus::Error, _) => Step::Intend(record),
            (OperationStatus::Success, _) => return self.already_taken(wanted, record).await,
            (OperationStatus::InProgress, _) if !self.behaviours.look_before_snapshotting_again => Step::Intend(record),
            (OperationStatus::InProgress, Some(task)) => Step::Follow { record, task, earlier: true },
            (OperationStatus::InProgress, None) if chosen => Step::Send { record, earlier: true },
            (OperationStatus::InProgress, None) => Step::Search(record),
        })
    }

    /// A name is one snapshot's: of one volume.
    async fn name_must_be_free(&self, wanted: &Wanted) -> Result<(), SnapshotError> {
        let taken = |record: &Record| {
            let other = record.volume_id.clone()?;
            let same_name = record.name == format!("{}-{other}", wanted.name) && other != wanted.volume;
            let failed = record.operation().is_some_and(|operation| operation.status == OperationStatus::Error);
            (same_name && !failed).then_some(other)
        };
        match self.operations.list().await?.iter().find_map(taken) {
            Some(other) => Err(SnapshotError::OtherVolume { name: wanted.name.clone(), other }),
            None => Ok(()),
        }
    }

    /// The record says that the snapshot was taken.
    async fn already_taken(&self, wanted: &Wanted, record: Record) -> Result<Step, SnapshotError> {
        let Some(id) = record.snapshot_id.clone() else { return Ok(Step::Search(record)) };
        let id = SnapshotId { volume: wanted.volume.clone(), snapshot: id };
        match self.vcenter.snapshot(&id).await? {
            Some(snapshot) => Ok(Step::Done(snapshot)),
            None => {
                self.host.log(&format!("snapshot {} of {} was deleted since; taking it again", id.snapshot, wanted.description));
                Ok(Step::Intend(record))
            }
        }
    }

    /// Adds an attempt to the record, unless the snapshot is there or there is no room for it.
    async fn intend(&self, wanted: &Wanted, record: Record) -> Result<Step, SnapshotError> {
        let known = self.vcenter.snapshots_of(&wanted.volume).await?;
        let count = known.len();
        if let Some(snapshot) = self.adopt(wanted, known) {
            return Ok(Step::Conclude { record: record.of_snapshot(&wanted.volume), snapshot });
        }
        if count >= self.limit && self.behaviours.limit_snapshots {
            return Err(SnapshotError::TooMany { volume: wanted.volume.clone(), limit: self.limit });
        }
        let operation_id = self.operation_id();
        let record = record.intending(self.host.calendar(), self.vcenter.host(), &operation_id).of_snapshot(&wanted.volume);
        let record = self.operations.write(&record).await?;
        Ok(Step::Send { record, earlier: false })
    }

    fn operation_id(&self) -> String {
        format!("{:08x}", self.host.random() & 0xffff_ffff)
    }

    /// The snapshot of this description: of several the oldest, so that every attempt comes to the same end.
    fn adopt(&self, wanted: &Wanted, mut known: Vec<Snapshot>) -> Option<Snapshot> {
        if !self.behaviours.look_before_snapshotting_again {
            return None;
        }
        known.retain(|snapshot| snapshot.description == wanted.description);
        known.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
        let mut known = known.into_iter();
        let snapshot = known.next()?;
        self.host.log(&format!("adopting snapshot {} of {}: it was taken by an earlier attempt", snapshot.id.snapshot, wanted.description));
        for other in known {
            self.host.log(&format!("snapshot {} is a second one named {}; nobody uses it", other.id.snapshot, wanted.description));
        }
        Some(snapshot)
    }

    /// Starts the task, and writes its id down.
    async fn send(&self, wanted: &Wanted, chosen: &mut Option<String>, record: Record, earlier: bool) -> Result<Step, SnapshotError> {
        let operation_id = record.operation().map(|operation| operation.operation_id.clone()).unwrap_or_default();
        match self.vcenter.create_snapshot(&new_snapshot(wanted, chosen.clone(), operation_id)).await {
            Ok(task) => {
                // When this write fails, the next attempt finds the intent and recovers.
                let record = self.operations.write(&record.with_task(&task)).await?;
                Ok(Step::Follow { record, task, earlier })
            }
            Err(error) => self.after_failure(wanted, chosen, record, error, earlier).await,
        }
    }

    /// What follows from an attempt that did not give a snapshot, which was looked for.
    async fn after_failure(
        &self,
        wanted: &Wanted,
        chosen: &mut Option<String>,
        record: Record,
        error: VCenterError,
        earlier: bool,
    ) -> Result<Step, SnapshotError> {
        if chosen.is_some() && error.refuses_chosen_ids() {
            // An earlier incarnation has learned the same and may have gone on without the id.
            *chosen = None;
            return Ok(if earlier { Step::Search(record) } else { Step::Intend(record) });
        }
        if earlier && matches!(error, VCenterError::NotSent { .. }) {
            // Nothing was sent now; whether an earlier incarnation sent is as open as before.
            return Err(SnapshotError::InDoubt(error));
        }
        if !error.had_no_effect() {
            self.in_doubt.note(&wanted.description);
            return Err(SnapshotError::InDoubt(error));
        }
        if earlier && self.may_be_on_its_way(wanted, &record) {
            return Err(SnapshotError::InDoubt(error));
        }
        self.in_doubt.forget(&wanted.description);
        self.operations.write(&record.failed(&error.to_string())).await?;
        Err(error.into())
    }

    /// Waits for the task.
    async fn follow(
        &self,
        wanted: &Wanted,
        chosen: &mut Option<String>,
        record: Record,
        task: &MoRef,
        earlier: bool,
    ) -> Result<Step, SnapshotError> {
        match self.vcenter.wait_for_snapshot(task).await {
            Ok(snapshot) => Ok(Step::Conclude { record, snapshot }),
            Err(VCenterError::TaskGone { .. }) => {
                self.host.log(&format!("{task} of {} is gone from vCenter; looking for what it took", wanted.description));
                self.in_doubt.lost(&wanted.description, &task.id);
                Ok(Step::Search(record))
            }
            // The record names the task, so nothing is in doubt when the wait breaks off: it is taken up again.
            Err(error @ (VCenterError::NoAnswer { .. } | VCenterError::NotSent { .. })) => Err(SnapshotError::InDoubt(error)),
            Err(error @ VCenterError::Fault(_)) => {
                // What went wrong may have gone wrong after the snapshot was taken.
                let known = self.vcenter.snapshots_of(&wanted.volume).await.map_err(SnapshotError::InDoubt)?;
                match self.adopt(wanted, known) {
                    Some(snapshot) => Ok(Step::Conclude { record, snapshot }),
                    None => self.after_failure(wanted, chosen, record, error, earlier).await,
                }
            }
        }
    }

    /// Finds what was taken, or makes certain that nothing was.
    async fn search(&self, wanted: &Wanted, record: Record) -> Result<Step, SnapshotError> {
        let tasks = self.vcenter.snapshot_tasks().await?;
        for task in self.candidates(wanted, &record, &tasks).await? {
            match self.vcenter.wait_for_snapshot(&task).await {
                // What a task took is found by its description below; the result of another's means nothing here.
                Ok(_) | Err(VCenterError::Fault(_) | VCenterError::TaskGone { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let known = self.vcenter.snapshots_of(&wanted.volume).await?;
        match self.adopt(wanted, known) {
            Some(snapshot) => Ok(Step::Conclude { record, snapshot }),
            None if self.may_be_on_its_way(wanted, &record) || self.may_be_worked_on(wanted, &record) => {
                Err(SnapshotError::Recovering { name: wanted.name.clone() })
            }
            None => {
                self.host.log(&format!("an earlier attempt at {} left no task and no snapshot; taking it again", wanted.description));
                Ok(Step::Intend(record))
            }
        }
    }

    /// Running tasks that may be the one that the record intends.
    async fn candidates(&self, wanted: &Wanted, record: &Record, tasks: &[CreateTask]) -> Result<Vec<MoRef>, SnapshotError> {
        let Some(operation) = record.operation() else { return Ok(Vec::new()) };
        let running: Vec<&CreateTask> = tasks.iter().filter(|task| task.running).collect();
        let named =
            |task: &&&CreateTask| !operation.operation_id.is_empty() && task.activation_id.as_deref() == Some(&operation.operation_id);
        if let Some(task) = running.iter().find(named) {
            return Ok(vec![task.task.clone()]);
        }
        if running.is_empty() {
            return Ok(Vec::new());
        }
        let others = self.operations.list().await?.into_iter().filter(|other| other.name != wanted.description);
        let claimed: BTreeSet<String> = others.flat_map(|other| other.latest).filter_map(|operation| operation.task_id).collect();
        let user = account(&self.vcenter.session_user().await?);
        let earliest = operation.invoked - SignedDuration::from_secs(CALENDAR_SKEW.as_secs().cast_signed());
        let may_be_ours = |task: &&CreateTask| {
            task.queued >= earliest && !claimed.contains(&task.task.id) && task.user.as_deref().is_none_or(|name| account(name) == user)
        };
        Ok(running.into_iter().filter(may_be_ours).map(|task| task.task.clone()).collect())
    }

    /// Whether a host may still be at work on what the record's lost task began.
    fn may_be_worked_on(&self, wanted: &Wanted, record: &Record) -> bool {
        let task = record.operation().and_then(|operation| operation.task_id.as_deref());
        task.is_some_and(|task| self.in_doubt.lost_within(&wanted.description, task, LOST_TASK_TIME))
    }

    /// Whether a request may have been sent so lately that it has not arrived.
    fn may_be_on_its_way(&self, wanted: &Wanted, record: &Record) -> bool {
        let Some(operation) = record.operation() else { return false };
        let age = self.host.calendar().duration_since(operation.invoked);
        age < SignedDuration::from_secs(LANDING_TIME.as_secs().cast_signed()) || self.in_doubt.within(&wanted.description, LANDING_TIME)
    }

    /// Writes down which snapshot it is, before that is answered.
    async fn conclude(&self, wanted: &Wanted, record: Record, snapshot: Snapshot) -> Result<Step, SnapshotError> {
        self.operations.write(&record.taken(&snapshot.id.snapshot)).await?;
        self.in_doubt.forget(&wanted.description);
        Ok(Step::Done(snapshot))
    }

    /// Without any record, as a driver without the custom resource works.
    async fn take_unrecorded(&self, wanted: &Wanted) -> Result<Snapshot, SnapshotError> {
        let task = self.vcenter.create_snapshot(&new_snapshot(wanted, None, self.operation_id())).await?;
        Ok(self.vcenter.wait_for_snapshot(&task).await?)
    }
}

fn new_snapshot(wanted: &Wanted, chosen_id: Option<String>, operation_id: String) -> NewSnapshot {
    NewSnapshot { volume: wanted.volume.clone(), description: wanted.description.clone(), chosen_id, operation_id }
}
