//! The taint eviction controller: pods leave nodes whose `NoExecute` taints they do not tolerate, or not any longer.
//!
//! Modelled: a pod that does not tolerate a taint is deleted at once; one that tolerates all of them for a while is
//! deleted when the shortest of these times has passed since the taint was *seen* (a timer that runs is kept when
//! the taints change to others, and is lost with the process); a pod that tolerates them for ever stays; timers end
//! with the taints. Before the deletion, which is a graceful one, the pod gets its DisruptionTarget condition.
//! Events in the real one's words. Eight workers.
//!
//! Not modelled: separate queues for nodes and pods: one queue of pods here serves both.

mod evict;
mod timers;

use std::sync::{Arc, Mutex, MutexGuard};

use k8s_openapi::api::core::v1::{Node, Pod, Taint};
use kube::ResourceExt;
use seatrial_wires::Process;
use tokio::time::Instant;

use self::timers::{Patience, Timers, patience};
use super::rules::Rules;
use super::shared::Informers;
use super::support::LoopError;
use super::support::names::{NO_EXECUTE, NOT_READY, UNREACHABLE};
use super::support::objects::{is_deleting, is_terminal, node_of, uid};
use crate::client::{BackoffLimits, Delta, EventType, EventWriter, Informer, Next, ObjectKey, WorkQueue};

const WORKERS: usize = 8;
const REASON: &str = "TaintManagerEviction";

struct Parts {
    process: Process,
    client: kube::Client,
    rules: Rules,
    nodes: Informer<Node>,
    pods: Informer<Pod>,
    events: EventWriter,
    queue: WorkQueue<ObjectKey>,
    timers: Mutex<Timers>,
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
pub(super) fn run(process: &Process, shared: &Informers, rules: Rules) {
    let controller = Controller(Arc::new(Parts {
        process: process.clone(),
        client: shared.client.clone(),
        rules,
        nodes: shared.nodes.clone(),
        pods: shared.pods.clone(),
        events: EventWriter::start(process, &shared.client, "taint-eviction-controller", None),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        timers: Mutex::default(),
    }));
    process.spawn("taint eviction", controller.run());
}

impl Controller {
    async fn run(self) {
        self.nodes.synced().await;
        self.pods.synced().await;
        let controller = self.clone();
        self.nodes.on_change(move |delta| controller.node_changed(delta));
        let controller = self.clone();
        self.pods.on_change(move |delta| controller.pod_changed(delta));
        let worker = self.clone();
        self.queue.serve(&self.process, "taint eviction", WORKERS, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().expect("nothing panics while the timers are locked")
    }

    fn node_changed(&self, delta: &Delta<Node>) {
        let (before, after) = (delta.before.as_deref(), delta.after.as_deref());
        if before.map(no_execute_taints).unwrap_or_default() == after.map(no_execute_taints).unwrap_or_default() {
            return;
        }
        let name = Some(delta.key.name.as_str());
        for pod in self.pods.list().iter().filter(|pod| node_of(pod) == name) {
            self.queue.add(ObjectKey::of(pod.as_ref()));
        }
    }

    fn pod_changed(&self, delta: &Delta<Pod>) {
        let of = |pod: &Option<Arc<Pod>>| {
            let spec = pod.as_ref()?.spec.as_ref()?;
            Some((spec.node_name.clone(), spec.tolerations.clone()))
        };
        if delta.after.is_none() || of(&delta.before) != of(&delta.after) {
            self.queue.add(delta.key.clone());
        }
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(pod) = self.pods.get(key) else {
            // With the pod goes its timer, and nobody is told.
            self.timers().cancel(key);
            return Ok(Next::Forget);
        };
        let node = node_of(&pod).and_then(|name| self.nodes.named(name));
        let Some(node) = node.filter(|_| !is_deleting(pod.as_ref()) && !is_terminal(&pod)) else {
            self.timers().cancel(key);
            return Ok(Next::Forget);
        };
        let taints: Vec<Taint> = no_execute_taints(&node).into_iter().filter(|taint| self.counts(taint)).cloned().collect();
        match patience(&pod, &taints) {
            Patience::Endless => {
                self.cancel(key, &pod);
                Ok(Next::Forget)
            }
            Patience::Seconds(time) => {
                let due = self.timers().start(key, uid(pod.as_ref()), time);
                match due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    Some(left) => Ok(Next::After(left)),
                    None => self.evict(key, &pod).await.map(|()| Next::Forget),
                }
            }
        }
    }

    /// With the rule off, a node that is not well scares nobody away.
    fn counts(&self, taint: &Taint) -> bool {
        self.rules.evict_from_unreachable_nodes || (taint.key != NOT_READY && taint.key != UNREACHABLE)
    }

    fn cancel(&self, key: &ObjectKey, pod: &Pod) {
        if self.timers().cancel(key) {
            self.events.write(pod, EventType::Normal, REASON, format!("Cancelling deletion of Pod {key}"));
        }
    }
}

fn no_execute_taints(node: &Node) -> Vec<&Taint> {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    taints.iter().filter(|taint| taint.effect == NO_EXECUTE).collect()
}

/// The pod, for a log.
fn name_of(pod: &Pod) -> String {
    format!("{}/{}", pod.namespace().unwrap_or_default(), pod.name_any())
}
