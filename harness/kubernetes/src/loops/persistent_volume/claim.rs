//! What is to be done for a claim.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;

use super::super::support::LoopError;
use super::super::support::names::BIND_COMPLETED;
use super::super::support::objects::{
    claim_class, claim_of, claim_volume, claims_of, has_annotation, is_bound_by_controller, is_reserved_for, is_terminal, node_of, uid,
};
use super::Controller;
use super::matching::{Fit, why_not};
use crate::client::{EventType, ObjectKey};

impl Controller {
    pub(super) async fn sync_claim(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        if has_annotation(claim, BIND_COMPLETED) { self.sync_bound(claim).await } else { self.sync_unbound(claim).await }
    }

    async fn sync_unbound(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let wanted = claim_volume(claim);
        if !wanted.is_empty() {
            return self.sync_named(claim, wanted).await;
        }
        let wait = self.waits_for_consumer(claim);
        if let Some(volume) = self.best_match(claim, wait) {
            return self.bind(&volume, claim).await;
        }
        if self.give_default_class(claim).await? {
            return Ok(());
        }
        if wait {
            self.tell_what_it_waits_for(claim);
        } else if !claim_class(claim).is_empty() {
            return self.hand_over(claim).await;
        } else {
            let message = "no persistent volumes available for this claim and no storage class is set";
            self.events.write(claim, EventType::Normal, "FailedBinding", message);
        }
        self.set_pending(claim).await
    }

    /// The user has named a volume.
    async fn sync_named(&self, claim: &PersistentVolumeClaim, wanted: &str) -> Result<(), LoopError> {
        let Some(volume) = self.volumes.named(wanted) else {
            return self.set_pending(claim).await;
        };
        if claim_of(&volume).is_none() {
            if let Fit::Not(reason) = why_not(&volume, claim) {
                let message = format!("Cannot bind to requested volume \"{wanted}\": {reason}");
                self.events.write(claim, EventType::Warning, "VolumeMismatch", message);
                return self.set_pending(claim).await;
            }
            return self.bind(&volume, claim).await;
        }
        if is_reserved_for(&volume, claim) {
            return self.bind(&volume, claim).await;
        }
        if is_bound_by_controller(claim) {
            return Err(LoopError::NotYet(format!("volume \"{wanted}\" is bound to another claim though the controller chose it")));
        }
        let message = format!("volume \"{wanted}\" already bound to a different claim.");
        self.events.write(claim, EventType::Warning, "FailedBinding", message);
        self.set_pending(claim).await
    }

    async fn sync_bound(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let name = claim_volume(claim);
        if name.is_empty() {
            let message = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!";
            return self.set_lost(claim, "ClaimLost", message).await;
        }
        let Some(volume) = self.volumes.named(name) else {
            let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
            return self.set_lost(claim, "ClaimLost", message).await;
        };
        match claim_of(&volume) {
            // Somebody cleared the reference: it is written again.
            None => self.bind(&volume, claim).await,
            Some((_, of)) if of == uid(claim) => self.bind(&volume, claim).await,
            Some(_) => {
                let message = "Two claims are bound to the same volume, this one is bound incorrectly";
                self.set_lost(claim, "ClaimMisbound", message).await
            }
        }
    }

    fn tell_what_it_waits_for(&self, claim: &PersistentVolumeClaim) {
        let key = ObjectKey::of(claim);
        let pods = self.pods.list_in(&key.namespace);
        let waiting: Vec<String> = pods
            .iter()
            .filter(|pod| !is_terminal(pod) && node_of(pod).is_none() && claims_of(pod).contains(&key))
            .map(|pod| pod.name_any())
            .collect();
        let (reason, message) = match waiting.as_slice() {
            [] => ("WaitForFirstConsumer", "waiting for first consumer to be created before binding".to_owned()),
            [pod] => ("WaitForPodScheduled", format!("waiting for pod {pod} to be scheduled")),
            pods => ("WaitForPodScheduled", format!("waiting for pods {} to be scheduled", pods.join(","))),
        };
        self.events.write(claim, EventType::Normal, reason, message);
    }

    /// The smallest volume that fits, one reserved for the claim first.
    fn best_match(&self, claim: &PersistentVolumeClaim, only_reserved: bool) -> Option<std::sync::Arc<PersistentVolume>> {
        super::matching::best(&self.volumes.list(), claim, only_reserved)
    }
}
