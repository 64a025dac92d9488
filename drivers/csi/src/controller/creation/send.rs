//! The task is started, and its id is written down.

use super::super::placement::Target;
use super::{CreateError, Creation, Step, Wanted, cns_name};
use crate::operations::Record;
use crate::vcenter::{NewVolume, VCenterError, Volume};

impl Creation<'_> {
    /// Starts the task.
    pub(super) async fn send(
        &self,
        wanted: &Wanted,
        chosen: &mut Option<String>,
        record: Record,
        earlier: bool,
        target: Option<Target>,
    ) -> Result<Step, CreateError> {
        let target = match target {
            Some(target) => target,
            None => (self.target)().await.map_err(CreateError::NoPlaceYet)?,
        };
        let operation_id = record.operation().map(|operation| operation.operation_id.clone()).unwrap_or_default();
        let volume = self.new_volume(wanted, target, chosen.clone(), operation_id);
        match self.vcenter.create_volume(&volume).await {
            Ok(task) => {
                // When this write fails, the next attempt finds the intent and recovers.
                let record = self.operations.write(&record.with_task(&task)).await?;
                Ok(Step::Follow { record, task, earlier })
            }
            Err(error) => self.after_failure(wanted, chosen, record, error, earlier).await,
        }
    }

    /// What follows from a create that did not give a volume.
    pub(super) async fn after_failure(
        &self,
        wanted: &Wanted,
        chosen: &mut Option<String>,
        record: Record,
        error: VCenterError,
        earlier: bool,
    ) -> Result<Step, CreateError> {
        if chosen.is_some() && error.refuses_chosen_ids() {
            // An earlier incarnation has learned the same and may have gone on without the id.
            *chosen = None;
            return Ok(if earlier { Step::Search { record } } else { Step::Intend { record } });
        }
        if let (Some(id), true) = (chosen.as_ref(), error.is_fault("CnsVolumeAlreadyExistsFault")) {
            return self.adopt_chosen(wanted, id, record).await;
        }
        if earlier && matches!(error, VCenterError::NotSent { .. }) {
            // Nothing was sent now; whether an earlier incarnation sent is as open as before.
            return Err(error.into());
        }
        if let (Some(id), true, true) = (chosen.as_ref(), earlier, error.had_no_effect()) {
            return self.refused_again(wanted, id, record, error).await;
        }
        if !error.had_no_effect() {
            self.in_doubt.note(&wanted.name);
            return Err(error.into());
        }
        self.failed(wanted, &record, error).await
    }

    /// The attempt had no effect, and that is written down.
    async fn failed(&self, wanted: &Wanted, record: &Record, error: VCenterError) -> Result<Step, CreateError> {
        self.in_doubt.forget(&wanted.name);
        self.operations.write(&record.clone().failed(&error.to_string())).await?;
        Err(error.into())
    }

    /// The create was refused this time; an earlier one with the same id may have been taken, and may be on its way.
    async fn refused_again(&self, wanted: &Wanted, id: &str, record: Record, error: VCenterError) -> Result<Step, CreateError> {
        let found = self.vcenter.volume_by_id(id).await.map_err(CreateError::in_doubt)?;
        match found {
            Some(volume) if volume.name == cns_name(&wanted.name) => Ok(Step::Conclude { record, volume }),
            _ if self.may_be_on_its_way(wanted, &record) => Err(CreateError::in_doubt(error)),
            _ => self.failed(wanted, &record, error).await,
        }
    }

    /// The id that this driver chose is taken: by this very volume, on a datastore that the second call did not choose.
    async fn adopt_chosen(&self, wanted: &Wanted, id: &str, record: Record) -> Result<Step, CreateError> {
        let Some(volume) = self.vcenter.volume_by_id(id).await.map_err(CreateError::in_doubt)? else {
            return Err(CreateError::NotListed { name: wanted.name.clone(), volume: id.to_owned() });
        };
        if volume.name != cns_name(&wanted.name) {
            return Err(CreateError::OtherName { id: id.to_owned(), name: wanted.name.clone(), other: volume.name });
        }
        if !self.behaviours.never_delete_what_was_found {
            // The driver of csi#3996 did this: whatever has the id goes, so that there is room for what is asked for.
            self.vcenter.delete_volume(id).await?;
            return Ok(Step::Intend { record });
        }
        self.host.log(&format!("adopting volume {id} of {}: it was made by an earlier create", wanted.name));
        Ok(Step::Conclude { record, volume })
    }

    /// Without any record, as a driver without the custom resource works.
    pub(super) async fn create_unrecorded(&self, wanted: &Wanted) -> Result<Volume, CreateError> {
        let chosen = self.chosen_id(&wanted.name).await?;
        let target = (self.target)().await?;
        let task = self.vcenter.create_volume(&self.new_volume(wanted, target, chosen, self.operation_id())).await?;
        let created = self.vcenter.wait_for_creation(&task).await?;
        let volume = self.vcenter.volume_by_id(&created.id).await?;
        volume.ok_or(CreateError::NotListed { name: wanted.name.clone(), volume: created.id })
    }

    fn new_volume(&self, wanted: &Wanted, target: Target, chosen_id: Option<String>, operation_id: String) -> NewVolume {
        NewVolume {
            name: cns_name(&wanted.name),
            capacity_mb: wanted.capacity_mb,
            datastores: target.datastores.into_iter().map(|datastore| datastore.reference).collect(),
            profile: target.profile,
            key_provider: wanted.key_provider.clone(),
            chosen_id,
            source: wanted.source.clone().filter(|_| self.behaviours.restore_from_snapshots),
            operation_id,
        }
    }
}
