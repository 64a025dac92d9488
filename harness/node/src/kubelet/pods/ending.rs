//! A pod's end: containers stop, the status says so, volumes are unpublished, the object is deleted.
//!
//! Unstaging is not waited for, as upstream: the object may be gone while the volume is still staged and attached.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Preconditions};
use seatrial_kubernetes::client::{ObjectKey, is_conflict, is_missing, reason_of};
use seatrial_seed::Generator;

use super::status::{self, View};
use super::worker::current;
use super::{containers, is_deleting};
use crate::kubelet::core::Core;

/// Grace of a pod whose object is gone, or that says nothing.
const DEFAULT_GRACE: Duration = Duration::from_secs(30);
/// How long the end waits for its status to be written.
const REPORT_LIMIT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why a pod must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its object is gone, by force or with its Node.
    Gone,
    /// Its object is being deleted.
    Deleted,
    /// Its status says that it has ended.
    Terminal,
}

/// Ends the pod.
pub(super) async fn end(core: &Core, pod: &Pod, pod_uid: &str, why: Why, draws: &mut Generator) {
    let key = ObjectKey::of(pod);
    let grace = current(core, &key, pod_uid).as_deref().map_or(DEFAULT_GRACE, grace_of);
    containers::stop(core, pod_uid, grace, draws).await;
    if why == Why::Deleted {
        let sandbox = core.machine().containers().sandbox(pod_uid);
        let view = View::Ended(sandbox.as_ref());
        let report = status::report(core, &key, pod_uid, &view);
        // A node that is cut off unmounts all the same; nobody misses the status of an object that will go anyway.
        drop(tokio::time::timeout(REPORT_LIMIT, report).await);
    }
    core.volumes.change(|state| state.release(pod_uid));
    core.volumes.wait_until(|state| state.is_free_of(pod_uid)).await;
    until_deleted(core, &key, pod_uid).await;
    core.machine().containers().remove(pod_uid);
    core.abandon(pod_uid);
}

/// Ends what runs of a pod that was removed while kubelet was down.
pub(super) async fn end_orphan(core: Arc<Core>, pod_uid: String) {
    let mut draws = core.process.generator(&format!("pod {pod_uid}"));
    containers::stop(&core, &pod_uid, DEFAULT_GRACE, &mut draws).await;
    core.volumes.change(|state| state.release(&pod_uid));
    core.volumes.wait_until(|state| state.is_free_of(&pod_uid)).await;
    core.machine().containers().remove(&pod_uid);
    core.abandon(&pod_uid);
}

fn grace_of(pod: &Pod) -> Duration {
    let asked = pod.metadata.deletion_grace_period_seconds;
    let seconds = asked.or_else(|| pod.spec.as_ref()?.termination_grace_period_seconds);
    seconds.and_then(|seconds| u64::try_from(seconds).ok()).map_or(DEFAULT_GRACE, Duration::from_secs)
}

/// Deletes the object once its deletion was asked for; returns when it is gone.
async fn until_deleted(core: &Core, key: &ObjectKey, pod_uid: &str) {
    let mut pause = FIRST_PAUSE;
    loop {
        let seen = core.pods_changed.count();
        let Some(pod) = current(core, key, pod_uid) else { return };
        if !is_deleting(&pod) {
            core.pods_changed.after(seen).await;
            continue;
        }
        match delete(core, &pod, pod_uid).await {
            Err(error) if !is_missing(&error) && !is_conflict(&error) => {
                core.process.log(&format!("failed to delete status for pod {key}: {}", reason_of(&error)));
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            // The cache shows it a little longer, or for as long as somebody's finalizer holds it.
            _ => core.pods_changed.after(seen).await,
        }
    }
}

async fn delete(core: &Core, pod: &Pod, pod_uid: &str) -> Result<(), kube::Error> {
    let pods: Api<Pod> = Api::namespaced(core.client.clone(), &pod.namespace().unwrap_or_default());
    let preconditions = Preconditions { uid: Some(pod_uid.to_owned()), resource_version: None };
    let parameters = DeleteParams { grace_period_seconds: Some(0), preconditions: Some(preconditions), ..DeleteParams::default() };
    pods.delete(&pod.name_any(), &parameters).await.map(drop)
}
