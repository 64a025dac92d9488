//! From a claim to a volume.

use std::collections::BTreeMap;
use std::sync::Arc;

use csi_api::v1::{CapacityRange, CreateVolumeRequest, DeleteVolumeRequest, Volume};
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::outcome::{Failure, judge};
use super::volume::{self, Made};
use super::{ClaimKey, Provisioner};
use crate::client::{BackoffLimits, EventType, Next, ObjectKey, is_missing, is_present_already};
use crate::loops::persistent_volume::requested;
use crate::loops::support::names::{BETA_STORAGE_PROVISIONER, SELECTED_NODE, STORAGE_PROVISIONER};
use crate::loops::support::objects::{annotation, claim_class, claim_volume, selected_node, uid};
use crate::loops::support::{During, LoopError};

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
        match self.provision(&claim).await {
            Ok(()) => {
                self.forget(&key.uid);
                Ok(Next::Forget)
            }
            Err(failure) => self.after(key, &claim, failure).await,
        }
    }

    fn forget(&self, uid: &str) {
        let mut memory = self.memory();
        memory.in_progress.remove(uid);
        memory.requirements.remove(uid);
    }

    async fn after(&self, key: &ClaimKey, claim: &Arc<PersistentVolumeClaim>, failure: Failure) -> Result<Next, LoopError> {
        let message = format!("failed to provision volume with StorageClass \"{}\": {}", claim_class(claim), failure.error().in_event());
        self.events.write(claim.as_ref(), EventType::Warning, "ProvisioningFailed", message);
        match failure {
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
            Failure::Final(_) => {
                self.forget(&key.uid);
                Err(failure.into_error())
            }
        }
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

    async fn provision(&self, claim: &Arc<PersistentVolumeClaim>) -> Result<(), Failure> {
        let name = format!("pvc-{}", uid(claim.as_ref()));
        if self.volumes.named(&name).is_some() {
            return Ok(());
        }
        let class_name = claim_class(claim);
        let class = self.classes.named(class_name);
        let class =
            class.ok_or_else(|| Failure::Final(LoopError::NotYet(format!("storageclass.storage.k8s.io \"{class_name}\" not found"))))?;
        let selected = selected_node(claim);
        if !selected.is_empty() && self.nodes.named(selected).is_none() {
            let text = format!("failed to get target node: node \"{selected}\" not found");
            return Err(Failure::Reschedule(LoopError::NotYet(text)));
        }
        let message = format!("External provisioner is provisioning volume for claim \"{}\"", ObjectKey::of(claim.as_ref()));
        self.events.write(claim.as_ref(), EventType::Normal, "Provisioning", message);
        let request = self.request_for(claim, &class, &name)?;
        let made = self.create_volume(claim, &class, request).await?;
        let fresh = volume::persistent_volume(&made, self.name(), &self.identity);
        self.store(claim, fresh).await;
        Ok(())
    }

    fn request_for(&self, claim: &PersistentVolumeClaim, class: &StorageClass, name: &str) -> Result<CreateVolumeRequest, Failure> {
        if claim.spec.as_ref().is_some_and(|spec| spec.data_source.is_some() || spec.data_source_ref.is_some()) {
            return Err(Failure::Final(LoopError::NotYet("claims with a data source are not served".into())));
        }
        let capabilities = volume::capabilities(claim, class, &self.driver.abilities, &self.config.default_fs_type)
            .map_err(|text| Failure::Final(LoopError::NotYet(text)))?;
        let mutable_parameters = self.mutable_parameters(claim).map_err(|text| Failure::Final(LoopError::NotYet(text)))?;
        let uid = uid(claim).to_owned();
        let remembered = self.memory().requirements.get(&uid).cloned();
        let requirement = match remembered {
            Some(requirement) => requirement,
            None => {
                let requirement = self.requirement(claim, class)?;
                self.memory().requirements.insert(uid, requirement.clone());
                requirement
            }
        };
        Ok(CreateVolumeRequest {
            name: name.to_owned(),
            capacity_range: Some(CapacityRange { required_bytes: requested(claim), limit_bytes: 0 }),
            volume_capabilities: capabilities,
            parameters: volume::parameters(claim, class, name, self.config.extra_create_metadata),
            accessibility_requirements: requirement,
            mutable_parameters,
            ..Default::default()
        })
    }

    /// The parameters of the claim's VolumeAttributesClass.
    fn mutable_parameters(&self, claim: &PersistentVolumeClaim) -> Result<BTreeMap<String, String>, String> {
        let name = claim.spec.as_ref().and_then(|spec| spec.volume_attributes_class_name.as_deref()).unwrap_or_default();
        if name.is_empty() {
            return Ok(BTreeMap::new());
        }
        let class = self.attributes.named(name);
        let class = class.ok_or_else(|| format!("volumeattributesclass.storage.k8s.io \"{name}\" not found"))?;
        if class.driver_name != self.name() {
            return Err(format!(
                "VAC {name} referenced in PVC is for driver {} which does not match driver name {}",
                class.driver_name,
                self.name()
            ));
        }
        Ok(class.parameters.clone().unwrap_or_default())
    }

    async fn create_volume(
        &self,
        claim: &Arc<PersistentVolumeClaim>,
        class: &Arc<StorageClass>,
        request: CreateVolumeRequest,
    ) -> Result<Made, Failure> {
        let elsewhere = self.driver.abilities.topology && !selected_node(claim).is_empty();
        let asked = requested(claim);
        let name = request.name.clone();
        let answer = self.driver.call(request, |mut controller, request| async move { controller.create_volume(request).await }).await;
        let volume = answer.map_err(|status| judge(status, elsewhere))?.volume;
        let nothing = || Failure::InBackground(LoopError::NotYet("the driver answered without a volume".into()));
        let mut volume: Volume = volume.ok_or_else(nothing)?;
        if volume.capacity_bytes == 0 {
            volume.capacity_bytes = asked;
        }
        if volume.capacity_bytes < asked {
            let text = format!("created volume capacity {} less than requested capacity {asked}", volume.capacity_bytes);
            let request = DeleteVolumeRequest { volume_id: volume.volume_id, ..Default::default() };
            let deleted = self.driver.call(request, |mut controller, request| async move { controller.delete_volume(request).await }).await;
            let text = deleted
                .err()
                .map_or(text.clone(), |status| format!("{text}. Cleanup of volume failed, volume is orphaned: {}", status.message()));
            return Err(Failure::InBackground(LoopError::NotYet(text)));
        }
        let fs_type = volume::fs_type(class, &self.config.default_fs_type);
        Ok(Made { name, claim: Arc::clone(claim), class: Arc::clone(class), volume, fs_type })
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
