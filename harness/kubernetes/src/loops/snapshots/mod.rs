//! The snapshot controller: joins VolumeSnapshots to their contents, for all drivers.
//!
//! Modelled, as external-snapshotter v8 has it: the class that a snapshot names, or the default one of its volume's driver; a content
//! `snapcontent-<uid>` for a snapshot of a claim, the binding of one that was there before; what the content's status tells, carried
//! into the snapshot's; finalizers of snapshots, contents and claims; deletion by the content's policy, put off while a claim is being
//! made of the snapshot; errors in the status, and events, in its words. Ten workers for each kind, back-off from 1 s to 5 min,
//! everything again each 15 min.
//!
//! Not modelled: group snapshots, distributed snapshotting, metrics, leader election.

mod claims;
mod class;
mod content;
mod deletion;
pub(in crate::loops) mod names;
mod objects;
mod status;
mod sync;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use seatrial_wires::Process;

use super::rules::Rules;
use crate::client::{BackoffLimits, EventWriter, Informer, ObjectKey, WorkQueue, client_of};
use crate::snapshot_api::{VolumeSnapshot, VolumeSnapshotClass, VolumeSnapshotContent};

const WORKERS: usize = 10;
const RESYNC: Duration = Duration::from_secs(15 * 60);

struct Parts {
    process: Process,
    rules: Rules,
    client: kube::Client,
    snapshots: Informer<VolumeSnapshot>,
    contents: Informer<VolumeSnapshotContent>,
    classes: Informer<VolumeSnapshotClass>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    events: EventWriter,
    snapshot_queue: WorkQueue<ObjectKey>,
    content_queue: WorkQueue<ObjectKey>,
}

#[derive(Clone)]
struct Controller(Arc<Parts>);

impl std::ops::Deref for Controller {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the controller on this process.
pub(super) fn run(process: &Process, rules: Rules) {
    process.spawn("snapshot controller", Controller::new(process, rules).run());
}

impl Controller {
    fn new(process: &Process, rules: Rules) -> Self {
        let client = client_of(process);
        Self(Arc::new(Parts {
            process: process.clone(),
            rules,
            snapshots: Informer::all(process, &client),
            contents: Informer::all(process, &client),
            classes: Informer::all(process, &client),
            claims: Informer::all(process, &client),
            volumes: Informer::all(process, &client),
            events: EventWriter::start(process, &client, "snapshot-controller", None),
            snapshot_queue: WorkQueue::new(BackoffLimits::SIDECAR),
            content_queue: WorkQueue::new(BackoffLimits::SIDECAR),
            client,
        }))
    }

    async fn run(self) {
        self.snapshots.synced().await;
        self.contents.synced().await;
        self.classes.synced().await;
        self.claims.synced().await;
        self.volumes.synced().await;
        self.listen();
        let worker = self.clone();
        self.snapshot_queue.serve(&self.process, "snapshot controller", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync_snapshot(&key).await }
        });
        let worker = self.clone();
        self.content_queue.serve(&self.process, "snapshot controller", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync_content(&key).await }
        });
        loop {
            tokio::time::sleep(RESYNC).await;
            self.snapshots.list().iter().for_each(|snapshot| self.snapshot_queue.add(ObjectKey::of(snapshot.as_ref())));
            self.contents.list().iter().for_each(|content| self.content_queue.add(ObjectKey::of(content.as_ref())));
        }
    }

    /// What one kind becomes matters to the other one that it is bound to.
    fn listen(&self) {
        let (snapshots, contents) = (self.snapshot_queue.clone(), self.content_queue.clone());
        self.snapshots.on_change(move |delta| {
            snapshots.add(delta.key.clone());
            if let (None, Some(content)) = (&delta.after, objects::bound_content(delta.object())) {
                contents.add(ObjectKey::cluster(content));
            }
        });
        let (snapshots, contents) = (self.snapshot_queue.clone(), self.content_queue.clone());
        self.contents.on_change(move |delta| {
            contents.add(delta.key.clone());
            if delta.after.is_none() {
                snapshots.add(objects::snapshot_of(delta.object()));
            }
        });
    }
}
