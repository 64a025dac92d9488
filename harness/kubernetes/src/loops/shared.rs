//! The informers that the controllers of kube-controller-manager share: one watch of each kind, as in the real one.

use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::{StorageClass, VolumeAttachment};
use kube::api::Api;
use kube::runtime::watcher;
use seatrial_wires::Process;

use crate::client::{Informer, client_of};

/// What more than one controller reads, and the client that all write with.
pub(super) struct Informers {
    pub(super) client: kube::Client,
    pub(super) pods: Informer<Pod>,
    pub(super) nodes: Informer<Node>,
    pub(super) claims: Informer<PersistentVolumeClaim>,
    pub(super) volumes: Informer<PersistentVolume>,
    pub(super) classes: Informer<StorageClass>,
    pub(super) attachments: Informer<VolumeAttachment>,
    pub(super) sets: Informer<StatefulSet>,
    pub(super) revisions: Informer<ControllerRevision>,
    pub(super) replica_sets: Informer<ReplicaSet>,
    pub(super) deployments: Informer<Deployment>,
    pub(super) jobs: Informer<Job>,
    /// Those of kubelets only: other leases say nothing about nodes.
    pub(super) node_leases: Informer<Lease>,
}

impl Informers {
    /// Starts them all on this process.
    pub(super) fn start(process: &Process) -> Self {
        let client = client_of(process);
        Self {
            pods: Informer::all(process, &client),
            nodes: Informer::all(process, &client),
            claims: Informer::all(process, &client),
            volumes: Informer::all(process, &client),
            classes: Informer::all(process, &client),
            attachments: Informer::all(process, &client),
            sets: Informer::all(process, &client),
            revisions: Informer::all(process, &client),
            replica_sets: Informer::all(process, &client),
            deployments: Informer::all(process, &client),
            jobs: Informer::all(process, &client),
            node_leases: Informer::start(process, Api::namespaced(client.clone(), "kube-node-lease"), watcher::Config::default()),
            client,
        }
    }
}
