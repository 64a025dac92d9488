//! One pod's life on the node: volumes, containers, status, what its program does; then its end.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use seatrial_kubernetes::client::{EventType, ObjectKey};
use seatrial_seed::Generator;

use super::ending::{self, Why};
use super::program::Program;
use super::status::{self, View};
use super::{containers, is_deleting, is_terminal};
use crate::kubelet::core::Core;
use crate::kubelet::volumes::{PodVolume, volumes_of};
use crate::machine::Sandbox;

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
    let program = program_of(core, pod, pod_uid);
    // What has ended by itself is not started again, though kubelet may have died before it told.
    let there = |sandbox: &Sandbox| sandbox.stopped_at.is_none() || program.is_some();
    let found = || core.machine().containers().sandbox(pod_uid).filter(there);
    if found().is_none() {
        status::report(core, key, pod_uid, &View::Waiting).await;
    }
    let volumes = mounted_volumes(core, pod, pod_uid, draws).await;
    let sandbox = match found() {
        Some(sandbox) => sandbox,
        None => containers::start(core, pod, pod_uid, &volumes, draws).await,
    };
    match program {
        Some(program) => play(core, pod, (key, pod_uid), sandbox, program, draws).await,
        None => keep_told(core, key, pod_uid, &View::Running(&sandbox)).await,
    }
}

/// What the pod says of its program; what cannot be read is told, and counts as not said.
fn program_of(core: &Core, pod: &Pod, pod_uid: &str) -> Option<Program> {
    Program::of(pod).unwrap_or_else(|error| {
        core.pod_event(pod_uid, EventType::Warning, "NotModelled", &format!("{error}: its containers run until they are stopped"));
        None
    })
}

/// The status is kept as it is meant to be: the node life cycle controller may have said that the pod is not ready.
async fn keep_told(core: &Core, key: &ObjectKey, pod_uid: &str, view: &View<'_>) -> std::convert::Infallible {
    loop {
        let seen = core.pods_changed.count();
        status::report(core, key, pod_uid, view).await;
        core.pods_changed.after(seen).await;
    }
}

/// Lets the containers end when their program does, and starts them again as the pod's policy has it.
async fn play(
    core: &Core,
    pod: &Pod,
    (key, pod_uid): (&ObjectKey, &str),
    mut sandbox: Sandbox,
    program: Program,
    draws: &mut Generator,
) -> std::convert::Infallible {
    let now = || core.process.clock().calendar();
    loop {
        if sandbox.stopped_at.is_none() {
            let remaining = program.remaining(sandbox.started_at, now());
            told_for(remaining, keep_told(core, key, pod_uid, &View::Running(&sandbox))).await;
            core.machine().containers().stop(pod_uid, now());
            sandbox.stopped_at = Some(now());
        }
        let Some(pause) = program.starts_again(pod, sandbox.restarts) else {
            return keep_told(core, key, pod_uid, &View::Exited(&sandbox, program.exit_code)).await;
        };
        if !pause.is_zero() {
            told_for(pause, keep_told(core, key, pod_uid, &View::Crashed(&sandbox, pause))).await;
        }
        match containers::start_again(core, pod_uid, draws) {
            Some(started) => sandbox = started,
            // A machine that has lost the pod to a reboot has lost this kubelet, too.
            None => return std::future::pending().await,
        }
    }
}

/// Keeps something told for a while.
async fn told_for(time: Duration, told: impl Future<Output = std::convert::Infallible>) {
    if let Ok(never) = tokio::time::timeout(time, told).await {
        match never {}
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
