//! One pod's life on the node: volumes, containers, status; then its end.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use seatrial_kubernetes::client::ObjectKey;
use seatrial_seed::Generator;

use super::ending::{self, Why};
use super::status::{self, View};
use super::{containers, is_deleting, is_terminal};
use crate::kubelet::core::Core;
use crate::kubelet::volumes::{PodVolume, volumes_of};

/// Runs the pod until its object is gone and nothing of it is left on the machine.
pub(super) async fn run(core: Arc<Core>, pod: Arc<Pod>, pod_uid: String) {
    let key = ObjectKey::of(pod.as_ref());
    let mut draws = core.process.generator(&format!("pod {pod_uid}"));
    let why = tokio::select! {
        biased;
        why = until_it_must_end(&core, &key, &pod_uid) => why,
        never = live(&core, &pod, &key, &pod_uid, &mut draws) => match never {},
    };
    ending::end(&core, &pod, &pod_uid, why, &mut draws).await;
}

/// The pod's object, when it is still the same pod.
pub(super) fn current(core: &Core, key: &ObjectKey, pod_uid: &str) -> Option<Arc<Pod>> {
    core.pods.get(key).filter(|pod| pod.metadata.uid.as_deref() == Some(pod_uid))
}

/// Waits until the pod is gone, is being deleted, or has ended.
async fn until_it_must_end(core: &Core, key: &ObjectKey, pod_uid: &str) -> Why {
    let ends = || match current(core, key, pod_uid) {
        None => Some(Why::Gone),
        Some(pod) if is_deleting(&pod) => Some(Why::Deleted),
        Some(pod) if is_terminal(&pod) => Some(Why::Terminal),
        Some(_) => None,
    };
    core.pods_changed.until(ends).await
}

async fn live(core: &Core, pod: &Pod, key: &ObjectKey, pod_uid: &str, draws: &mut Generator) -> std::convert::Infallible {
    let runs = || core.machine().containers().sandbox(pod_uid).filter(|sandbox| sandbox.stopped_at.is_none());
    if runs().is_none() {
        status::report(core, key, pod_uid, &View::Waiting).await;
    }
    let volumes = mounted_volumes(core, pod, pod_uid, draws).await;
    let sandbox = match runs() {
        Some(sandbox) => sandbox,
        None => containers::start(core, pod, pod_uid, &volumes, draws).await,
    };
    // The status is kept as it is meant to be: the node life cycle controller may have said that the pod is not ready.
    loop {
        let seen = core.pods_changed.count();
        status::report(core, key, pod_uid, &View::Running(&sandbox)).await;
        core.pods_changed.after(seen).await;
    }
}

/// Has the pod's volumes mounted, however long it takes.
async fn mounted_volumes(core: &Core, pod: &Pod, pod_uid: &str, draws: &mut Generator) -> Vec<PodVolume> {
    let timings = &core.config.timings;
    loop {
        match volumes_of(core, pod).await {
            Ok(volumes) => {
                let specs = volumes.iter().map(|volume| volume.spec.clone()).collect();
                core.volumes.change(|state| state.want(pod_uid, specs));
                let mounted = core.volumes.wait_until(|state| state.is_mounted_for(pod_uid));
                if tokio::time::timeout(timings.volumes_wait, mounted).await.is_ok() {
                    return volumes;
                }
                let missing = core.volumes.look(|state| state.missing_for(pod_uid));
                let name = pod.name_any();
                core.process.log(&format!("error syncing pod {name}: unmounted volumes={missing:?}: timed out waiting for the condition"));
            }
            Err(error) => core.process.log(&format!("error syncing pod {}: {error}", pod.name_any())),
        }
        // Ten seconds, give or take half.
        let around = timings.pod_retry;
        tokio::time::sleep(draws.between(around / 2, around + around / 2)).await;
    }
}
