//! The Deployment controller: a ReplicaSet for each template, and the way from one to the next.
//!
//! Modelled: ReplicaSets named by a hash of the template, with their revisions; RollingUpdate with surge and
//! unavailability (numbers and per cents); Recreate, which waits until all old pods are gone; scaling; status with the
//! Available condition; the ScalingReplicaSet events. Five workers (`--concurrent-deployment-syncs`).
//!
//! Not modelled: progress deadlines, pausing, rollback, truncation of the history, proportional scaling of several
//! ReplicaSets, adoption. The hash is not the real one's.

mod budget;
mod replica_sets;
mod rollout;
mod status;

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;
use seatrial_wires::Process;

use super::shared::Informers;
use super::support::LoopError;
use super::support::objects::is_deleting;
use super::support::owned::controller_name;
use crate::client::{BackoffLimits, EventWriter, Informer, Next, ObjectKey, WorkQueue};

const WORKERS: usize = 5;

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    deployments: Informer<Deployment>,
    sets: Informer<ReplicaSet>,
    pods: Informer<Pod>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let controller = Controller {
        process: process.clone(),
        client: shared.client.clone(),
        deployments: shared.deployments.clone(),
        sets: shared.replica_sets.clone(),
        pods: shared.pods.clone(),
        events: EventWriter::start(process, &shared.client, "deployment-controller", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
    };
    process.spawn("deployment", controller.run());
}

impl Controller {
    async fn run(self) {
        self.pods.synced().await;
        self.sets.synced().await;
        self.deployments.synced().await;
        self.deployments.feed(&self.queue);
        let queue = self.queue.clone();
        self.sets.on_change(move |delta| {
            if let Some(owner) = controller_name(delta.object().as_ref(), "Deployment") {
                queue.add(ObjectKey::new(&delta.key.namespace, owner));
            }
        });
        let controller = self.clone();
        self.pods.on_change(move |delta| {
            // Recreate waits for pods to be gone.
            let set = controller_name(delta.object().as_ref(), "ReplicaSet").filter(|_| delta.after.is_none());
            let set = set.and_then(|name| controller.sets.get(&ObjectKey::new(&delta.key.namespace, name)));
            if let Some(owner) = set.as_deref().and_then(|set| controller_name(set, "Deployment")) {
                controller.queue.add(ObjectKey::new(&delta.key.namespace, owner));
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "deployment", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(deployment) = self.deployments.get(key).filter(|deployment| !is_deleting(deployment.as_ref())) else {
            return Ok(Next::Forget);
        };
        self.roll_out(&deployment).await?;
        self.update_status(&deployment).await?;
        Ok(Next::Forget)
    }
}
