//! The ReplicaSet controller: as many pods as are wanted, whichever they are.
//!
//! Modelled: random names; pods that are being deleted do not count, so a lost node's pods are replaced as soon as
//! their deletion is asked for; which pods go first when there are too many; status; events. Five workers
//! (`--concurrent-replicaset-syncs`).
//!
//! Not modelled: adoption and release of pods, slow-start batches, `minReadySeconds`, deletion cost, ReplicationController.

mod pods;

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ReplicaSet, ReplicaSetStatus};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, PostParams};
use seatrial_wires::Process;

use super::shared::Informers;
use super::support::objects::{is_deleting, is_terminal};
use super::support::owned::{controller_name, is_controlled_by};
use super::support::{During, LoopError};
use crate::client::{BackoffLimits, EventWriter, Informer, Next, ObjectKey, WorkQueue, is_missing};

const WORKERS: usize = 5;

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
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
        sets: shared.replica_sets.clone(),
        pods: shared.pods.clone(),
        events: EventWriter::start(process, &shared.client, "replicaset-controller", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
    };
    process.spawn("replicaset", controller.run());
}

impl Controller {
    async fn run(self) {
        self.pods.synced().await;
        self.sets.synced().await;
        self.sets.feed(&self.queue);
        let queue = self.queue.clone();
        self.pods.on_change(move |delta| {
            if let Some(owner) = controller_name(delta.object().as_ref(), "ReplicaSet") {
                queue.add(ObjectKey::new(&delta.key.namespace, owner));
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "replicaset", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(set) = self.sets.get(key) else {
            return Ok(Next::Forget);
        };
        let outcome = if is_deleting(set.as_ref()) { Ok(()) } else { self.bring_to_number(&set).await };
        self.update_status(&set).await?;
        outcome.map(|()| Next::Forget)
    }

    /// The set's pods that count: neither ended nor on their way out.
    fn active_pods(&self, set: &ReplicaSet) -> Vec<Arc<Pod>> {
        let mut pods = self.pods.list_in(&set.namespace().unwrap_or_default());
        pods.retain(|pod| is_controlled_by(pod.as_ref(), set) && !is_deleting(pod.as_ref()) && !is_terminal(pod));
        pods
    }

    async fn update_status(&self, set: &ReplicaSet) -> Result<(), LoopError> {
        let pods = self.active_pods(set);
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let some = |count: usize| Some(number(count)).filter(|count| *count != 0);
        let ready = pods.iter().filter(|pod| pods::is_ready(pod)).count();
        let status = ReplicaSetStatus {
            replicas: number(pods.len()),
            fully_labeled_replicas: some(pods.len()),
            ready_replicas: some(ready),
            available_replicas: some(ready),
            observed_generation: set.metadata.generation,
            ..set.status.clone().unwrap_or_default()
        };
        if set.status.as_ref() == Some(&status) {
            return Ok(());
        }
        let name = set.name_any();
        let api: Api<ReplicaSet> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        let changed = ReplicaSet { status: Some(status), ..set.clone() };
        match api.replace_status(&name, &PostParams::default(), &changed).await {
            Ok(written) => self.sets.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("update the status of replica set {name}")),
        }
        Ok(())
    }
}
