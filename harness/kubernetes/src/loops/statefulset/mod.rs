//! The StatefulSet controller.
//!
//! Modelled: stable names, labels and claims; claims before their pod; OrderedReady one pod at a time in both
//! directions; Parallel; RollingUpdate with a partition, and OnDelete; recreation of failed pods; revisions of the
//! template; status; the retention policy's owner references; events in the real one's words. Five workers
//! (`--concurrent-statefulset-syncs`). A pod on a lost node is never force-deleted: its successor waits.
//!
//! Not modelled: adoption and release of pods, `maxUnavailable`, slow-start batches (creations go out one after the
//! other in one sync), truncation of the revision history.

mod claims;
mod control;
mod identity;
mod revisions;
mod status;

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::ResourceExt;
use seatrial_wires::Process;

use super::shared::Informers;
use crate::client::{BackoffLimits, EventWriter, Informer, ObjectKey, WorkQueue};

const WORKERS: usize = 5;

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    sets: Informer<StatefulSet>,
    pods: Informer<Pod>,
    claims: Informer<PersistentVolumeClaim>,
    revisions: Informer<ControllerRevision>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let client = shared.client.clone();
    let controller = Controller {
        process: process.clone(),
        sets: shared.sets.clone(),
        pods: shared.pods.clone(),
        claims: shared.claims.clone(),
        revisions: shared.revisions.clone(),
        events: EventWriter::start(process, &client, "statefulset-controller", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        client,
    };
    process.spawn("statefulset", controller.run());
}

impl Controller {
    async fn run(self) {
        self.pods.synced().await;
        self.claims.synced().await;
        self.revisions.synced().await;
        self.sets.synced().await;
        self.sets.feed(&self.queue);
        let queue = self.queue.clone();
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let owner = pod.owner_references().iter().find(|owner| owner.controller == Some(true) && owner.kind == "StatefulSet");
            if let Some(owner) = owner {
                queue.add(ObjectKey::new(&delta.key.namespace, &owner.name));
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "statefulset", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }
}
