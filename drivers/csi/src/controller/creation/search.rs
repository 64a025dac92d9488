//! A create of an earlier incarnation is looked for: first among the tasks, then among the volumes.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{CALENDAR_SKEW, CreateError, Creation, LANDING_TIME, LOST_TASK_TIME, Step, Wanted, cns_name};
use crate::operations::Record;
use crate::vcenter::{CreateTask, VCenterError, Volume};

impl Creation<'_> {
    /// Finds what was made, or makes certain that nothing was.
    pub(super) async fn search(&self, wanted: &Wanted, record: Record) -> Result<Step, CreateError> {
        let tasks = self.vcenter.create_tasks().await?;
        for task in self.candidates(wanted, &record, &tasks).await? {
            match self.vcenter.wait_for_creation(&task.task).await {
                // What a task made is found by its name below; the result of another volume's task means nothing here.
                Ok(_) | Err(VCenterError::Fault(_) | VCenterError::TaskGone { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let found = self.vcenter.volumes_by_name(&cns_name(&wanted.name)).await?;
        match self.adopt(wanted, &tasks, found, "it was made by an earlier create") {
            Some(volume) => Ok(Step::Conclude { record, volume }),
            None => self.nothing_found(wanted, record),
        }
    }

    /// The one of several volumes of a name that is taken for the one that is wanted, and what the log says of all of them.
    ///
    /// CNS does not tell a volume's age. A volume whose task is forgotten is older than one whose task is known; among those
    /// the task tells; at last the id, so that every attempt comes to the same end.
    pub(super) fn adopt(&self, wanted: &Wanted, tasks: &[CreateTask], mut found: Vec<Volume>, why: &str) -> Option<Volume> {
        found.sort_by_key(|volume| (completion(tasks, volume), volume.id.clone()));
        let mut found = found.into_iter();
        let volume = found.next()?;
        self.host.log(&format!("adopting volume {} of {}: {why}", volume.id, wanted.name));
        for other in found {
            self.host.log(&format!("volume {} is a second one named {}; nobody uses it", other.id, wanted.name));
        }
        Some(volume)
    }

    /// Running creates that may be the one that the record intends.
    async fn candidates(&self, wanted: &Wanted, record: &Record, tasks: &[CreateTask]) -> Result<Vec<CreateTask>, CreateError> {
        let Some(operation) = record.operation() else { return Ok(Vec::new()) };
        let running: Vec<&CreateTask> = tasks.iter().filter(|task| task.running).collect();
        let ours =
            |task: &&&CreateTask| !operation.operation_id.is_empty() && task.activation_id.as_deref() == Some(&operation.operation_id);
        if let Some(task) = running.iter().find(ours) {
            return Ok(vec![(*task).clone()]);
        }
        if running.is_empty() {
            return Ok(Vec::new());
        }
        let claimed = self.claimed_tasks(wanted).await?;
        let user = account(&self.vcenter.session_user().await?);
        let earliest = operation.invoked - SignedDuration::from_secs(CALENDAR_SKEW.as_secs().cast_signed());
        let may_be_ours = |task: &&CreateTask| {
            task.queued >= earliest && !claimed.contains(&task.task.id) && task.user.as_deref().is_none_or(|name| account(name) == user)
        };
        Ok(running.into_iter().filter(may_be_ours).cloned().collect())
    }

    /// Tasks that other records name as theirs.
    async fn claimed_tasks(&self, wanted: &Wanted) -> Result<BTreeSet<String>, CreateError> {
        let records = self.operations.list().await?;
        let others = records.into_iter().filter(|record| record.name != wanted.name);
        Ok(others.flat_map(|record| record.latest).filter_map(|operation| operation.task_id).collect())
    }

    /// Neither a task nor a volume: certain only when no request can be on its way any more.
    fn nothing_found(&self, wanted: &Wanted, record: Record) -> Result<Step, CreateError> {
        if self.may_be_on_its_way(wanted, &record) || self.may_be_worked_on(wanted, &record) {
            return Err(CreateError::Recovering { name: wanted.name.clone() });
        }
        self.host.log(&format!("an earlier create of {} left no task and no volume; creating it again", wanted.name));
        Ok(Step::Intend { record })
    }

    /// Whether a host may still be at work on what the record's lost task began.
    fn may_be_worked_on(&self, wanted: &Wanted, record: &Record) -> bool {
        let task = record.operation().and_then(|operation| operation.task_id.as_deref());
        let lost = |task| self.in_doubt.lost_within(&wanted.name, task, LOST_TASK_TIME);
        self.behaviours.wait_for_lost_tasks && task.is_some_and(lost)
    }

    /// Whether a request may have been sent so lately that it has not arrived.
    pub(super) fn may_be_on_its_way(&self, wanted: &Wanted, record: &Record) -> bool {
        let Some(operation) = record.operation() else { return false };
        let age = self.host.calendar().duration_since(operation.invoked);
        age < SignedDuration::from_secs(LANDING_TIME.as_secs().cast_signed()) || self.in_doubt.within(&wanted.name, LANDING_TIME)
    }

    /// The record says that the volume was made.
    pub(super) async fn already_made(&self, wanted: &Wanted, record: Record) -> Result<Step, CreateError> {
        let Some(id) = record.volume_id.as_deref() else { return Ok(Step::Search { record }) };
        match self.vcenter.volume_by_id(id).await? {
            Some(volume) => self.check_size(wanted, volume).map(Step::Done),
            None => {
                self.host.log(&format!("volume {id} of {} was deleted since; creating it again", wanted.name));
                Ok(Step::Intend { record })
            }
        }
    }
}

/// When the task that made a volume ended, where that is known.
fn completion(tasks: &[CreateTask], volume: &Volume) -> Option<jiff::Timestamp> {
    let made = |task: &&CreateTask| task.created.as_ref().is_some_and(|created| created.id == volume.id);
    tasks.iter().find(made).and_then(|task| task.completed)
}

/// An account without regard to how it is written: `VSPHERE.LOCAL\k8s` is `k8s@vsphere.local`.
pub(crate) fn account(name: &str) -> (String, String) {
    let lower = name.to_ascii_lowercase();
    match (lower.split_once('\\'), lower.rsplit_once('@')) {
        (Some((domain, user)), _) | (None, Some((user, domain))) => (user.to_owned(), domain.to_owned()),
        (None, None) => (lower, String::new()),
    }
}

#[cfg(test)]
mod account_tests {
    use super::account;

    #[test]
    fn an_account_is_the_same_however_it_is_written() {
        assert_eq!(account("VSPHERE.LOCAL\\K8s"), account("k8s@vsphere.local"));
        assert_ne!(account("k8s@vsphere.local"), account("k8s@other.local"));
        assert_eq!(account("root"), ("root".to_owned(), String::new()));
    }
}
