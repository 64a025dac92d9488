//! How many pods of a job run, and how many have ended and how, those included that its status does not count yet.

use std::collections::BTreeSet;
use std::sync::Arc;

use k8s_openapi::api::batch::v1::{Job, UncountedTerminatedPods};
use k8s_openapi::api::core::v1::Pod;

use super::super::support::objects::{is_deleting, is_terminal, pod_phase, uid};
use super::is_tracked;

/// A job's pods at one moment.
pub(super) struct Round {
    pub(super) pods: Vec<Arc<Pod>>,
    /// Those that have neither ended nor are to go.
    pub(super) active: Vec<Arc<Pod>>,
    /// How many of them there are; what is made and removed meanwhile counts.
    pub(super) active_count: i32,
    pub(super) ready: i32,
    /// Those that are to go and have not ended.
    pub(super) terminating: i32,
    /// All that have ended well, and badly.
    pub(super) succeeded: i32,
    pub(super) failed: i32,
    /// Those of them that the status does not know yet.
    pub(super) new_succeeded: Vec<Arc<Pod>>,
    pub(super) new_failed: Vec<Arc<Pod>>,
    /// Uids of pods that have the finalizer.
    pub(super) tracked: BTreeSet<String>,
}

impl Round {
    /// Looks at the pods; `released` are those whose finalizer is gone already.
    pub(super) fn look(job: &Job, pods: Vec<Arc<Pod>>, released: &BTreeSet<String>) -> Self {
        let status = job.status.clone().unwrap_or_default();
        let uncounted = status.uncounted_terminated_pods.unwrap_or_default();
        let tracked: BTreeSet<String> = pods
            .iter()
            .filter(|pod| is_tracked(pod))
            .map(|pod| uid(pod.as_ref()).to_owned())
            .filter(|uid| !released.contains(uid))
            .collect();
        let fresh = |known: &Option<Vec<String>>, ended: &dyn Fn(&Pod) -> bool| -> Vec<Arc<Pod>> {
            let is_new = |pod: &&Arc<Pod>| {
                let uid = uid(pod.as_ref());
                tracked.contains(uid) && !known.iter().flatten().any(|known| known == uid) && ended(pod)
            };
            pods.iter().filter(is_new).cloned().collect()
        };
        let new_succeeded = fresh(&uncounted.succeeded, &has_succeeded);
        let new_failed = fresh(&uncounted.failed, &|pod| has_failed(pod, job));
        let active: Vec<Arc<Pod>> = pods.iter().filter(|pod| !is_deleting(pod.as_ref()) && !is_terminal(pod)).cloned().collect();
        Self {
            active_count: number(active.len()),
            ready: number(active.iter().filter(|pod| is_ready(pod)).count()),
            terminating: number(pods.iter().filter(|pod| is_deleting(pod.as_ref()) && !is_terminal(pod)).count()),
            succeeded: total(status.succeeded, &new_succeeded, uncounted.succeeded.as_deref()),
            failed: total(status.failed, &new_failed, uncounted.failed.as_deref()),
            pods,
            active,
            new_succeeded,
            new_failed,
            tracked,
        }
    }
}

fn total(counted: Option<i32>, fresh: &[Arc<Pod>], uncounted: Option<&[String]>) -> i32 {
    counted.unwrap_or(0).saturating_add(number(fresh.len())).saturating_add(number(uncounted.map_or(0, <[String]>::len)))
}

/// A count as an API has it.
pub(super) fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Whether the pod has ended well.
pub(super) fn has_succeeded(pod: &Pod) -> bool {
    pod_phase(pod) == "Succeeded"
}

/// Whether the pod counts as failed: one that is to go does, unless the job waits for what becomes of it.
pub(super) fn has_failed(pod: &Pod, job: &Job) -> bool {
    pod_phase(pod) == "Failed" || (!replaces_failed_only(job) && is_deleting(pod) && !has_succeeded(pod))
}

/// Whether a pod that is to go is replaced only once it has ended.
pub(super) fn replaces_failed_only(job: &Job) -> bool {
    job.spec.as_ref().and_then(|spec| spec.pod_replacement_policy.as_deref()) == Some("Failed")
}

/// Whether the pod is ready.
pub(super) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// Whether no pod waits to be counted.
pub(super) fn is_empty(uncounted: Option<&UncountedTerminatedPods>) -> bool {
    uncounted.is_none_or(|pods| pods.succeeded.iter().chain(&pods.failed).all(Vec::is_empty))
}
