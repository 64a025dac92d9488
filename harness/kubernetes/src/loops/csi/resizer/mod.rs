//! external-resizer: ControllerExpandVolume (`growth`), and the part that changes a volume's attributes: ControllerModifyVolume.
//!
//! Modelled: a bound claim whose `spec.volumeAttributesClassName` is not its `status.currentVolumeAttributesClassName`;
//! `status.modifyVolumeStatus` (Pending while the class is missing or another driver's, InProgress before the first
//! call, Infeasible after a refusal of the parameters) with the conditions ModifyingVolume and ModifyVolumeError; the
//! volume's class and then the claim's written after success; events. An attempt of which nobody knows how it ended
//! is brought to its end before a newer wish counts, also after a restart. Ten workers, back-off from 1 s to 5 min, an
//! infeasible change every 5 min, everything again each 10 min.
//!
//! Not modelled: quotas, secrets of ControllerModifyVolume, leader election. A driver without MODIFY_VOLUME or EXPAND_VOLUME is left
//! alone.

mod growth;
mod modify;
mod status;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::VolumeAttributesClass;
use seatrial_wires::Process;

use self::growth::Growth;
use super::ResizerConfig;
use super::driver::Driver;
use crate::client::{BackoffLimits, EventWriter, Informer, ObjectKey, WorkQueue, client_of};
use crate::loops::support::objects::claim_of;

const WORKERS: usize = 10;
const RESYNC: Duration = Duration::from_secs(600);

struct Parts {
    process: Process,
    client: kube::Client,
    driver: Driver,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    /// Nothing where the driver changes no attributes.
    classes: Option<Informer<VolumeAttributesClass>>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
}

#[derive(Clone)]
struct Resizer(Arc<Parts>);

impl std::ops::Deref for Resizer {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the sidecar on this process.
pub(in crate::loops) fn run(process: &Process, config: ResizerConfig) {
    let owner = process.clone();
    process.spawn("csi resizer", async move {
        let driver = Driver::meet(&owner, &config.socket, config.timeout).await;
        let (modifies, expands) = (driver.abilities.modify, driver.abilities.expand);
        if !modifies && !expands {
            owner.log("csi resizer: the driver can neither modify nor expand volumes; there is nothing to do");
            return;
        }
        let resizer = Resizer::new(&owner, driver);
        if expands {
            owner.spawn("csi resizer: growth", Growth::new(&resizer, config.handle_in_use_errors).run());
        }
        if modifies {
            resizer.run().await;
        }
    });
}

impl Resizer {
    fn new(process: &Process, driver: Driver) -> Self {
        let client = client_of(process);
        let component = format!("external-resizer {}", driver.abilities.name);
        Self(Arc::new(Parts {
            process: process.clone(),
            claims: Informer::all(process, &client),
            volumes: Informer::all(process, &client),
            classes: driver.abilities.modify.then(|| Informer::all(process, &client)),
            events: EventWriter::start(process, &client, &component, None),
            queue: WorkQueue::new(BackoffLimits::SIDECAR),
            driver,
            client,
        }))
    }

    async fn run(self) {
        self.volumes.synced().await;
        if let Some(classes) = &self.classes {
            classes.synced().await;
        }
        self.claims.synced().await;
        self.listen();
        let worker = self.clone();
        self.queue.serve(&self.process, "csi resizer", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
        loop {
            tokio::time::sleep(RESYNC).await;
            self.add_all();
        }
    }

    fn listen(&self) {
        let queue = self.queue.clone();
        self.claims.on_change(move |delta| {
            // What this sidecar itself writes into the status is no reason to begin anew.
            let wish = |claim: &PersistentVolumeClaim| {
                let spec = claim.spec.clone().unwrap_or_default();
                let phase = claim.status.as_ref().and_then(|status| status.phase.clone());
                (spec.volume_attributes_class_name, spec.volume_name, phase, claim.metadata.uid.clone())
            };
            if delta.after.as_deref().map(wish) != delta.before.as_deref().map(wish) {
                queue.forget(&delta.key);
                queue.add(delta.key.clone());
            }
        });
        let queue = self.queue.clone();
        self.volumes.on_change(move |delta| {
            if delta.before.is_none()
                && let Some((claim, _)) = claim_of(delta.object())
            {
                queue.add(claim);
            }
        });
        let resizer = self.clone();
        // Somebody may be waiting for the class.
        if let Some(classes) = &self.classes {
            classes.on_change(move |_| resizer.add_all());
        }
    }

    fn add_all(&self) {
        for claim in self.claims.list() {
            self.queue.add(ObjectKey::of(claim.as_ref()));
        }
    }
}
