//! Pods: one worker for each, from the moment it is bound to the node until its object is gone.

mod containers;
mod ending;
mod program;
mod status;
mod worker;

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use kube::{Resource, ResourceExt};

use super::core::Core;

pub use program::{Program, ProgramError};

/// Takes care of all pods of the node, those that come later, and those that were removed while kubelet was down.
pub(super) fn adopt_all(core: &Arc<Core>) {
    // The informer is a part of the core: a strong reference here would keep both for ever.
    let weak = Arc::downgrade(core);
    core.pods.on_change(move |delta| {
        let Some(core) = weak.upgrade() else { return };
        if let Some(pod) = &delta.after {
            adopt(&core, pod);
        }
        core.pods_changed.ring();
    });
    for pod_uid in core.machine().containers().pod_uids() {
        if core.adopt(&pod_uid) {
            core.volumes.change(|state| state.expect_pod(&pod_uid));
            core.process.spawn("pod without object", ending::end_orphan(Arc::clone(core), pod_uid));
        }
    }
    core.volumes.change(super::volumes::State::know_all_pods);
}

/// Starts a worker for the pod unless it has one.
fn adopt(core: &Arc<Core>, pod: &Arc<Pod>) {
    let Some(pod_uid) = pod.uid() else { return };
    if core.adopt(&pod_uid) {
        core.volumes.change(|state| state.expect_pod(&pod_uid));
        let name = format!("pod {}/{}", pod.namespace().unwrap_or_default(), pod.name_any());
        core.process.spawn(&name, worker::run(Arc::clone(core), Arc::clone(pod), pod_uid));
    }
}

/// Whether the pod has ended for good.
fn is_terminal(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

/// Whether somebody asked for the pod's end.
fn is_deleting(pod: &Pod) -> bool {
    pod.meta().deletion_timestamp.is_some()
}
