//! The claim of which a snapshot is being taken stays until it is taken.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::objects::is_ready;
use super::{Controller, names};
use crate::client::{ObjectKey, retry_on_conflict};
use crate::loops::support::objects::{claim_phase, claim_volume, has_finalizer, is_deleting, is_reserved_for};
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::VolumeSnapshot;

/// The controller's words for an object that could not be written.
pub(super) fn not_updated(name: &str, why: &str) -> LoopError {
    LoopError::NotYet(format!("snapshot controller failed to update {name} on API server: {why}"))
}

impl Controller {
    fn claims_api(&self, claim: &PersistentVolumeClaim) -> Api<PersistentVolumeClaim> {
        Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default())
    }

    /// The claim that a snapshot is of, if the cache has it.
    pub(super) fn claim_of(&self, snapshot: &VolumeSnapshot) -> Option<Arc<PersistentVolumeClaim>> {
        let name = snapshot.spec.source.persistent_volume_claim_name.as_deref()?;
        self.claims.get(&ObjectKey::new(&snapshot.namespace().unwrap_or_default(), name))
    }

    /// The volume that a snapshot is of.
    pub(super) async fn volume_of(&self, snapshot: &VolumeSnapshot) -> Result<PersistentVolume, LoopError> {
        let not_yet = |text: String| Err(LoopError::NotYet(text));
        let named = snapshot.spec.source.persistent_volume_claim_name.as_deref().unwrap_or_default();
        let Some(claim) = self.claim_of(snapshot) else {
            return not_yet(format!("failed to retrieve PVC {named} from the lister: \"persistentvolumeclaim \\\"{named}\\\" not found\""));
        };
        if claim_phase(&claim) != "Bound" {
            return not_yet(format!("the PVC {named} is not yet bound to a PV, will not attempt to take a snapshot"));
        }
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let name = claim_volume(&claim);
        let volume = api.get(name).await.during(|| format!("retrieve PV {name} from the API server"))?;
        if !is_reserved_for(&volume, &claim) {
            return not_yet("claim in dataSource not bound or invalid".to_owned());
        }
        Ok(volume)
    }

    /// Keeps the claim from going.
    pub(super) async fn hold_claim(&self, snapshot: &VolumeSnapshot) -> Result<(), LoopError> {
        if snapshot.spec.source.persistent_volume_claim_name.is_none() {
            return Ok(());
        }
        let Some(claim) = self.claim_of(snapshot) else {
            return Err(not_updated(&snapshot.name_any(), "cannot get claim from snapshot"));
        };
        let name = claim.name_any();
        if has_finalizer(claim.as_ref(), names::CLAIM) {
            return Ok(());
        }
        if is_deleting(claim.as_ref()) {
            return Err(not_updated(&name, "cannot add finalizer on claim because it is being deleted"));
        }
        let mut changed = claim.as_ref().clone();
        changed.finalizers_mut().push(names::CLAIM.to_owned());
        let written = self.claims_api(&claim).replace(&name, &PostParams::default(), &changed).await;
        self.claims.remember(written.during(|| format!("add the finalizer of claim {name}"))?);
        Ok(())
    }

    /// Lets the claim go when no snapshot of it is being taken any more; `but_this`: this one does not count.
    pub(super) async fn release_claim(&self, snapshot: &VolumeSnapshot, but_this: bool) -> Result<(), LoopError> {
        let Some(claim) = self.claim_of(snapshot).filter(|claim| has_finalizer(claim.as_ref(), names::CLAIM)) else { return Ok(()) };
        let name = claim.name_any();
        let is_taken = |other: &VolumeSnapshot| {
            let of_claim = other.spec.source.persistent_volume_claim_name.as_deref() == Some(&name);
            of_claim && !is_ready(other) && !(but_this && other.name_any() == snapshot.name_any())
        };
        let namespace = snapshot.namespace().unwrap_or_default();
        if self.snapshots.list_in(&namespace).iter().any(|other| is_taken(other)) {
            return Ok(());
        }
        let api = self.claims_api(&claim);
        let written = retry_on_conflict(|| async {
            let mut changed = api.get(&name).await?;
            changed.finalizers_mut().retain(|finalizer| finalizer != names::CLAIM);
            api.replace(&name, &PostParams::default(), &changed).await
        });
        self.claims.remember(written.await.during(|| format!("remove the finalizer of claim {name}"))?);
        Ok(())
    }

    /// Whether a claim is being made of the snapshot.
    pub(super) fn is_being_restored(&self, snapshot: &VolumeSnapshot) -> bool {
        let made_of = |claim: &PersistentVolumeClaim| {
            let source = claim.spec.as_ref().and_then(|spec| spec.data_source.as_ref());
            source.is_some_and(|source| {
                source.kind == "VolumeSnapshot"
                    && source.name == snapshot.name_any()
                    && source.api_group.as_deref() == Some(crate::snapshot_api::GROUP)
            })
        };
        let claims = self.claims.list_in(&snapshot.namespace().unwrap_or_default());
        claims.iter().any(|claim| made_of(claim) && claim_phase(claim) == "Pending")
    }
}
