//! external-attacher: VolumeAttachments become ControllerPublishVolume and ControllerUnpublishVolume.
//!
//! Modelled: finalizers on the volume (JSON patch) and on the VolumeAttachment (merge patch) before the first RPC;
//! the node id from the CSINode, at the end from the annotation; attached and metadata, or the error, in the
//! status; NotFound of the API server counts as done, NotFound of the driver is an error like any other; the
//! volume's finalizer taken off when it is being deleted and nothing names it; drivers that do not publish; the comparison with
//! ListVolumes each minute (`reconcile.rs`). Ten workers, back-off from 1 s to 5 min, everything again each 10 min (`--resync`).
//!
//! Not modelled: inline volumes, migration.

mod attach;
mod detach;
mod reconcile;
mod status;
mod volumes;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::PersistentVolume;
use k8s_openapi::api::storage::v1::{CSINode, VolumeAttachment};
use seatrial_wires::Process;

use super::AttacherConfig;
use super::driver::Driver;
use crate::client::{BackoffLimits, Delta, Informer, Next, ObjectKey, WorkQueue, client_of};
use crate::loops::support::LoopError;
use crate::loops::support::objects::is_deleting;
use reconcile::Forced;

const WORKERS: usize = 10;
const RESYNC: Duration = Duration::from_secs(600);
/// Keeps the node id for a detach after the CSINode is gone.
const NODE_ID: &str = "csi.alpha.kubernetes.io/node-id";

struct Parts {
    process: Process,
    client: kube::Client,
    driver: Driver,
    config: AttacherConfig,
    /// VolumeAttachments that are to be worked on though they look done.
    forced: Forced,
    /// On volumes and VolumeAttachments alike.
    finalizer: String,
    attachments: Informer<VolumeAttachment>,
    volumes: Informer<PersistentVolume>,
    csi_nodes: Informer<CSINode>,
    queue: WorkQueue<ObjectKey>,
    volume_queue: WorkQueue<ObjectKey>,
}

#[derive(Clone)]
struct Attacher(Arc<Parts>);

impl std::ops::Deref for Attacher {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the sidecar on this process.
pub(in crate::loops) fn run(process: &Process, config: AttacherConfig) {
    let owner = process.clone();
    process.spawn("csi attacher", async move {
        let driver = Driver::meet(&owner, &config.socket, config.timeout).await;
        Attacher::new(&owner, driver, config).run().await;
    });
}

impl Attacher {
    fn new(process: &Process, driver: Driver, config: AttacherConfig) -> Self {
        let client = client_of(process);
        let plain = |character: char| if character.is_ascii_alphanumeric() || character == '-' { character } else { '-' };
        Self(Arc::new(Parts {
            process: process.clone(),
            finalizer: format!("external-attacher/{}", driver.abilities.name.chars().map(plain).collect::<String>()),
            attachments: Informer::all(process, &client),
            volumes: Informer::all(process, &client),
            csi_nodes: Informer::all(process, &client),
            queue: WorkQueue::new(BackoffLimits::SIDECAR),
            volume_queue: WorkQueue::new(BackoffLimits::SIDECAR),
            driver,
            config,
            forced: Forced::default(),
            client,
        }))
    }

    async fn run(self) {
        self.volumes.synced().await;
        self.csi_nodes.synced().await;
        self.attachments.synced().await;
        self.listen();
        let worker = self.clone();
        self.queue.serve(&self.process, "csi attacher", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
        let worker = self.clone();
        self.volume_queue.serve(&self.process, "csi attacher", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync_volume(&key).await }
        });
        if self.driver.abilities.lists_published_nodes {
            self.process.spawn("csi attacher", self.clone().reconcile());
        }
        loop {
            tokio::time::sleep(RESYNC).await;
            for attachment in self.attachments.list() {
                self.queue.add(ObjectKey::of(attachment.as_ref()));
            }
            for volume in self.volumes.list() {
                self.volume_queue.add(ObjectKey::of(volume.as_ref()));
            }
        }
    }

    fn listen(&self) {
        let queue = self.queue.clone();
        let volume_queue = self.volume_queue.clone();
        self.attachments.on_change(move |delta| {
            if matters(delta) {
                queue.add(delta.key.clone());
            }
            if delta.after.is_none()
                && let Some(volume) = &delta.object().spec.source.persistent_volume_name
            {
                volume_queue.add(ObjectKey::cluster(volume));
            }
        });
        let volume_queue = self.volume_queue.clone();
        self.volumes.on_change(move |delta| volume_queue.add(delta.key.clone()));
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(attachment) = self.attachments.get(key).filter(|one| one.spec.attacher == self.driver.abilities.name) else {
            return Ok(Next::Forget);
        };
        match (self.driver.abilities.publish, is_deleting(attachment.as_ref())) {
            (true, false) => self.sync_attach(&attachment).await?,
            (true, true) => self.sync_detach(&attachment).await?,
            // A driver that publishes nothing has everything attached.
            (false, false) if !is_attached(&attachment) => self.set_attached(&attachment, std::collections::BTreeMap::new()).await?,
            (false, _) => {}
        }
        Ok(Next::Forget)
    }
}

fn is_attached(attachment: &VolumeAttachment) -> bool {
    attachment.status.as_ref().is_some_and(|status| status.attached)
}

/// A change of nothing but the errors is the sidecar's own, and no reason to try again.
fn matters(delta: &Delta<VolumeAttachment>) -> bool {
    let (Some(before), Some(after)) = (&delta.before, &delta.after) else {
        return delta.after.is_some();
    };
    let plain = |attachment: &VolumeAttachment| {
        let mut plain = attachment.clone();
        plain.metadata.resource_version = None;
        plain.metadata.managed_fields = None;
        if let Some(status) = &mut plain.status {
            status.attach_error = None;
            status.detach_error = None;
        }
        plain.status = plain.status.filter(|status| status.attached || status.attachment_metadata.is_some());
        plain
    };
    plain(before) != plain(after)
}
