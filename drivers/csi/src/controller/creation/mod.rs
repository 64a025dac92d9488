//! Creating a volume once, whatever dies in between.
//!
//! # The window
//!
//! CNS does not make creates idempotent by name: two creates with one name give two volumes. Between the moment when
//! CNS accepts a create and the moment when its task's id is written down, a controller that dies leaves a create that
//! nobody knows of; whoever tries again makes a second volume, and the first one is nobody's (csi#2507). Writing the
//! task's id down more quickly only makes the window smaller. It is closed here by writing down the *intent* first, so
//! that whoever tries again knows that there may be a create, and by looking for it before sending again.
//!
//! # What a driver can rely on
//!
//! - A SOAP fault means that no task was started. A fault inside a task mostly means that no volume was made, but what
//!   went wrong may have gone wrong after it was: so it is looked for by its name, at once and before the next attempt.
//!   The absence of an answer is doubtful in any case.
//! - From 9.1 the caller may choose the volume's id. A second create with the same id succeeds on the same datastore
//!   and ends with `CnsVolumeAlreadyExistsFault` on another. The id comes from the volume's name (`pvc-<uuid>`), so
//!   another incarnation chooses the same one: the create is simply sent again.
//! - Before 9.1 a volume can be found by name and cluster id once its task has ended, but a running create is in no
//!   query. Running creates are found in `TaskManager.recentTask`: they tell the user, the time when they were queued
//!   and what kind they are, but not the volume's name. So all of them that may be ours are waited for: those of our
//!   user, queued after the intent was written (less the skew that two calendars may have), which no other record
//!   claims. `activationId` is the operation id that was sent with the call (unverified), and names ours at once where a
//!   release does that. Tasks are looked at *before* volumes: a task that ends in between has its volume in the query.
//! - The process that died may have sent its request an instant before: neither a task nor a volume yet. So finding
//!   nothing counts only when the intent is older than [`LANDING_TIME`], or when the request that had no answer ended
//!   that long ago, if this very process sent it. Until then the answer is `Aborted`, and the sidecar asks again.
//!
//! - vCenter forgets its tasks when it restarts, while hosts bring what they were working on to its end. A task that is
//!   gone and has left no volume is therefore waited out for [`LOST_TASK_TIME`] before the create is sent again.
//!
//! # Several vCenters
//!
//! The record carries the vCenter, and a create that was begun is only ever taken up there: another vCenter can neither
//! tell how it ended nor be given it without making a second volume.
//!
//! # What remains
//!
//! Before 9.1, a create that reaches vCenter later than the landing time (a request held in a proxy while its
//! sender is dead), and one that a host works on for longer than the time for lost tasks, are not seen. Names that are not `pvc-<uuid>` have no chosen id and take the older way on any release.
//!
//! # The steps
//!
//! Each step is a file: `intend` writes the intent, `send` starts the task and writes its id, `follow` waits for it,
//! `search` looks for a create of an earlier incarnation, `conclude` writes the result. A record is only ever written
//! over the version that was read; of two controllers at work on one name, the slower one is sent away.

mod conclude;
#[cfg(test)]
pub(crate) mod doubles;
mod error;
mod follow;
mod intend;
mod memory;
mod search;
mod send;
#[cfg(test)]
mod tests;

use std::time::Duration;

use driver_host::Host;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use vsphere_types::MoRef;

pub(crate) use error::CreateError;
pub(crate) use memory::InDoubtCreates;
pub(crate) use memory::LANDING_TIME;
pub(crate) use search::account;

use super::placement::{PlacementError, Target};
use crate::behaviours::Behaviours;
use crate::operations::{OperationStatus, Operations, Record};
use crate::vcenter::{SnapshotId, VCenter, Version, Volume};

/// What a host was working on when vCenter lost the task in a restart has come to its end by then.
pub(crate) const LOST_TASK_TIME: Duration = Duration::from_secs(60);

/// How far two calendars may be apart.
pub(crate) const CALENDAR_SKEW: Duration = Duration::from_secs(60);

/// The longest name that CNS takes, less the byte that upstream leaves.
const MAX_NAME: usize = 79;

/// The volume that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Its name for the caller, and its record's.
    pub name: String,
    /// Its size.
    pub capacity_mb: i64,
    /// The smallest and the largest size that will do, in bytes; 0 means no limit.
    pub bytes: (i64, i64),
    /// The key provider that it shall be encrypted by, where that is not left to vCenter.
    pub key_provider: Option<String>,
    /// The snapshot that it is made of.
    pub source: Option<SnapshotId>,
}

/// Finds out where the volume may lie within the vCenter, when that is needed.
pub(crate) type TargetOf<'a> = dyn Fn() -> BoxFuture<'a, Result<Target, PlacementError>> + Send + Sync + 'a;

/// All that the steps need.
pub(crate) struct Creation<'a> {
    pub vcenter: &'a dyn VCenter,
    pub target: &'a TargetOf<'a>,
    pub operations: &'a dyn Operations,
    pub host: &'a dyn Host,
    pub behaviours: Behaviours,
    pub in_doubt: &'a InDoubtCreates,
}

