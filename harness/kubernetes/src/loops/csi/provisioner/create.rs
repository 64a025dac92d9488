//! From a claim to a volume.

use std::sync::Arc;

use csi_api::v1::{CreateVolumeRequest, DeleteVolumeRequest, Volume};
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::outcome::{Failure, judge};
use super::{ClaimKey, Provisioner, volume};
use crate::client::{BackoffLimits, EventType, Next, ObjectKey, is_missing, is_present_already};
use crate::loops::persistent_volume::requested;
use crate::loops::support::names::{BETA_STORAGE_PROVISIONER, SELECTED_NODE, STORAGE_PROVISIONER};
use crate::loops::support::objects::{annotation, claim_class, claim_volume, selected_node, uid};
use crate::loops::support::{During, LoopError};

/// How often a volume that came out too small is deleted before it is given up.
const CLEAN_UP_ATTEMPTS: usize = 5;

impl Provisioner {
    pub(super) async fn sync_claim(&self, key: &ClaimKey) -> Result<Next, LoopError> {
        let present = self.claims.get(&key.object).filter(|claim| uid(claim.as_ref()) == key.uid);
        let remembered = self.memory().in_progress.get(&key.uid).cloned();
        // A volume may exist for a claim that is gone: only another attempt tells.
        let Some(claim) = present.or(remembered) else {
            return Ok(Next::Forget);
        };
        if !self.is_ours(&claim) {
            return Ok(Next::Forget);
        }
        if self.volumes.named(&self.volume_name(&key.uid)).is_some() {
            self.forget(&key.uid);
            return Ok(Next::Forget);
        }
        let class_name = claim_class(&claim);
        let Some(class) = self.classes.named(class_name) else {
            self.forget(&key.uid);
            return Err(LoopError::NotYet(format!("storageclass.storage.k8s.io \"{class_name}\" not found")));
        };
        match self.provision(&claim, &class).await {
            Ok(()) => {
                self.forget(&key.uid);
                Ok(Next::Forget)
            }
            Err(failure) => self.after(key, &claim, failure).await,
        }
    }

    fn volume_name(&self, uid: &str) -> String {
        format!("{}-{uid}", self.config.volume_name_prefix)
    }

    fn forget(&self, uid: &str) {
        let mut memory = self.memory();
        memory.in_progress.remove(uid);
        memory.requirements.remove(uid);
    }

    async fn after(&self, key: &ClaimKey, claim: &Arc<PersistentVolumeClaim>, failure: Failure) -> Result<Next, LoopError> {
        self.tell(claim, &failure);
        match failure {
            Failure::Ignored(_) => {
                self.forget(&key.uid);
                Ok(Next::Forget)
            }
            // Whether an earlier attempt is under way is as open as before.
            Failure::NoChange(error) => Err(error),
            Failure::InBackground(error) => {
                self.memory().in_progress.insert(key.uid.clone(), Arc::clone(claim));
                Err(error)
            }
            Failure::Reschedule(error) => {
                self.unselect(claim).await?;
                self.forget(&key.uid);
                self.process.log(&format!("csi provisioner: {key}: {error}"));
                Ok(Next::Forget)
            }
            Failure::Infeasible(error) => {
                self.forget(&key.uid);
                self.process.log(&format!("csi provisioner: {key}: {error}"));
                Ok(Next::After(BackoffLimits::SIDECAR.max))
            }
            Failure::Final(error) => {
                self.forget(&key.uid);
                Err(error)
            }
        }
    }

    fn tell(&self, claim: &PersistentVolumeClaim, failure: &Failure) {
        let (kind, reason, message) = match failure {
            Failure::Ignored(why) => (EventType::Normal, "Provisioning", (*why).to_owned()),
            Failure::Infeasible(error) => {
                let message = format!("Volume provisioning failed with infeasible error. Retries will be delayed. {}", error.in_event());
                (EventType::Warning, "ProvisioningFailed", message)
            }
            Failure::Final(error) | Failure::InBackground(error) | Failure::NoChange(error) | Failure::Reschedule(error) => {
                let message = format!("failed to provision volume with StorageClass \"{}\": {}", claim_class(claim), error.in_event());
                (EventType::Warning, "ProvisioningFailed", message)
            }
        };
        self.events.write(claim, kind, reason, message);
    }

