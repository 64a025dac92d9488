//! A task whose id is known is waited for.

use fake_vcenter_types::MoRef;

use super::{CreateError, Creation, Step, Wanted};
use crate::operations::Record;
use crate::vcenter::{Created, VcenterError};

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
            Err(VcenterError::TaskGone { .. }) => {
                self.host.log(&format!("{task} of {} is gone from vCenter; looking for what it made", wanted.name));
                self.doubts.lost(&wanted.name, &task.id);
                Ok(Step::Search { record })
            }
            // The record names the task, so nothing is in doubt when the wait breaks off: it is taken up again.
            Err(error @ (VcenterError::NoAnswer { .. } | VcenterError::NotSent { .. })) => Err(error.into()),
            Err(error @ VcenterError::Fault(_)) => self.after_failure(wanted, chosen, record, error, earlier).await,
        }
    }

    /// The task says that it made a volume.
    pub(super) async fn made(&self, wanted: &Wanted, record: Record, created: Created) -> Result<Step, CreateError> {
        let Some(volume) = self.vcenter.volume_by_id(&created.id).await.map_err(CreateError::in_doubt)? else {
            return Err(CreateError::NotListed { name: wanted.name.clone(), volume: created.id });
        };
        Ok(Step::Conclude { record, volume })
    }
}
