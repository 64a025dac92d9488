//! A pod's status as kubelet tells it.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{
    ContainerState, ContainerStateRunning, ContainerStateTerminated, ContainerStateWaiting, ContainerStatus, HostIP, Pod, PodCondition,
    PodIP, PodStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use seatrial_kubernetes::client::{ObjectKey, now, reason_of, whole_seconds};
use serde_json::{Value, json};

use super::worker::current;
use crate::kubelet::core::Core;
use crate::machine::Sandbox;

/// What is to be told of a pod.
pub(super) enum View<'a> {
    /// It waits for its volumes.
    Waiting,
    /// Its containers run.
    Running(&'a Sandbox),
    /// Its containers have ended, and are started again when this time is over.
    Crashed(&'a Sandbox, Duration),
    /// Its containers have ended by themselves, with this exit code, and that was it.
    Exited(&'a Sandbox, i32),
    /// It was ended; without a sandbox its containers never ran.
    Ended(Option<&'a Sandbox>),
}

/// Writes the pod's status unless it says so already. A write that fails is tried again when the pod changes next,
/// or ten seconds later.
pub(super) async fn report(core: &Core, key: &ObjectKey, pod_uid: &str, view: &View<'_>) {
    while let Some(pod) = current(core, key, pod_uid) {
        let wanted = status_of(core, &pod, view);
        if says_already(pod.status.as_ref(), &wanted) {
            return;
        }
        let pods: Api<Pod> = Api::namespaced(core.client.clone(), &key.namespace);
        let patch = json!({ "metadata": { "uid": pod_uid }, "status": wanted });
        match pods.patch_status(&pod.name_any(), &PatchParams::default(), &Patch::Strategic(patch)).await {
            Ok(written) => return core.pods.remember(written),
            Err(kube::Error::Api(refused)) if matches!(refused.code, 404 | 409 | 422) => return,
            Err(error) => core.process.log(&format!("failed to update status for pod {key}: {}", reason_of(&error))),
        }
        tokio::time::sleep(core.config.timings.pod_retry).await;
    }
}

fn status_of(core: &Core, pod: &Pod, view: &View<'_>) -> PodStatus {
    let sandbox = match view {
        View::Waiting | View::Ended(None) => None,
        View::Running(sandbox) | View::Crashed(sandbox, _) | View::Exited(sandbox, _) | View::Ended(Some(sandbox)) => Some(*sandbox),
    };
    let phase = match view {
        View::Waiting => "Pending",
        View::Running(_) | View::Crashed(..) => "Running",
        View::Exited(_, 0) | View::Ended(Some(_)) => "Succeeded",
        View::Exited(..) | View::Ended(None) => "Failed",
    };
    let shown = pod.status.as_ref();
    let started = shown.and_then(|status| status.start_time.clone()).unwrap_or_else(|| now(&core.process));
    let address = sandbox.map(|sandbox| sandbox.pod_ip.clone());
    PodStatus {
        phase: Some(phase.to_owned()),
        host_ip: Some(core.config.node_ip.clone()),
        host_ips: Some(vec![HostIP { ip: core.config.node_ip.clone() }]),
        pod_ips: address.clone().map(|ip| vec![PodIP { ip }]),
        pod_ip: address,
        start_time: Some(started),
        conditions: Some(conditions(core, shown, view)),
        container_statuses: Some(container_statuses(core, pod, view, sandbox)),
        ..PodStatus::default()
    }
}

fn conditions(core: &Core, shown: Option<&PodStatus>, view: &View<'_>) -> Vec<PodCondition> {
    let (sandboxed, ready, reason) = match view {
        View::Waiting => (false, false, Some("ContainersNotReady")),
        View::Running(_) => (true, true, None),
        View::Crashed(..) => (true, false, Some("ContainersNotReady")),
        View::Exited(_, 0) | View::Ended(Some(_)) => (false, false, Some("PodCompleted")),
        View::Exited(..) | View::Ended(None) => (false, false, Some("PodFailed")),
    };
    let text = |holds: bool| if holds { "True" } else { "False" };
    let all = [
        ("PodReadyToStartContainers", text(sandboxed), None),
        ("Initialized", "True", None),
        ("Ready", text(ready), reason),
        ("ContainersReady", text(ready), reason),
    ];
    let condition = |(type_, status, reason): (&str, &str, Option<&str>)| {
        let same = shown_condition(shown, type_).filter(|known| known.status == status);
        PodCondition {
            type_: type_.to_owned(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            last_transition_time: same.and_then(|known| known.last_transition_time.clone()).or_else(|| Some(now(&core.process))),
            ..PodCondition::default()
        }
    };
    all.map(condition).into()
}

fn shown_condition<'a>(shown: Option<&'a PodStatus>, type_: &str) -> Option<&'a PodCondition> {
    shown?.conditions.iter().flatten().find(|condition| condition.type_ == type_)
}

fn container_statuses(core: &Core, pod: &Pod, view: &View<'_>, sandbox: Option<&Sandbox>) -> Vec<ContainerStatus> {
    let specs = pod.spec.iter().flat_map(|spec| &spec.containers);
    let running = matches!(view, View::Running(_));
    specs
        .map(|spec| {
            let id = sandbox.and_then(|sandbox| sandbox.containers.get(&spec.name)).map(|container| container.id.clone());
            let image = spec.image.clone().unwrap_or_default();
            ContainerStatus {
                name: spec.name.clone(),
                image_id: if sandbox.is_some() { image.clone() } else { String::new() },
                image,
                ready: running,
                started: Some(running),
                restart_count: sandbox.map_or(0, |sandbox| i32::try_from(sandbox.restarts).unwrap_or(i32::MAX)),
                state: Some(container_state(core, pod, &spec.name, view, id.clone())),
                container_id: id,
                ..ContainerStatus::default()
            }
        })
        .collect()
}

fn container_state(core: &Core, pod: &Pod, name: &str, view: &View<'_>, container_id: Option<String>) -> ContainerState {
    let at = |instant: Timestamp| Some(whole_seconds(instant));
    let terminated = |sandbox: Option<&Sandbox>, exit_code: i32, reason: &str| {
        let finished = sandbox.and_then(|sandbox| sandbox.stopped_at).unwrap_or_else(|| core.process.clock().calendar());
        let terminated = ContainerStateTerminated {
            exit_code,
            reason: Some(reason.to_owned()),
            started_at: sandbox.and_then(|sandbox| at(sandbox.started_at)),
            finished_at: at(finished),
            container_id,
            ..ContainerStateTerminated::default()
        };
        ContainerState { terminated: Some(terminated), ..ContainerState::default() }
    };
    match view {
        View::Waiting => {
            let waiting = ContainerStateWaiting { reason: Some("ContainerCreating".to_owned()), message: None };
            ContainerState { waiting: Some(waiting), ..ContainerState::default() }
        }
        View::Running(sandbox) => {
            let running = ContainerStateRunning { started_at: at(sandbox.started_at) };
            ContainerState { running: Some(running), ..ContainerState::default() }
        }
        View::Crashed(_, pause) => {
            let (space, whose) = (pod.namespace().unwrap_or_default(), pod.name_any());
            let message = format!("back-off {}s restarting failed container={name} pod={whose}_{space}", pause.as_secs());
            let waiting = ContainerStateWaiting { reason: Some("CrashLoopBackOff".to_owned()), message: Some(message) };
            ContainerState { waiting: Some(waiting), ..ContainerState::default() }
        }
        View::Exited(sandbox, 0) | View::Ended(Some(sandbox)) => terminated(Some(sandbox), 0, "Completed"),
        View::Exited(sandbox, code) => terminated(Some(sandbox), *code, "Error"),
        View::Ended(None) => terminated(None, 137, "ContainerStatusUnknown"),
    }
}

/// Whether the status shown says all that is wanted; what others wrote beside it does not matter.
fn says_already(shown: Option<&PodStatus>, wanted: &PodStatus) -> bool {
    let Some(shown) = shown else { return false };
    let same_conditions = wanted.conditions.iter().flatten().all(|condition| {
        shown_condition(Some(shown), &condition.type_)
            .is_some_and(|known| (&known.status, &known.reason) == (&condition.status, &condition.reason))
    });
    let summary = |status: &PodStatus| -> (Option<String>, Option<String>, Vec<Value>) {
        let containers = status.container_statuses.iter().flatten().map(summary_of_container);
        (status.phase.clone(), status.pod_ip.clone(), containers.collect())
    };
    same_conditions && summary(shown) == summary(wanted)
}

/// What matters of a container's status: a container that never ran has no stable time of its end.
fn summary_of_container(status: &ContainerStatus) -> Value {
    let state = status.state.as_ref();
    let started: Option<&Time> = state.and_then(|state| state.running.as_ref()).and_then(|running| running.started_at.as_ref());
    let kinds = state.map(|state| (state.waiting.is_some(), state.running.is_some(), state.terminated.is_some()));
    json!([status.name, status.ready, status.restart_count, status.container_id, started, kinds])
}