/// What is to be done next.
enum Step {
    /// Write down that a create will be sent.
    Intend { record: Record },
    /// Send it. `earlier`: an earlier incarnation may have sent it too. `target`: where to, once that is known.
    Send { record: Record, earlier: bool, target: Option<Target> },
    /// Wait for the task.
    Follow { record: Record, task: MoRef, earlier: bool },
    /// Look for what an earlier incarnation sent.
    Search { record: Record },
    /// Write down what was found.
    Conclude { record: Record, volume: Volume },
    /// The volume is there and written down.
    Done(Volume),
}

impl Creation<'_> {
    /// Creates the volume, or finds that it is created.
    pub(crate) async fn create(&self, wanted: &Wanted) -> Result<Volume, CreateError> {
        if !self.behaviours.record_operation_first {
            return self.create_unrecorded(wanted).await;
        }
        let record = self.operations.find(&wanted.name).await?;
        self.create_from(wanted, record).await
    }

    /// The same, where the record has been read.
    pub(crate) async fn create_from(&self, wanted: &Wanted, record: Option<Record>) -> Result<Volume, CreateError> {
        let mut chosen = self.chosen_id(&wanted.name).await?;
        let mut step = self.first_step(wanted, record, chosen.is_some()).await?;
        loop {
            step = match step {
                Step::Intend { record } => self.intend(record).await?,
                Step::Send { record, earlier, target } => self.send(wanted, &mut chosen, record, earlier, target).await?,
                Step::Follow { record, task, earlier } => self.follow(wanted, &mut chosen, record, &task, earlier).await?,
                Step::Search { record } => self.search(wanted, record).await.map_err(CreateError::still_in_doubt)?,
                Step::Conclude { record, volume } => self.conclude(wanted, record, volume).await?,
                Step::Done(volume) => return Ok(volume),
            };
        }
    }

    /// Where an earlier incarnation stopped.
    async fn first_step(&self, wanted: &Wanted, record: Option<Record>, chosen: bool) -> Result<Step, CreateError> {
        let Some(record) = record else {
            return Ok(Step::Intend { record: Record::new(&wanted.name) });
        };
        let Some(operation) = record.operation().cloned() else { return Ok(Step::Intend { record }) };
        if operation.status == OperationStatus::Error {
            return self.after_failed(wanted, record).await;
        }
        // The same name at another vCenter: nothing here can tell how it ended.
        let elsewhere = !operation.vcenter.is_empty() && operation.vcenter != self.vcenter.host();
        if elsewhere && self.behaviours.resume_where_it_began {
            return Err(CreateError::OtherVCenter { name: wanted.name.clone(), vcenter: operation.vcenter });
        }
        if operation.status == OperationStatus::Success {
            return self.already_made(wanted, record).await;
        }
        Ok(match operation.task() {
            Some(task) => Step::Follow { record, task, earlier: true },
            None if !self.behaviours.look_before_creating_again => Step::Intend { record },
            None if chosen => Step::Send { record, earlier: true, target: None },
            None => Step::Search { record },
        })
    }

    /// The last attempt failed. Where it came to a task, what that may have made is looked for before anything is sent again.
    async fn after_failed(&self, wanted: &Wanted, record: Record) -> Result<Step, CreateError> {
        let came_to_a_task = record.operation().filter(|last| last.task_id.is_some() && last.vcenter == self.vcenter.host());
        let found = match came_to_a_task {
            Some(last) => self.left_behind(wanted, last.error.as_deref().unwrap_or_default()).await?,
            None => None,
        };
        Ok(match found {
            Some(volume) => Step::Conclude { record, volume },
            None => Step::Intend { record },
        })
    }

    /// The id that this driver chooses for the volume, where the release lets it.
    async fn chosen_id(&self, name: &str) -> Result<Option<String>, CreateError> {
        let Some(id) = claim_uuid(name) else { return Ok(None) };
        let about = self.vcenter.about().await?;
        Ok((about.version >= Version::CHOSEN_VOLUME_IDS).then(|| id.to_owned()))
    }
}

/// The uuid in `pvc-<uuid>`.
fn claim_uuid(name: &str) -> Option<&str> {
    name.strip_prefix("pvc-").filter(|rest| is_uuid(rest))
}

/// Whether a text is a lower-case uuid with dashes, which ids of FCDs are.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, character)| match at {
            8 | 13 | 18 | 23 => character == '-',
            _ => matches!(character, '0'..='9' | 'a'..='f'),
        })
}

/// The name that a volume has in CNS. A name that is too long ends in a digest, because volumes are found by their names
/// and two long names must stay two.
pub(crate) fn cns_name(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let digest: String = Sha256::digest(name.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let room = MAX_NAME - digest.len() - 1;
    let end = (0..=room).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    format!("{}-{digest}", &name[..end])
}
