//! The garbage collector: objects go when all their owners have gone.
//!
//! Modelled: owners and dependents of the kinds below and of all custom resources (a new definition is noticed at
//! the next of the looks each 30 s); a dependent whose owners are all gone is deleted after the API server itself was
//! asked for it and for them, with its uid and version as preconditions; references to owners that are gone are
//! taken away while others are left; foreground deletion (dependents first, those that block hold up the owner) and
//! orphaning (references are taken away, then the owner goes); a cluster-scoped object with an owner in a namespace
//! is never deleted, and an event tells why. 20 workers.
//!
//! Kinds: pods, claims, ControllerRevisions, ReplicaSets, kubelets' leases and CSINodes as dependents; those, nodes,
//! StatefulSets, Deployments and Jobs as owners. Not modelled: other built-in kinds as dependents, and the discovery of
//! kinds by calls.

mod custom;
mod delete;
mod foreground;
mod graph;
mod kinds;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard};

use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::storage::v1::CSINode;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use seatrial_wires::Process;

use self::graph::Graph;
use self::kinds::Kinds;
use super::shared::Informers;
use super::support::LoopError;
use crate::client::{BackoffLimits, EventWriter, Informer, Next, WorkQueue};

const WORKERS: usize = 20;

struct Parts {
    process: Process,
    client: kube::Client,
    events: EventWriter,
    graph: Mutex<Graph>,
    kinds: Mutex<Kinds>,
    /// Uids of objects to look at.
    queue: WorkQueue<String>,
    definitions: Informer<CustomResourceDefinition>,
}

#[derive(Clone)]
struct Collector(Arc<Parts>);

impl std::ops::Deref for Collector {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the collector on this process.
pub(super) fn run(process: &Process, shared: &Informers) {
    let client = shared.client.clone();
    let collector = Collector(Arc::new(Parts {
        process: process.clone(),
        events: EventWriter::start(process, &client, "garbage-collector-controller", None),
        graph: Mutex::default(),
        kinds: Mutex::new(Kinds::builtin()),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        definitions: Informer::all(process, &client),
        client: client.clone(),
    }));
    let watched = Watched {
        sets: shared.sets.clone(),
        replica_sets: shared.replica_sets.clone(),
        deployments: shared.deployments.clone(),
        jobs: shared.jobs.clone(),
        revisions: shared.revisions.clone(),
        csi_nodes: Informer::all(process, &client),
    };
    let shared = (shared.pods.clone(), shared.claims.clone(), shared.nodes.clone(), shared.node_leases.clone());
    process.spawn("garbage collector", async move {
        let (pods, claims, nodes, leases) = shared;
        nodes.synced().await;
        pods.synced().await;
        claims.synced().await;
        leases.synced().await;
        watched.sets.synced().await;
        watched.replica_sets.synced().await;
        watched.deployments.synced().await;
        watched.jobs.synced().await;
        watched.revisions.synced().await;
        watched.csi_nodes.synced().await;
        collector.watch(&nodes);
        collector.watch(&watched.sets);
        collector.watch(&watched.deployments);
        collector.watch(&watched.jobs);
        collector.watch(&watched.replica_sets);
        collector.watch(&pods);
        collector.watch(&claims);
        collector.watch(&leases);
        collector.watch(&watched.revisions);
        collector.watch(&watched.csi_nodes);
        collector.serve();
        collector.watch_definitions().await;
    });
}

struct Watched {
    sets: Informer<StatefulSet>,
    replica_sets: Informer<ReplicaSet>,
    deployments: Informer<Deployment>,
    jobs: Informer<Job>,
    revisions: Informer<ControllerRevision>,
    csi_nodes: Informer<CSINode>,
}

impl Collector {
    fn serve(&self) {
        let worker = self.clone();
        self.queue.serve(&self.process, "garbage collector", WORKERS, move |uid| {
            let worker = worker.clone();
            async move { worker.sync(&uid).await }
        });
    }

    async fn sync(&self, uid: &str) -> Result<Next, LoopError> {
        let Some(item) = self.graph().item(uid) else {
            return Ok(Next::Forget);
        };
        match (item.deleting, item.foreground, item.orphan) {
            (true, true, _) => self.delete_dependents(uid, &item).await?,
            (true, false, true) => self.release_dependents(uid, &item).await?,
            (true, false, false) => {}
            (false, ..) => self.delete_if_unowned(uid, &item).await?,
        }
        Ok(Next::Forget)
    }

    fn graph(&self) -> MutexGuard<'_, Graph> {
        self.graph.lock().expect("nothing panics while the graph is locked")
    }

    fn kinds(&self) -> MutexGuard<'_, Kinds> {
        self.kinds.lock().expect("nothing panics while the kinds are locked")
    }
}
