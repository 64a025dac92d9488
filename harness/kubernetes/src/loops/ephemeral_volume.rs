//! The ephemeral volume controller: claims that live as long as their pod.
//!
//! Modelled: for each generic ephemeral volume of a pod a claim `POD-VOLUME` from its template, with labels and annotations, which the
//! pod owns, so that the garbage collector takes it with the pod; made anew when somebody deletes it under a living pod; a claim of that
//! name that is not the pod's is left alone, and told in an event. Five workers (`--concurrent-ephemeralvolume-syncs`).
//!
//! Not modelled: inline CSI volumes, which need no claim.

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, Volume};
use kube::ResourceExt;
use kube::api::{Api, ObjectMeta, PostParams};
use seatrial_wires::Process;

use super::shared::Informers;
use super::support::objects::{claims_of, ephemeral_claim, is_deleting};
use super::support::owned::{is_controlled_by, owner_reference};
use crate::client::{BackoffLimits, EventType, EventWriter, Informer, Next, ObjectKey, WorkQueue, reason_of};

const WORKERS: usize = 5;

/// Why a pod lacks a claim.
#[derive(Debug, thiserror::Error)]
enum MissingClaim {
    #[error("ephemeral volume {volume}: PVC {claim} was not created for pod {pod} (pod is not owner)")]
    OfSomebodyElse { volume: String, claim: ObjectKey, pod: ObjectKey },
    #[error("ephemeral volume {volume}: create PVC {claim}: {reason}")]
    Create { volume: String, claim: String, reason: String },
}

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    pods: Informer<Pod>,
    claims: Informer<PersistentVolumeClaim>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let controller = Controller {
        process: process.clone(),
        client: shared.client.clone(),
        pods: shared.pods.clone(),
        claims: shared.claims.clone(),
        events: EventWriter::start(process, &shared.client, "ephemeral_volume", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
    };
    process.spawn("ephemeral volume", controller.run());
}

impl Controller {
    async fn run(self) {
        self.pods.synced().await;
        self.claims.synced().await;
        let queue = self.queue.clone();
        self.pods.on_change(move |delta| {
            // A pod's volumes never change, so later changes of it say nothing.
            if delta.before.is_none() && has_ephemeral_volumes(delta.object()) {
                queue.add(delta.key.clone());
            }
        });
        let (queue, pods) = (self.queue.clone(), self.pods.clone());
        self.claims.on_change(move |delta| {
            if delta.after.is_none() {
                let users = pods.list_in(&delta.key.namespace).into_iter();
                let users = users.filter(|pod| has_ephemeral_volumes(pod) && claims_of(pod).contains(&delta.key));
                users.for_each(|pod| queue.add(ObjectKey::of(pod.as_ref())));
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "ephemeral volume", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, MissingClaim> {
        let Some(pod) = self.pods.get(key).filter(|pod| !is_deleting(pod.as_ref())) else {
            return Ok(Next::Forget);
        };
        for volume in pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten()) {
            let Some(claim) = ephemeral_claim(&pod, volume) else { continue };
            if let Err(error) = self.ensure(&pod, volume, &claim).await {
                self.events.write(pod.as_ref(), EventType::Warning, "FailedBinding", error.to_string());
                return Err(error);
            }
        }
        Ok(Next::Forget)
    }

    async fn ensure(&self, pod: &Pod, volume: &Volume, name: &str) -> Result<(), MissingClaim> {
        let key = ObjectKey::new(&pod.namespace().unwrap_or_default(), name);
        match self.claims.get(&key) {
            Some(claim) if is_controlled_by(claim.as_ref(), pod) => return Ok(()),
            Some(_) => return Err(MissingClaim::OfSomebodyElse { volume: volume.name.clone(), claim: key, pod: ObjectKey::of(pod) }),
            None => {}
        }
        let template = volume.ephemeral.as_ref().and_then(|source| source.volume_claim_template.as_ref());
        let metadata = template.and_then(|template| template.metadata.clone()).unwrap_or_default();
        let claim = PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                owner_references: Some(vec![owner_reference(pod)]),
                annotations: metadata.annotations,
                labels: metadata.labels,
                ..ObjectMeta::default()
            },
            spec: template.map(|template| template.spec.clone()),
            status: None,
        };
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &key.namespace);
        let created = api.create(&PostParams::default(), &claim).await;
        let created = created.map_err(|error| MissingClaim::Create {
            volume: volume.name.clone(),
            claim: name.to_owned(),
            reason: reason_of(&error),
        })?;
        self.claims.remember(created);
        Ok(())
    }
}

fn has_ephemeral_volumes(pod: &Pod) -> bool {
    pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten()).any(|volume| volume.ephemeral.is_some())
}
