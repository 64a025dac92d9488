//! One scheduling cycle: from a pod to a node, without a write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;

use super::super::support::objects::{is_deleting, is_terminal, node_of};
use super::filters::Rejection;
use super::state::Wake;
use super::volumes::{Plan, Wanted};
use super::{NAME, Scheduler};
use crate::client::ObjectKey;

/// Why no node fits.
pub(super) struct Unschedulable {
    pub(super) message: String,
    pub(super) wakes: BTreeSet<Wake>,
}

impl Scheduler {
    pub(super) async fn schedule(&self, key: &ObjectKey) {
        let Some(pod) = self.pods.get(key).filter(|pod| self.is_ours(pod)) else {
            return;
        };
        let seen = {
            let mut state = self.state();
            state.begin(key);
            state.events_seen()
        };
        match self.place(&pod) {
            Err(reason) => self.could_not_place(&pod, &reason, &seen).await,
            Ok((node, plan)) => {
                let volumes = plan.reservations();
                self.state().assume(key, &node, volumes);
                let scheduler = self.clone();
                // Binding takes long; the next pod need not wait for it.
                self.process.spawn("scheduler binding", async move { scheduler.bind(&pod, &node, plan).await });
            }
        }
    }

    fn is_ours(&self, pod: &Pod) -> bool {
        let spec = pod.spec.as_ref();
        let scheduler = spec.and_then(|spec| spec.scheduler_name.as_deref()).unwrap_or(NAME);
        let gated = spec.and_then(|spec| spec.scheduling_gates.as_ref()).is_some_and(|gates| !gates.is_empty());
        node_of(pod).is_none()
            && !is_deleting(pod)
            && !is_terminal(pod)
            && !gated
            && scheduler == NAME
            && self.state().assumed_node(&ObjectKey::of(pod)).is_none()
    }

    fn place(&self, pod: &Pod) -> Result<(String, Plan), Unschedulable> {
        let nodes = self.nodes.list();
        if nodes.is_empty() {
            return Err(Unschedulable { message: "no nodes available to schedule pods".into(), wakes: BTreeSet::from([Wake::Node]) });
        }
        let wanted = self.wanted_volumes(pod).map_err(|rejection| pod_wide(nodes.len(), &rejection))?;
        let mut fitting = Vec::new();
        let mut rejections = Vec::new();
        for node in &nodes {
            match self.fits(pod, node, &wanted) {
                Ok(plan) => fitting.push((Arc::clone(node), plan)),
                Err(rejection) => rejections.push(rejection),
            }
        }
        self.best(fitting).ok_or_else(|| everywhere(nodes.len(), &rejections))
    }

    fn fits(&self, pod: &Pod, node: &Node, wanted: &Wanted) -> Result<Plan, Rejection> {
        super::filters::node(pod, node)?;
        self.within_limits(pod, node)?;
        self.plan_volumes(node, wanted)
    }

    /// The node with the fewest pods; the seed chooses among equals.
    fn best(&self, fitting: Vec<(Arc<Node>, Plan)>) -> Option<(String, Plan)> {
        let mut load: BTreeMap<String, usize> = BTreeMap::new();
        for pod in self.pods.list() {
            if let Some(node) = self.place_of(&pod) {
                *load.entry(node).or_default() += 1;
            }
        }
        let score = |node: &Node| load.get(&node.name_any()).copied().unwrap_or(0);
        let least = fitting.iter().map(|(node, _)| score(node)).min()?;
        let mut best: Vec<_> = fitting.into_iter().filter(|(node, _)| score(node) == least).collect();
        let count = u64::try_from(best.len()).unwrap_or(1);
        let draw = if count > 1 { self.choice.lock().expect("no draw panics").below(count) } else { 0 };
        let (node, plan) = best.swap_remove(usize::try_from(draw).unwrap_or(0));
        Some((node.name_any(), plan))
    }

    /// The node that a running pod is on, or is on its way to.
    pub(super) fn place_of(&self, pod: &Pod) -> Option<String> {
        if is_terminal(pod) {
            return None;
        }
        node_of(pod).map(str::to_owned).or_else(|| self.state().assumed_node(&ObjectKey::of(pod)).map(str::to_owned))
    }
}

fn pod_wide(nodes: usize, rejection: &Rejection) -> Unschedulable {
    let message = format!(
        "0/{nodes} nodes are available: {}. preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling.",
        rejection.reason
    );
    Unschedulable { message, wakes: rejection.wakes() }
}

fn everywhere(nodes: usize, rejections: &[Rejection]) -> Unschedulable {
    let reasons = counted(rejections.iter().map(|rejection| rejection.reason.as_str()));
    let preemption = counted(rejections.iter().map(|rejection| {
        if rejection.resolvable { "No preemption victims found for incoming pod" } else { "Preemption is not helpful for scheduling" }
    }));
    Unschedulable {
        message: format!("0/{nodes} nodes are available: {reasons}. preemption: 0/{nodes} nodes are available: {preemption}."),
        wakes: rejections.iter().flat_map(Rejection::wakes).collect(),
    }
}

fn counted<'a>(reasons: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    let mut texts: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    texts.sort();
    texts.join(", ")
}
