//! external-provisioner: volumes for claims, and their deletion.
//!
//! Modelled: which claims are its own; volume names `pvc-<uid>`; CreateVolume with topology requirements; the three
//! kinds of failure (final: tried anew; not final: repeated even when the claim is gone; no room: the scheduler
//! chooses again); a volume smaller than asked for; the PersistentVolume, written again until the API server has it;
//! deletion of Released volumes whose policy is Delete, refused while a VolumeAttachment names them; its finalizer;
//! events. 100 workers, back-off from 1 s to 5 min, everything again each 15 min. What it knows of attempts under
//! way is in memory only.
//!
//! A claim's VolumeAttributesClass gives CreateVolume its mutable parameters. A class's parameters with the sidecars' prefix
//! are kept back, and those of them that nobody knows refused; secrets are found by their templates.
//!
//! A claim may be made of a snapshot that is ready and not larger than the claim.
//!
//! Not modelled: clones as sources, the finalizer that newer ones put on a snapshot of which a volume is made, CSIStorageCapacity, leader election, migration.

mod create;
mod delete;
mod outcome;
mod parameters;
mod request;
mod secrets;
mod source;
mod topology;
mod volume;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use csi_api::v1::TopologyRequirement;
use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::{CSINode, StorageClass, VolumeAttachment, VolumeAttributesClass};
use seatrial_wires::Process;

use super::ProvisionerConfig;
use super::driver::Driver;
use crate::client::{BackoffLimits, EventWriter, Informer, Next, ObjectKey, WorkQueue, client_of};
use crate::loops::support::objects::uid;

const WORKERS: usize = 100;
const RESYNC: Duration = Duration::from_secs(15 * 60);

/// One life of a claim: name and uid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ClaimKey {
    object: ObjectKey,
    uid: String,
}

impl std::fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "claim {}", self.object)
    }
}

#[derive(Default)]
struct Memory {
    /// Claims for which a volume may exist already, as they were.
    in_progress: BTreeMap<String, Arc<PersistentVolumeClaim>>,
    /// What was asked for first, by claim uid: a repetition must ask for the same.
    requirements: BTreeMap<String, Option<TopologyRequirement>>,
}

struct Parts {
    process: Process,
    client: kube::Client,
    config: ProvisionerConfig,
    driver: Driver,
    /// `<ms>-<n>-<driver>`, drawn at each start.
    identity: String,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    classes: Informer<StorageClass>,
    attributes: Informer<VolumeAttributesClass>,
    nodes: Informer<Node>,
    csi_nodes: Informer<CSINode>,
    attachments: Informer<VolumeAttachment>,
    events: EventWriter,
    wanted: WorkQueue<ClaimKey>,
    unwanted: WorkQueue<ObjectKey>,
    memory: Mutex<Memory>,
}

#[derive(Clone)]
struct Provisioner(Arc<Parts>);

impl std::ops::Deref for Provisioner {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the sidecar on this process.
pub(in crate::loops) fn run(process: &Process, config: ProvisionerConfig) {
    let owner = process.clone();
    process.spawn("csi provisioner", async move {
        let driver = Driver::meet(&owner, &config.socket, config.timeout).await;
        Provisioner::new(&owner, config, driver).run().await;
    });
}

impl Provisioner {
    fn new(process: &Process, config: ProvisionerConfig, driver: Driver) -> Self {
        let client = client_of(process);
        let name = driver.abilities.name.clone();
        let number = process.generator("provisioner identity").below(10_000);
        let component = format!("{name}_{}_{}", process.name(), process.incarnation());
        Self(Arc::new(Parts {
            process: process.clone(),
            identity: format!("{}-{number}-{name}", process.clock().calendar().as_millisecond()),
            claims: Informer::all(process, &client),
            volumes: Informer::all(process, &client),
            classes: Informer::all(process, &client),
            attributes: Informer::all(process, &client),
            nodes: Informer::all(process, &client),
            csi_nodes: Informer::all(process, &client),
            attachments: Informer::all(process, &client),
            events: EventWriter::start(process, &client, &component, None),
            wanted: WorkQueue::new(BackoffLimits::SIDECAR),
            unwanted: WorkQueue::new(BackoffLimits::SIDECAR),
            memory: Mutex::default(),
            config,
            driver,
            client,
        }))
    }

    async fn run(self) {
        self.classes.synced().await;
        self.attributes.synced().await;
        self.nodes.synced().await;
        self.csi_nodes.synced().await;
        self.attachments.synced().await;
        self.volumes.synced().await;
        self.claims.synced().await;
        let wanted = self.wanted.clone();
        self.claims.on_change(move |delta| {
            if let Some(claim) = &delta.after {
                wanted.add(ClaimKey { object: delta.key.clone(), uid: uid(claim.as_ref()).to_owned() });
            }
        });
        self.volumes.feed(&self.unwanted);
        let worker = self.clone();
        self.wanted.serve(&self.process, "csi provisioner", WORKERS, move |key| {
            let worker = worker.clone();
            async move {
                let done = worker.sync_claim(&key).await;
                if worker.config.rules.try_failed_claims_again { done } else { Ok(done.unwrap_or(Next::Forget)) }
            }
        });
        let worker = self.clone();
        self.unwanted.serve(&self.process, "csi provisioner", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync_volume(&key).await }
        });
        loop {
            tokio::time::sleep(RESYNC).await;
            for claim in self.claims.list() {
                self.wanted.add(ClaimKey { object: ObjectKey::of(claim.as_ref()), uid: uid(claim.as_ref()).to_owned() });
            }
            for volume in self.volumes.list() {
                self.unwanted.add(ObjectKey::of(volume.as_ref()));
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nothing panics while the memory is locked")
    }

    /// Whether the driver is asked for a topology: where it knows one, and the sidecar is not told to leave it be.
    fn knows_topology(&self) -> bool {
        self.driver.abilities.topology && self.config.topology
    }

    fn name(&self) -> &str {
        &self.driver.abilities.name
    }
}
