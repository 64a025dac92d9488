//! What is to be done for a volume.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;
use kube::api::Api;

use super::super::support::names::PROVISIONED_BY;
use super::super::support::objects::{claim_of, claim_volume, has_annotation, uid, volume_phase};
use super::super::support::{During, LoopError};
use super::{Controller, Key};
use crate::client::ObjectKey;

impl Controller {
    pub(super) async fn sync_volume(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        let Some((key, of)) = claim_of(volume) else {
            return self.set_volume_phase(volume, "Available").await.map(drop);
        };
        if of.is_empty() {
            // Reserved by a user for a claim that has not come yet.
            return self.set_volume_phase(volume, "Available").await.map(drop);
        }
        let Some(claim) = self.living_claim(volume, &key, of).await? else {
            return self.release(volume).await;
        };
        let named = claim_volume(&claim);
        if named.is_empty() {
            // The claim's own turn writes the rest.
            self.queue.add(Key::Claim(key));
            return Ok(());
        }
        if named == volume.name_any() {
            return self.set_volume_phase(volume, "Bound").await.map(drop);
        }
        let policy = volume.spec.as_ref().and_then(|spec| spec.persistent_volume_reclaim_policy.as_deref());
        if has_annotation(volume, PROVISIONED_BY) && policy == Some("Delete") {
            // Provisioned for a claim that took another volume meanwhile.
            return self.release(volume).await;
        }
        self.unbind(volume).await
    }

    /// The claim that the volume belongs to; the cache is not believed when it says that there is none.
    async fn living_claim(&self, volume: &PersistentVolume, key: &ObjectKey, of: &str) -> Result<Option<PersistentVolumeClaim>, LoopError> {
        if let Some(claim) = self.claims.get(key).filter(|claim| uid(claim.as_ref()) == of) {
            return Ok(Some(claim.as_ref().clone()));
        }
        if matches!(volume_phase(volume), "Released" | "Failed") {
            return Ok(None);
        }
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &key.namespace);
        let claim = api.get_opt(&key.name).await.during(|| format!("read claim {key}"))?;
        Ok(claim.filter(|claim| uid(claim) == of))
    }

    /// Retain keeps it as it is; for Delete the external provisioner waits for this phase.
    async fn release(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        if volume_phase(volume) == "Failed" {
            return Ok(());
        }
        self.set_volume_phase(volume, "Released").await.map(drop)
    }
}
