//! Bringing an encrypted volume under a key provider: a shallow recrypt, which changes the key and not the data.
//!
//! A recrypt that is interrupted leaves a volume that opens with either key, and a key id that already reads like the new
//! one; so it is written down before it is sent, and as long as the record stands it is asked for again, whatever the key
//! id says. vCenter finishes it with the key that it was begun with. The record goes when the recrypt has ended well.
//!
//! The way depends on the release and on whether the volume is attached: by CNS (9.1), as a first class disk (8.0 U3), or
//! by a change of its machine.

use tonic::Status;

use super::Controller;
use crate::operations::{OperationStatus, Record};
use crate::pool::Member;
use crate::status;
use crate::vcenter::{Key, RecryptWay, VCenterError, Volume};

/// A volume, and what is wanted of its key.
pub(super) struct Recrypt<'a> {
    pub vcenter: &'a Member,
    pub volume: &'a Volume,
    /// The key provider that it shall be under.
    pub provider: &'a str,
    /// The machine that it is attached to.
    pub machine: Option<vsphere_types::MoRef>,
}

impl Controller {
    /// Brings a volume under a key provider; one that is there is success.
    pub(super) async fn recrypt(&self, wanted: &Recrypt<'_>) -> Result<(), Status> {
        let (volume, provider) = (&wanted.volume.id, wanted.provider);
        let key = wanted.vcenter.key_of_volume(wanted.volume).await.map_err(|error| status::of_vcenter(&error))?;
        let Some(key) = key else {
            return Err(Status::invalid_argument(format!(
                "volume {volume} is not encrypted, so it has no key to be brought under {provider}: give it a storage policy that encrypts, with storagepolicyname in its StorageClass"
            )));
        };
        let record = self.shared.operations.find(&record_name(volume)).await.map_err(|error| status::of_store(&error))?;
        let unfinished = record.as_ref().is_some_and(is_unfinished) && self.shared.behaviours.retry_interrupted_recrypt;
        if key.provider == provider && !unfinished {
            return Ok(());
        }
        let way = self.way(wanted).await?;
        let record = self.intend_recrypt(wanted, record).await?;
        let outcome = self.carry_out(wanted, &way, record.clone()).await;
        if let Err(error) = outcome {
            self.log(&format!("volume {volume} is not brought under {provider} yet: {error}"));
            return Err(self.explained(wanted, &error));
        }
        self.log(&format!("volume {volume} is brought from {} under {provider}", shown(&key)));
        self.clear_recrypt(volume).await
    }

    /// The way to it; a provider that does not exist and a release that has no way are told.
    async fn way(&self, wanted: &Recrypt<'_>) -> Result<RecryptWay, Status> {
        let of = |error: VCenterError| status::of_vcenter(&error);
        let (vcenter, provider) = (wanted.vcenter, wanted.provider);
        let known = vcenter.key_providers().await.map_err(of)?;
        if !known.iter().any(|name| name == provider) {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Status::invalid_argument(format!(
                "{} has no key provider {provider:?} (it has {known}): correct the name, or add the provider",
                vcenter.host()
            )));
        }
        if let Some(vm) = &wanted.machine {
            return Ok(RecryptWay::Machine { vm: vm.clone() });
        }
        let way = vcenter.way_to_recrypt(wanted.volume).await.map_err(of)?;
        let version = vcenter.about().await.map_err(of)?.version;
        way.ok_or_else(|| {
            Status::invalid_argument(format!(
                "{} is of release {version}, which cannot change the key of volume {} while it is detached: upgrade it to 8.0.3, or ask again while the volume is attached",
                vcenter.host(),
                wanted.volume.id
            ))
        })
    }

    /// Writes down that the recrypt will be sent.
    async fn intend_recrypt(&self, wanted: &Recrypt<'_>, record: Option<Record>) -> Result<Record, Status> {
        let record = record.unwrap_or_else(|| Record::new(&record_name(&wanted.volume.id)));
        let operation_id = format!("{:08x}", self.shared.host.random() & 0xffff_ffff);
        let mut record = record.intending(self.shared.host.calendar(), wanted.vcenter.host(), &operation_id);
        // The volume's deletion takes the record along.
        record.volume_id = Some(wanted.volume.id.clone());
        self.shared.operations.write(&record).await.map_err(|error| status::of_store(&error))
    }

    async fn carry_out(&self, wanted: &Recrypt<'_>, way: &RecryptWay, record: Record) -> Result<(), VCenterError> {
        let task = wanted.vcenter.begin_recrypt(&wanted.volume.id, way, wanted.provider).await?;
        // Whether this write succeeds changes nothing: the recrypt is asked for again as long as the record stands.
        drop(self.shared.operations.write(&record.with_task(&task)).await);
        wanted.vcenter.end_recrypt(&task, way).await
    }

    /// The failure with what it means for the volume.
    fn explained(&self, wanted: &Recrypt<'_>, error: &VCenterError) -> Status {
        let status = status::of_vcenter(error);
        let remedy = if status::key_is_out_of_reach(error) {
            format!("; see to it that key provider {} of {} answers, and it is tried again", wanted.provider, wanted.vcenter.host())
        } else {
            "; it is tried again".to_owned()
        };
        let (volume, provider, text) = (&wanted.volume.id, wanted.provider, status.message());
        Status::new(
            status.code(),
            format!("volume {volume} is not brought under key provider {provider}, and still opens as before: {text}{remedy}"),
        )
    }

    /// The recrypt has ended well.
    async fn clear_recrypt(&self, volume: &str) -> Result<(), Status> {
        let operations = &self.shared.operations;
        if let Some(record) = operations.find(&record_name(volume)).await.map_err(|error| status::of_store(&error))? {
            operations.remove(&record).await.map_err(|error| status::of_store(&error))?;
        }
        Ok(())
    }
}

/// The name of the record of a volume's recrypt.
fn record_name(volume: &str) -> String {
    format!("recrypt-{volume}")
}

fn is_unfinished(record: &Record) -> bool {
    record.operation().is_some_and(|operation| operation.status != OperationStatus::Success)
}

fn shown(key: &Key) -> String {
    format!("key {} of {}", key.id, key.provider)
}
