//! The scheduler: finds a node for each pod that has none, sees to its volumes, binds it.
//!
//! Modelled: cordoned nodes, untolerated taints, node selector and required node affinity; claims that are missing,
//! deleted, lost or unbound; volumes' node affinity and zones; ReadWriteOncePod; volume limits of CSINodes; the
//! selected node of WaitForFirstConsumer claims, static volumes before provisioning, and the wait for all claims
//! (looked at each second for up to 600 s) before the pod is bound; PodScheduled conditions and events in the real
//! one's words; back-off from 1 s to 10 s, a flush after 5 min, waking by the events that may help.
//!
//! Not modelled: resources and the number of pods of a node (a node never fills up), pod affinity and spreading,
//! priorities and preemption, CSIStorageCapacity, extenders, profiles, the one-second windows in which the real one
//! empties its back-off queue; a pod that could not be placed is not helped by an update of itself. The score is
//! the smallest number of pods; ties are broken by the seed, as the real one breaks them at random. Events are
//! written as core/v1, not as events.k8s.io/v1.

mod binding;
mod cycle;
mod filters;
mod limits;
mod report;
mod state;
mod volumes;

use std::sync::{Arc, Mutex, MutexGuard};

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::{CSINode, StorageClass, VolumeAttachment};
use seatrial_seed::Generator;
use seatrial_wires::Process;
use tokio::sync::Notify;

use self::state::{State, Wake};
use super::rules::Rules;
use super::support::LoopError;
use super::support::objects::{is_terminal, node_of};
use super::timings::Timings;
use crate::client::{BackoffLimits, Delta, EventWriter, Informer, Next, ObjectKey, WorkQueue, client_of};

/// The scheduler's name; pods that ask for another are not its business.
const NAME: &str = "default-scheduler";

struct Parts {
    process: Process,
    client: kube::Client,
    rules: Rules,
    timings: Timings,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    classes: Informer<StorageClass>,
    csi_nodes: Informer<CSINode>,
    attachments: Informer<VolumeAttachment>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
    state: Mutex<State>,
    choice: Mutex<Generator>,
    /// Rings when something changed that a pod may wait for before it is bound.
    volume_changed: Notify,
}

#[derive(Clone)]
struct Scheduler(Arc<Parts>);

impl std::ops::Deref for Scheduler {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Starts the scheduler on this process.
pub(super) fn run(process: &Process, rules: Rules, timings: Timings) {
    let client = client_of(process);
    let scheduler = Scheduler(Arc::new(Parts {
        process: process.clone(),
        rules,
        timings,
        pods: Informer::all(process, &client),
        nodes: Informer::all(process, &client),
        claims: Informer::all(process, &client),
        volumes: Informer::all(process, &client),
        classes: Informer::all(process, &client),
        csi_nodes: Informer::all(process, &client),
        attachments: Informer::all(process, &client),
        events: EventWriter::start(process, &client, NAME, None),
        queue: WorkQueue::new(BackoffLimits::SCHEDULER),
        state: Mutex::default(),
        choice: Mutex::new(process.generator("scheduler ties")),
        volume_changed: Notify::new(),
        client,
    }));
    process.spawn("scheduler", scheduler.run());
}

impl Scheduler {
    async fn run(self) {
        self.nodes.synced().await;
        self.classes.synced().await;
        self.csi_nodes.synced().await;
        self.attachments.synced().await;
        self.volumes.synced().await;
        self.claims.synced().await;
        self.pods.synced().await;
        self.listen();
        let worker = self.clone();
        self.queue.serve(&self.process, "scheduler", 1, move |key| {
            let worker = worker.clone();
            async move {
                worker.schedule(&key).await;
                Ok::<_, LoopError>(Next::Forget)
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the scheduler's state is locked")
    }

    fn listen(&self) {
        let scheduler = self.clone();
        self.pods.on_change(move |delta| scheduler.pod_changed(delta));
        let scheduler = self.clone();
        self.nodes.on_change(move |delta| {
            // A heartbeat makes room for nobody.
            if places_differ(delta) {
                scheduler.wake(Wake::Node);
            }
        });
        let scheduler = self.clone();
        self.claims.on_change(move |_| scheduler.wake(Wake::Storage));
        let scheduler = self.clone();
        self.volumes.on_change(move |_| scheduler.wake(Wake::Storage));
        let scheduler = self.clone();
        self.classes.on_change(move |_| scheduler.wake(Wake::Storage));
        let scheduler = self.clone();
        self.csi_nodes.on_change(move |_| scheduler.wake(Wake::Limits));
        let scheduler = self.clone();
        self.attachments.on_change(move |delta| {
            if delta.after.is_none() {
                scheduler.wake(Wake::Limits);
            }
        });
    }

    fn pod_changed(&self, delta: &Delta<Pod>) {
        let gone = delta.after.is_none();
        let placed = node_of(delta.object()).is_some();
        if gone {
            self.state().forget(&delta.key);
            self.queue.remove(&delta.key);
            self.volume_changed.notify_waiters();
        }
        if placed && !gone {
            self.state().settled(&delta.key);
        }
        if placed && (gone || is_terminal(delta.object())) {
            self.wake(Wake::PodGone);
        }
        // An update of a pod that could not be placed does not help it; a new pod does.
        if !placed && !gone && !self.state().is_parked(&delta.key) {
            self.queue.add(delta.key.clone());
        }
    }

    /// Brings back the pods that an event of this kind may help.
    fn wake(&self, wake: Wake) {
        let due = self.state().woken(wake);
        for (key, delay) in due {
            self.queue.add_after(key, delay);
        }
        if matches!(wake, Wake::Node | Wake::Storage) {
            self.volume_changed.notify_waiters();
        }
    }
}

/// Whether a node's change can matter to a pod that looks for a place.
fn places_differ(delta: &Delta<Node>) -> bool {
    let (Some(before), Some(after)) = (&delta.before, &delta.after) else {
        return true;
    };
    let spec = |node: &Node| node.spec.as_ref().map(|spec| (spec.unschedulable, spec.taints.clone()));
    spec(before) != spec(after) || before.metadata.labels != after.metadata.labels
}
