//! A task whose id is known is waited for.

use vsphere_types::MoRef;

use super::{CreateError, Creation, Step, Wanted, cns_name};
use crate::operations::Record;
use crate::vcenter::{Created, VCenterError, Volume};

impl Creation<'_> {
    /// Waits for the task.
    pub(super) async fn follow(
        &self,
        wanted: &Wanted,
        chosen: &mut Option<String>,
        record: Record,
        task: &MoRef,
        earlier: bool,
    ) -> Result<Step, CreateError> {
        match self.vcenter.wait_for_creation(task).await {
            Ok(created) => self.made(wanted, record, created).await,
            Err(VCenterError::TaskGone { .. }) => {
                self.host.log(&format!("{task} of {} is gone from vCenter; looking for what it made", wanted.name));
                self.in_doubt.lost(&wanted.name, &task.id);
                Ok(Step::Search { record })
            }
            // The record names the task, so nothing is in doubt when the wait breaks off: it is taken up again.
            Err(error @ (VCenterError::NoAnswer { .. } | VCenterError::NotSent { .. })) => Err(error.into()),
            Err(error @ VCenterError::Fault(_)) => {
                // What is said of a chosen id says what there is.
                let of_the_id = chosen.is_some() && (error.refuses_chosen_ids() || error.is_fault("CnsVolumeAlreadyExistsFault"));
                let left = if of_the_id { None } else { self.left_behind(wanted, &error.to_string()).await? };
                match left {
                    Some(volume) => Ok(Step::Conclude { record, volume }),
                    None => self.after_failure(wanted, chosen, record, error, earlier).await,
                }
            }
        }
    }

    /// What an attempt has left whose task says that it failed: what went wrong may have gone wrong after the volume was made.
    pub(super) async fn left_behind(&self, wanted: &Wanted, failure: &str) -> Result<Option<Volume>, CreateError> {
        if !self.behaviours.look_after_failed_tasks {
            return Ok(None);
        }
        let found = self.vcenter.volumes_by_name(&cns_name(&wanted.name)).await;
        let found = found.map_err(|error| {
            self.host.log(&format!("cannot tell what the failed task of {} has left ({failure}): {error}", wanted.name));
            CreateError::in_doubt(error)
        })?;
        // Only of several do the tasks tell which is which.
        let tasks = if found.len() > 1 { self.vcenter.create_tasks().await.map_err(CreateError::in_doubt)? } else { Vec::new() };
        Ok(self.adopt(wanted, &tasks, found, &format!("it was made, though its task failed: {failure}")))
    }

    /// The task says that it made a volume.
    pub(super) async fn made(&self, wanted: &Wanted, record: Record, created: Created) -> Result<Step, CreateError> {
        let Some(volume) = self.vcenter.volume_by_id(&created.id).await.map_err(CreateError::in_doubt)? else {
            return Err(CreateError::NotListed { name: wanted.name.clone(), volume: created.id });
        };
        Ok(Step::Conclude { record, volume })
    }
}
