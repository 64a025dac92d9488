//! The writes that join a claim and a volume, and those that part them.
//!
//! Order: the volume's spec, the volume's status, the claim's spec, the claim's status. A watcher may see any
//! prefix; each write is left out when it would change nothing.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimStatus, PersistentVolumeStatus};
use kube::api::{Api, PostParams};
use kube::{Resource, ResourceExt};

use super::super::support::names::{BIND_COMPLETED, BOUND_BY_CONTROLLER};
use super::super::support::objects::{
    claim_of, claim_phase, claim_volume, has_annotation, is_bound_by_controller, is_reserved_for, uid, volume_phase,
};
use super::super::support::{During, LoopError};
use super::Controller;
use crate::client::{EventType, now};

impl Controller {
    /// All four writes, as far as they are missing.
    pub(super) async fn bind(&self, volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let volume = self.reserve(volume, claim).await?;
        let volume = self.set_volume_phase(&volume, "Bound").await?;
        let claim = self.name_volume(claim, &volume).await?;
        self.set_claim_status(&claim, "Bound", Some(&volume)).await
    }

    async fn reserve(&self, volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Result<PersistentVolume, LoopError> {
        if claim_of(volume).is_some_and(|(_, of)| of == uid(claim)) {
            return Ok(volume.clone());
        }
        let mut changed = volume.clone();
        if !is_reserved_for(volume, claim) {
            changed.annotations_mut().insert(BOUND_BY_CONTROLLER.into(), "yes".into());
        }
        changed.spec.get_or_insert_default().claim_ref = Some(claim.object_ref(&()));
        self.write_volume(&changed).await
    }

    async fn name_volume(&self, claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> Result<PersistentVolumeClaim, LoopError> {
        let name = volume.name_any();
        if claim_volume(claim) == name && has_annotation(claim, BIND_COMPLETED) {
            return Ok(claim.clone());
        }
        let mut changed = claim.clone();
        if claim_volume(claim) != name {
            changed.spec.get_or_insert_default().volume_name = Some(name);
            changed.annotations_mut().insert(BOUND_BY_CONTROLLER.into(), "yes".into());
        }
        changed.annotations_mut().insert(BIND_COMPLETED.into(), "yes".into());
        self.write_claim(&changed).await
    }

    /// Parts a volume from a claim that went elsewhere: one that the controller chose becomes free, one that a user
    /// reserved stays reserved.
    pub(super) async fn unbind(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        let mut changed = volume.clone();
        let by_controller = is_bound_by_controller(volume);
        if let Some(spec) = &mut changed.spec {
            if by_controller {
                spec.claim_ref = None;
            } else if let Some(reference) = &mut spec.claim_ref {
                reference.uid = None;
            }
        }
        changed.annotations_mut().remove(BOUND_BY_CONTROLLER);
        let volume = self.write_volume(&changed).await?;
        self.set_volume_phase(&volume, "Available").await.map(drop)
    }

    pub(super) async fn set_volume_phase(&self, volume: &PersistentVolume, phase: &str) -> Result<PersistentVolume, LoopError> {
        if volume_phase(volume) == phase {
            return Ok(volume.clone());
        }
        let mut changed = volume.clone();
        changed.status = Some(PersistentVolumeStatus {
            phase: Some(phase.to_owned()),
            last_phase_transition_time: Some(now(&self.process)),
            ..Default::default()
        });
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let name = volume.name_any();
        let written =
            api.replace_status(&name, &PostParams::default(), &changed).await.during(|| format!("set volume {name} to {phase}"))?;
        self.volumes.remember(written.clone());
        Ok(written)
    }

    pub(super) async fn set_pending(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        self.set_claim_status(claim, "Pending", None).await
    }

    pub(super) async fn set_lost(&self, claim: &PersistentVolumeClaim, reason: &str, message: &str) -> Result<(), LoopError> {
        if claim_phase(claim) == "Lost" {
            return Ok(());
        }
        self.set_claim_status(claim, "Lost", None).await?;
        self.events.write(claim, EventType::Warning, reason, message);
        Ok(())
    }

    async fn set_claim_status(
        &self,
        claim: &PersistentVolumeClaim,
        phase: &str,
        volume: Option<&PersistentVolume>,
    ) -> Result<(), LoopError> {
        let mut changed = claim.clone();
        let was_bound = claim_phase(claim) == "Bound";
        let status = changed.status.get_or_insert_default();
        status.phase = Some(phase.to_owned());
        match volume.and_then(|volume| volume.spec.as_ref()) {
            None => {
                *status =
                    PersistentVolumeClaimStatus { phase: status.phase.take(), conditions: status.conditions.take(), ..Default::default() };
            }
            Some(spec) => {
                status.access_modes = spec.access_modes.clone();
                // Later changes of the attributes class are the resizer's to tell.
                if !was_bound {
                    status.current_volume_attributes_class_name = spec.volume_attributes_class_name.clone();
                }
                // The capacity of a bound claim is the resizer's.
                if !was_bound || status.capacity.is_none() {
                    status.capacity = spec.capacity.clone();
                }
            }
        }
        if changed.status == claim.status {
            return Ok(());
        }
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        let name = claim.name_any();
        let written =
            api.replace_status(&name, &PostParams::default(), &changed).await.during(|| format!("set claim {name} to {phase}"))?;
        self.claims.remember(written);
        Ok(())
    }

    pub(super) async fn write_claim(&self, claim: &PersistentVolumeClaim) -> Result<PersistentVolumeClaim, LoopError> {
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        let name = claim.name_any();
        let written = api.replace(&name, &PostParams::default(), claim).await.during(|| format!("update claim {name}"))?;
        self.claims.remember(written.clone());
        Ok(written)
    }

    async fn write_volume(&self, volume: &PersistentVolume) -> Result<PersistentVolume, LoopError> {
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let name = volume.name_any();
        let written = api.replace(&name, &PostParams::default(), volume).await.during(|| format!("update volume {name}"))?;
        self.volumes.remember(written.clone());
        Ok(written)
    }
}
