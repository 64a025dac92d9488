//! The attach/detach controller.
//!
//! Modelled: which volumes the scheduled pods want on which nodes; VolumeAttachments by the name that kubelet and
//! drivers compute; the guard against attaching a single-node volume twice, with its event; `volumesAttached` before
//! and after; detaching only what the node does not report as in use, the six-minute force path and the
//! out-of-service taint; adoption after a restart; a comparison with the VolumeAttachments each minute; back-off of
//! each operation from 500 ms to 2 min 2 s.
//!
//! The real one looks at everything each 100 ms. Here a pass happens at the next such tick after something changed,
//! and when a timer of its own is due; an idle cluster costs nothing. Waiting for a VolumeAttachment, polled there
//! every 500 ms and more, ends here at the instant at which that poll would have looked.
//!
//! Not modelled: in-tree and migrated plugins, inline volumes, the desired state's own re-listing of pods (every 3
//! min there) which only mends lost events, metrics.

mod adopt;
mod attach;
mod desired;
mod detach;
mod pass;
mod report;
mod state;
mod wait;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::{CSIDriver, VolumeAttachment};
use seatrial_wires::Process;
use tokio::sync::Notify;
use tokio::time::Instant;

use self::state::State;
use super::rules::Rules;
use super::shared::Informers;
use super::timings::Timings;
use crate::client::{Delta, EventWriter, Informer};

struct Parts {
    process: Process,
    client: kube::Client,
    rules: Rules,
    timings: Timings,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    attachments: Informer<VolumeAttachment>,
    drivers: Informer<CSIDriver>,
    events: EventWriter,
    state: Mutex<State>,
    /// Rings when a pass may find something to do.
    kick: Notify,
    /// Rings when a VolumeAttachment changed.
    attachment_changed: Notify,
    /// Node statuses are written one at a time, so that an older list never overwrites a newer one.
    reporting: tokio::sync::Mutex<()>,
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
pub(super) fn run(process: &Process, shared: &Informers, rules: Rules, timings: Timings) {
    let client = shared.client.clone();
    let controller = Controller(Arc::new(Parts {
        process: process.clone(),
        rules,
        timings,
        pods: shared.pods.clone(),
        nodes: shared.nodes.clone(),
        claims: shared.claims.clone(),
        volumes: shared.volumes.clone(),
        attachments: shared.attachments.clone(),
        drivers: Informer::all(process, &client),
        events: EventWriter::start(process, &client, "attachdetach-controller", None),
        state: Mutex::default(),
        kick: Notify::new(),
        attachment_changed: Notify::new(),
        reporting: tokio::sync::Mutex::new(()),
        client,
    }));
    process.spawn("attach/detach", controller.run());
}

impl Controller {
    async fn run(self) {
        self.nodes.synced().await;
        self.claims.synced().await;
        self.volumes.synced().await;
        self.attachments.synced().await;
        self.drivers.synced().await;
        self.pods.synced().await;
        let begin = Instant::now();
        self.adopt();
        self.listen();
        let mut wake = Some(begin);
        loop {
            let kicked = self.kick.notified();
            match wake {
                Some(at) => drop(tokio::time::timeout_at(at, kicked).await),
                None => kicked.await,
            }
            tokio::time::sleep_until(next_tick(begin, self.timings.attach_detach_tick)).await;
            wake = self.pass();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the controller's state is locked")
    }

    fn listen(&self) {
        let controller = self.clone();
        self.pods.on_change(move |_| controller.kick.notify_one());
        let controller = self.clone();
        self.nodes.on_change(move |delta| {
            // A node that comes back lists nothing of what it had.
            if delta.before.is_none() {
                controller.state().unreported.insert(delta.key.name.clone());
            }
            if matters(delta) {
                controller.kick.notify_one();
            }
        });
        let controller = self.clone();
        self.claims.on_change(move |_| controller.kick.notify_one());
        let controller = self.clone();
        self.volumes.on_change(move |_| controller.kick.notify_one());
        let controller = self.clone();
        self.attachments.on_change(move |_| controller.attachment_changed.notify_waiters());
    }
}

/// A heartbeat is no reason for a pass.
fn matters(delta: &Delta<Node>) -> bool {
    let (Some(before), Some(after)) = (&delta.before, &delta.after) else {
        return true;
    };
    let read = |node: &Node| {
        let taints = node.spec.as_ref().and_then(|spec| spec.taints.clone());
        let status = node.status.as_ref();
        let in_use = status.and_then(|status| status.volumes_in_use.clone());
        let attached = status.and_then(|status| status.volumes_attached.clone());
        (taints, in_use, attached, super::support::objects::is_ready(node), node.metadata.annotations.clone())
    };
    read(before) != read(after)
}

/// The next tick after now.
fn next_tick(begin: Instant, tick: Duration) -> Instant {
    let ticks = u32::try_from(begin.elapsed().as_micros() / tick.as_micros().max(1)).unwrap_or(u32::MAX - 1);
    begin + tick * (ticks + 1)
}