    /// Gives the claim back to the scheduler.
    async fn unselect(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        let mut changed = claim.clone();
        changed.annotations_mut().remove(SELECTED_NODE);
        match api.replace(&claim.name_any(), &PostParams::default(), &changed).await {
            Ok(written) => self.claims.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("remove the selected node of claim {}", claim.name_any())),
        }
        Ok(())
    }

    fn is_ours(&self, claim: &PersistentVolumeClaim) -> bool {
        let asked = annotation(claim, STORAGE_PROVISIONER);
        let asked = if asked.is_empty() { annotation(claim, BETA_STORAGE_PROVISIONER) } else { asked };
        if asked != self.name() || !claim_volume(claim).is_empty() {
            return false;
        }
        let class = self.classes.named(claim_class(claim));
        let waits = class.is_some_and(|class| class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"));
        !waits || !selected_node(claim).is_empty() || !self.config.rules.wait_for_first_consumer
    }

    async fn provision(&self, claim: &Arc<PersistentVolumeClaim>, class: &StorageClass) -> Result<(), Failure> {
        let name = self.volume_name(uid(claim.as_ref()));
        let message = format!("External provisioner is provisioning volume for claim \"{}\"", ObjectKey::of(claim.as_ref()));
        self.events.write(claim.as_ref(), EventType::Normal, "Provisioning", message);
        let prepared = self.prepare(claim, class, &name).await?;
        let volume = self.create_volume(claim, prepared.request.clone()).await?;
        let fresh = volume::persistent_volume(claim, class, prepared, volume, &self.identity);
        self.store(claim, fresh).await;
        Ok(())
    }

    async fn create_volume(&self, claim: &PersistentVolumeClaim, request: CreateVolumeRequest) -> Result<Volume, Failure> {
        let elsewhere = self.knows_topology() && !selected_node(claim).is_empty();
        let asked = requested(claim);
        let (name, secrets, of_source) = (request.name.clone(), request.secrets.clone(), request.volume_content_source.is_some());
        let answer = self.driver.call(request, |mut controller, request| async move { controller.create_volume(request).await }).await;
        let volume = answer.map_err(|status| judge(status, elsewhere))?.volume;
        let nothing = || Failure::InBackground(LoopError::NotYet("the driver answered without a volume".into()));
        let mut volume: Volume = volume.ok_or_else(nothing)?;
        if volume.capacity_bytes == 0 {
            volume.capacity_bytes = asked;
        }
        if volume.capacity_bytes < asked {
            let text = format!("created volume capacity {} less than requested capacity {asked}", volume.capacity_bytes);
            let request = DeleteVolumeRequest { volume_id: volume.volume_id, secrets };
            return Err(self.useless(&name, text, request).await);
        }
        if of_source && volume.content_source.is_none() {
            let request = DeleteVolumeRequest { volume_id: volume.volume_id, secrets };
            return Err(self.useless(&name, "volume content source missing".to_owned(), request).await);
        }
        Ok(volume)
    }

    /// A volume that is not what was asked for goes; then it is asked for again.
    async fn useless(&self, name: &str, why: String, request: DeleteVolumeRequest) -> Failure {
        let text = match self.clean_up(request).await {
            Ok(()) => why,
            Err(error) => format!("{why}. Cleanup of volume {name} failed, volume is orphaned: {error}"),
        };
        Failure::InBackground(LoopError::NotYet(text))
    }

    /// Takes away a volume that is of no use; tried five times.
    async fn clean_up(&self, request: DeleteVolumeRequest) -> Result<(), LoopError> {
        let mut outcome = Ok(());
        for _ in 0..CLEAN_UP_ATTEMPTS {
            let request = request.clone();
            let answer = self.driver.call(request, |mut controller, request| async move { controller.delete_volume(request).await }).await;
            outcome = answer.map(drop).map_err(LoopError::Rpc);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// Writes the volume until the API server has it: without it, nobody knows what the driver made.
    async fn store(&self, claim: &PersistentVolumeClaim, volume: PersistentVolume) {
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let name = volume.name_any();
        let mut failures = 0;
        loop {
            match api.create(&PostParams::default(), &volume).await {
                Ok(written) => {
                    self.volumes.remember(written);
                    break;
                }
                Err(error) if is_present_already(&error) => break,
                Err(error) => {
                    let error = Err::<(), _>(error).during(|| format!("save volume {name}")).err();
                    self.process.log(&format!("csi provisioner: {}", error.map_or_else(String::new, |error| error.to_string())));
                    tokio::time::sleep(BackoffLimits::SIDECAR.delay(failures)).await;
                    failures += 1;
                }
            }
        }
        let message = format!("Successfully provisioned volume {name}");
        self.events.write(claim, EventType::Normal, "ProvisioningSucceeded", message);
    }
}
