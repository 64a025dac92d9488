//! Whether a node takes a pod, volumes apart.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Node, Pod, Taint};
use kube::ResourceExt;

use super::super::support::selectors::{fits_node, tolerates};
use super::state::Wake;

/// Why one node, or all, do not take a pod.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    pub(super) reason: String,
    /// Whether the absence of other pods could change it.
    pub(super) resolvable: bool,
    wakes: Vec<Wake>,
}

impl Rejection {
    /// Only a change of what `wakes` names can help.
    pub(super) fn new(reason: impl Into<String>, wakes: &[Wake]) -> Self {
        Self { reason: reason.into(), resolvable: false, wakes: wakes.to_vec() }
    }

    /// Other pods' leaving can help, too.
    pub(super) fn resolvable(mut self) -> Self {
        self.resolvable = true;
        self
    }

    pub(super) fn wakes(&self) -> BTreeSet<Wake> {
        self.wakes.iter().copied().collect()
    }
}

/// Cordon, taints, node selector and required node affinity, in the real one's order.
pub(super) fn node(pod: &Pod, node: &Node) -> Result<(), Rejection> {
    let cordon = Taint { key: "node.kubernetes.io/unschedulable".into(), effect: "NoSchedule".into(), ..Default::default() };
    let spec = node.spec.as_ref();
    if spec.and_then(|spec| spec.unschedulable) == Some(true) && !is_tolerated(pod, &cordon) {
        return Err(Rejection::new("node(s) were unschedulable", &[Wake::Node]));
    }
    let mut taints = spec.into_iter().flat_map(|spec| spec.taints.iter().flatten());
    if taints.any(|taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute") && !is_tolerated(pod, taint)) {
        return Err(Rejection::new("node(s) had untolerated taint(s)", &[Wake::Node]));
    }
    if !fits_affinity(pod, node) {
        return Err(Rejection::new("node(s) didn't match Pod's node affinity/selector", &[Wake::Node]));
    }
    Ok(())
}

fn is_tolerated(pod: &Pod, taint: &Taint) -> bool {
    let tolerations = pod.spec.iter().flat_map(|spec| spec.tolerations.iter().flatten());
    tolerations.into_iter().any(|toleration| tolerates(toleration, taint))
}

fn fits_affinity(pod: &Pod, node: &Node) -> bool {
    let Some(spec) = &pod.spec else { return true };
    let selected = spec.node_selector.iter().flatten().all(|(key, value)| node.labels().get(key) == Some(value));
    let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = affinity.and_then(|affinity| affinity.required_during_scheduling_ignored_during_execution.as_ref());
    selected && required.is_none_or(|selector| fits_node(selector, node))
}
