//! csi-snapshotter: the driver's side of snapshots, VolumeSnapshotContents only.
//!
//! Modelled, as external-snapshotter v8 has it: CreateSnapshot by the name `snapshot-<uid>` for a content with a volume, after the
//! annotation `volumesnapshot-being-created`, which goes when the driver has said for certain how it ended; ListSnapshots for one
//! whose snapshot was there before; what the driver tells, in the status; DeleteSnapshot for a content that is to go with its snapshot,
//! and the content's finalizer; errors in the status, and events, in its words; Secrets. Ten workers, back-off from 1 s to 5 min,
//! everything again each 15 min. A driver without CREATE_DELETE_SNAPSHOT is left alone.
//!
//! Not modelled: group snapshots, distributed snapshotting, leader election.

mod create;
mod delete;
mod list;
mod parameters;
mod status;

use std::sync::Arc;
use std::time::Duration;

use kube::ResourceExt;
use seatrial_wires::Process;

use super::SnapshotterConfig;
use super::driver::Driver;
use crate::client::{BackoffLimits, EventWriter, Informer, Next, ObjectKey, WorkQueue, client_of};
use crate::loops::snapshots::names;
use crate::loops::support::LoopError;
use crate::loops::support::objects::{has_annotation, is_deleting};
use crate::snapshot_api::{DeletionPolicy, VolumeSnapshotClass, VolumeSnapshotContent};

const WORKERS: usize = 10;
const RESYNC: Duration = Duration::from_secs(15 * 60);

struct Parts {
    process: Process,
    client: kube::Client,
    config: SnapshotterConfig,
    driver: Driver,
    contents: Informer<VolumeSnapshotContent>,
    classes: Informer<VolumeSnapshotClass>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
}

#[derive(Clone)]
struct Snapshotter(Arc<Parts>);

impl std::ops::Deref for Snapshotter {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the sidecar on this process.
pub(in crate::loops) fn run(process: &Process, config: SnapshotterConfig) {
    let owner = process.clone();
    process.spawn("csi snapshotter", async move {
        let driver = Driver::meet(&owner, &config.socket, config.timeout).await;
        if driver.abilities.snapshots {
            Snapshotter::new(&owner, config, driver).run().await;
        } else {
            owner.log("csi snapshotter: the driver takes no snapshots; there is nothing to do");
        }
    });
}

impl Snapshotter {
    fn new(process: &Process, config: SnapshotterConfig, driver: Driver) -> Self {
        let client = client_of(process);
        let component = format!("csi-snapshotter {}", driver.abilities.name);
        Self(Arc::new(Parts {
            process: process.clone(),
            contents: Informer::all(process, &client),
            classes: Informer::all(process, &client),
            events: EventWriter::start(process, &client, &component, None),
            queue: WorkQueue::new(BackoffLimits::SIDECAR),
            config,
            driver,
            client,
        }))
    }

    async fn run(self) {
        self.contents.synced().await;
        self.classes.synced().await;
        let queue = self.queue.clone();
        self.contents.on_change(move |delta| {
            if status::is_to_be_looked_at(delta.before.as_deref(), delta.after.as_deref()) {
                queue.add(delta.key.clone());
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "csi snapshotter", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
        loop {
            tokio::time::sleep(RESYNC).await;
            self.contents.list().iter().for_each(|content| self.queue.add(ObjectKey::of(content.as_ref())));
        }
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(content) = self.contents.get(key).filter(|content| self.is_ours(content)) else { return Ok(Next::Forget) };
        if is_to_go(&content) {
            let goes_too = content.spec.deletion_policy == DeletionPolicy::Delete || !self.config.rules.retain_snapshots;
            let taken = content.status.as_ref().is_some_and(|status| status.snapshot_handle.is_some());
            let content = if goes_too && taken { self.delete(&content).await? } else { content.as_ref().clone() };
            return self.let_go(&content).await.map(|()| Next::Forget);
        }
        if content.spec.source.volume_handle.is_some() && content.status.is_none() {
            return self.create(&content).await;
        }
        if content.status.as_ref().is_some_and(|status| status.is_ready()) {
            self.end_creation(&content).await?;
            return Ok(Next::Forget);
        }
        self.check(&content).await
    }

    fn is_ours(&self, content: &VolumeSnapshotContent) -> bool {
        let name = &self.driver.abilities.name;
        let class = content.spec.volume_snapshot_class_name.as_deref().and_then(|class| self.classes.named(class));
        content.spec.driver == *name && class.is_none_or(|class| class.driver == *name)
    }

    /// Asks the driver again about a content that is not ready.
    async fn check(&self, content: &VolumeSnapshotContent) -> Result<Next, LoopError> {
        let outcome = if content.spec.source.snapshot_handle.is_some() { self.look(content).await } else { self.take(content).await };
        match outcome {
            Ok(written) => Ok(again_unless_ready(&written)),
            Err(error) => {
                let message = format!("Failed to check and update snapshot content: {}", error.in_event());
                self.tell_error(content, "SnapshotContentCheckandUpdateFailed", &message).await?;
                Err(error)
            }
        }
    }

    async fn create(&self, content: &VolumeSnapshotContent) -> Result<Next, LoopError> {
        match self.take(content).await {
            Ok(written) => Ok(again_unless_ready(&written)),
            Err(error) => {
                let message = format!("Failed to create snapshot: {}", error.in_event());
                self.tell_error(content, "SnapshotCreationFailed", &message).await?;
                Err(error)
            }
        }
    }

    fn class(&self, name: &str) -> Result<Arc<VolumeSnapshotClass>, LoopError> {
        let missing = || LoopError::NotYet(format!("volumesnapshotclass.snapshot.storage.k8s.io \"{name}\" not found"));
        self.classes.named(name).ok_or_else(missing)
    }
}

/// Whether it is time to take the snapshot away: somebody has asked to delete the content, and its VolumeSnapshot goes, too, or there
/// is none. Not while nobody knows whether the driver is taking it.
fn is_to_go(content: &VolumeSnapshotContent) -> bool {
    if !is_deleting(content) {
        return false;
    }
    let unbound = content.spec.volume_snapshot_ref.uid.as_deref().unwrap_or_default().is_empty();
    if content.spec.source.snapshot_handle.is_some() && unbound {
        return true;
    }
    !has_annotation(content, names::BEING_CREATED) && has_annotation(content, names::BEING_DELETED)
}

fn again_unless_ready(content: &VolumeSnapshotContent) -> Next {
    if content.status.as_ref().is_some_and(|status| status.is_ready()) { Next::Forget } else { Next::Again }
}

fn named(content: &VolumeSnapshotContent) -> ObjectKey {
    ObjectKey::cluster(&content.name_any())
}
