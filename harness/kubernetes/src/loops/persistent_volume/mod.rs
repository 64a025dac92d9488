//! The persistent volume controller: joins claims and volumes, hands provisioning over, releases.
//!
//! Modelled: binding as four writes in order; volumes and claims that a user joined beforehand; the smallest
//! volume that fits; hand-over to an external provisioner by annotations, at once or when a node is selected;
//! the default class given to claims afterwards; Lost and Released; the events on claims. Everything is looked at
//! again every 15 s (`--pvclaimbinder-sync-period`).
//!
//! Not modelled: in-tree provisioners and deleters, Recycle, CSI migration, and the separate workers that the real
//! controller has for claims and for volumes: one worker here does both, in the order in which they came.

mod bind;
mod claim;
mod matching;
mod provision;
mod volume;

pub(super) use matching::{is_free_and_fits, requested, size};

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use seatrial_wires::Process;

use super::rules::Rules;
use super::shared::Informers;
use super::support::LoopError;
use super::support::objects::{claim_of, claim_volume};
use super::timings::Timings;
use crate::client::{BackoffLimits, EventWriter, Informer, Next, ObjectKey, WorkQueue};

/// What the queue holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Claim(ObjectKey),
    Volume(ObjectKey),
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Claim(key) => write!(f, "claim {key}"),
            Self::Volume(key) => write!(f, "volume {key}"),
        }
    }
}

#[derive(Clone)]
struct Controller {
    process: Process,
    rules: Rules,
    timings: Timings,
    client: kube::Client,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    classes: Informer<StorageClass>,
    pods: Informer<Pod>,
    events: EventWriter,
    queue: WorkQueue<Key>,
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, shared: &Informers, rules: Rules, timings: Timings) {
    let client = shared.client.clone();
    let controller = Controller {
        process: process.clone(),
        rules,
        timings,
        claims: shared.claims.clone(),
        volumes: shared.volumes.clone(),
        classes: shared.classes.clone(),
        pods: shared.pods.clone(),
        events: EventWriter::start(process, &client, "persistentvolume-controller", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        client,
    };
    process.spawn("persistent volumes", controller.run());
}

impl Controller {
    async fn run(self) {
        self.claims.synced().await;
        self.volumes.synced().await;
        self.classes.synced().await;
        self.pods.synced().await;
        self.listen();
        let worker = self.clone();
        self.queue.serve(&self.process, "persistent volumes", 1, move |key| {
            let worker = worker.clone();
            async move { worker.sync(key).await }
        });
        loop {
            tokio::time::sleep(self.timings.claim_binder_resync).await;
            self.resync();
        }
    }

    fn listen(&self) {
        let queue = self.queue.clone();
        self.volumes.on_change(move |delta| {
            queue.add(Key::Volume(delta.key.clone()));
            // A claim whose volume is gone is lost.
            if delta.after.is_none()
                && let Some((claim, _)) = claim_of(delta.object())
            {
                queue.add(Key::Claim(claim));
            }
        });
        let queue = self.queue.clone();
        self.claims.on_change(move |delta| {
            queue.add(Key::Claim(delta.key.clone()));
            // A volume whose claim is gone is released.
            let volume = claim_volume(delta.object());
            if delta.after.is_none() && !volume.is_empty() {
                queue.add(Key::Volume(ObjectKey::cluster(volume)));
            }
        });
    }

    fn resync(&self) {
        for volume in self.volumes.list() {
            self.queue.add(Key::Volume(ObjectKey::of(volume.as_ref())));
        }
        for claim in self.claims.list() {
            self.queue.add(Key::Claim(ObjectKey::of(claim.as_ref())));
        }
    }

    async fn sync(&self, key: Key) -> Result<Next, LoopError> {
        match key {
            Key::Claim(key) => {
                if let Some(claim) = self.claims.get(&key) {
                    self.sync_claim(&claim).await?;
                }
            }
            Key::Volume(key) => {
                if let Some(volume) = self.volumes.get(&key) {
                    self.sync_volume(&volume).await?;
                }
            }
        }
        Ok(Next::Forget)
    }
}
