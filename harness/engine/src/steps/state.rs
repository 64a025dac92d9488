//! The states that `wait` waits for: whether an object is in one, and what it is like instead, in words.

use kube::api::DynamicObject;
use seatrial_oracle::{Seen, View};
use seatrial_scenario::{ObjectKind, ObjectName, State};
use serde_json::Value;

/// More conditions than this say nothing more.
const TOLD: usize = 4;

/// Whether an object is in a state.
pub(super) fn is(state: State, object: Option<&DynamicObject>) -> bool {
    let Some(object) = object else { return state == State::Gone };
    let data = &object.data;
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let unknown = || condition(data, "Ready") == Some("Unknown");
    match state {
        State::Gone => false,
        State::Present => true,
        State::Complete => condition(data, "Complete") == Some("True"),
        // A job has no phase.
        State::Failed if condition(data, "Failed").is_some() => condition(data, "Failed") == Some("True"),
        State::Pending
        | State::Lost
        | State::Available
        | State::Released
        | State::Failed
        | State::Succeeded
        | State::Bound
        | State::Running => phase(state) == Some(text("/status/phase")),
        State::Terminating => object.metadata.deletion_timestamp.is_some(),
        State::Attached => data.pointer("/status/attached").and_then(Value::as_bool) == Some(true),
        State::Unschedulable => data.pointer("/spec/unschedulable").and_then(Value::as_bool) == Some(true),
        State::NotReady => condition(data, "Ready") == Some("False") || unknown(),
        State::Initialized => !text("/spec/providerID").is_empty() && !has_taint(data, UNINITIALIZED),
        State::Ready if is_snapshot(object) => data.pointer("/status/readyToUse").and_then(Value::as_bool) == Some(true),
        State::Ready if condition(data, "Ready").is_some() => condition(data, "Ready") == Some("True"),
        State::Ready => {
            let wanted = replicas(data);
            let all = |pointer| number(data, pointer).unwrap_or(0) == wanted;
            is_observed(object) && all("/status/replicas") && all("/status/readyReplicas") && all("/status/updatedReplicas")
        }
    }
}

/// Whether volumes can be made of it: a VolumeSnapshot or its content.
fn is_snapshot(object: &DynamicObject) -> bool {
    object.types.as_ref().is_some_and(|types| matches!(types.kind.as_str(), "VolumeSnapshot" | "VolumeSnapshotContent"))
}

/// The phase that a state is, if it is one.
fn phase(state: State) -> Option<&'static str> {
    Some(match state {
        State::Pending => "Pending",
        State::Lost => "Lost",
        State::Available => "Available",
        State::Released => "Released",
        State::Failed => "Failed",
        State::Succeeded => "Succeeded",
        State::Bound => "Bound",
        State::Running => "Running",
        _ => return None,
    })
}

fn number(data: &Value, pointer: &str) -> Option<i64> {
    data.pointer(pointer).and_then(Value::as_i64)
}

fn replicas(data: &Value) -> i64 {
    number(data, "/spec/replicas").unwrap_or(1)
}

/// Whether the status is of what the object says now.
fn is_observed(object: &DynamicObject) -> bool {
    number(&object.data, "/status/observedGeneration") >= object.metadata.generation
}

/// The taint of a node that no cloud controller manager has looked at.
const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";

fn has_taint(data: &Value, key: &str) -> bool {
    let taints = data.pointer("/spec/taints").and_then(Value::as_array);
    taints.into_iter().flatten().any(|taint| taint["key"] == key)
}

/// The status of an object's condition.
pub(crate) fn condition<'a>(data: &'a Value, kind: &str) -> Option<&'a str> {
    let conditions = data.pointer("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind)?["status"].as_str()
}

/// What an object is like instead of in this state.
pub(super) fn instead_of(state: State, object: Option<&DynamicObject>) -> String {
    let Some(object) = object else { return "it is not there".to_owned() };
    let data = &object.data;
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut found = match state {
        State::Gone => still_there(object),
        State::Terminating => vec!["nobody has asked to delete it".to_owned()],
        State::Unschedulable => vec!["pods may be scheduled on it".to_owned()],
        State::Attached => match text("/status/attachError/message") {
            Some(error) => vec![format!("it is not attached: {error}")],
            None => vec!["it is not attached".to_owned()],
        },
        State::Initialized => uninitialized(data),
        State::Ready if is_snapshot(object) => match text("/status/error/message") {
            Some(error) => vec![format!("no volume can be made of it: {error}")],
            None => vec!["no volume can be made of it yet".to_owned()],
        },
        State::Complete => unfinished(data),
        State::Ready if data.pointer("/spec/replicas").is_some() => members(object),
        _ => Vec::new(),
    };
    if object.metadata.deletion_timestamp.is_some() && state != State::Gone {
        found.push("it is being deleted".to_owned());
    }
    if let (Some(phase), true) = (text("/status/phase"), state != State::Gone) {
        found.push(format!("its phase is {phase}"));
    }
    if !matches!(state, State::Gone | State::NotReady) {
        // How many of a set's pods are there says more than that they are not enough.
        let of_a_set = data.pointer("/spec/replicas").is_some();
        // What a pod's containers wait for says more than that they are not ready.
        let waits = !waiting(data).is_empty();
        let said = |kind: &str| (of_a_set && kind == "Available") || kind == "ContainersReady" || (waits && kind == "Ready");
        found.extend(unmet(data, |kind| !said(kind)));
    }
    found.extend(waiting(data));
    if found.is_empty() { "it says nothing of its state".to_owned() } else { found.join(", ") }
}

/// Who uses a claim that is to go, and so holds it.
pub(super) fn users_of(view: &View, claim: &ObjectName) -> Option<String> {
    let prefix = format!("pods/{}/", claim.namespace().filter(|_| claim.kind == ObjectKind::PersistentVolumeClaim)?);
    let uses = |pod: &Seen| {
        let volumes = pod.state.pointer("/spec/volumes").and_then(Value::as_array);
        let mut claims = volumes.into_iter().flatten().filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str());
        claims.any(|used| used == claim.name)
    };
    let pods: Vec<String> =
        view.objects("kubernetes", &prefix).filter(|(_, pod)| uses(pod)).map(|(name, _)| format!("pod/{name}")).collect();
    let verb = if pods.len() == 1 { "uses" } else { "use" };
    (!pods.is_empty()).then(|| format!(", because {} {verb} it", pods.join(" and ")))
}

/// What keeps an object that is to go.
fn still_there(object: &DynamicObject) -> Vec<String> {
    let finalizers = object.metadata.finalizers.as_deref().unwrap_or_default();
    match (&object.metadata.deletion_timestamp, finalizers) {
        (None, _) => vec!["it is there, and nobody has asked to delete it".to_owned()],
        (Some(_), []) => vec!["it is being deleted".to_owned()],
        (Some(_), held) => vec![format!("it is being deleted, and held by {}", held.join(" and "))],
    }
}

fn uninitialized(data: &Value) -> Vec<String> {
    let provider = data.pointer("/spec/providerID").and_then(Value::as_str).is_none_or(str::is_empty);
    let mut found = Vec::new();
    if provider {
        found.push("it has no providerID".to_owned());
    }
    if has_taint(data, UNINITIALIZED) {
        found.push(format!("it has the taint {UNINITIALIZED}"));
    }
    found
}

/// How far a job has come.
fn unfinished(data: &Value) -> Vec<String> {
    let has = |pointer: &str| number(data, pointer).unwrap_or(0);
    let mut found = Vec::new();
    if let Some(failed) = data.pointer("/status/conditions").and_then(Value::as_array).and_then(|all| {
        all.iter().find(|condition| matches!(condition["type"].as_str(), Some("Failed" | "FailureTarget")) && condition["status"] == "True")
    }) {
        let text = |member: &str| failed[member].as_str().unwrap_or_default().to_owned();
        found.push(format!("it has failed: {} ({})", text("message"), text("reason")));
    }
    let wanted = number(data, "/spec/completions").map_or(String::new(), |wanted| format!(" of {wanted}"));
    found.push(format!("{}{wanted} pods have ended well", has("/status/succeeded")));
    for (what, pointer) in [("failed", "/status/failed"), ("run", "/status/active")] {
        if has(pointer) > 0 {
            found.push(format!("{} {what}", has(pointer)));
        }
    }
    found
}

/// How many members of a set are there, ready and up to date, as far as that is not all of them.
fn members(object: &DynamicObject) -> Vec<String> {
    let (data, wanted) = (&object.data, replicas(&object.data));
    if !is_observed(object) {
        return vec!["its controller has not looked at its last change".to_owned()];
    }
    let has = |pointer: &str| number(data, pointer).unwrap_or(0);
    let counts =
        [("ready", has("/status/readyReplicas")), ("there", has("/status/replicas")), ("up to date", has("/status/updatedReplicas"))];
    let wrong = counts.into_iter().filter(|(_, found)| *found != wanted);
    wrong.map(|(what, found)| format!("{found} of {wanted} pods are {what}")).collect()
}

/// Conditions that are not met, with what they say. A condition that says nothing tells nothing.
fn unmet(data: &Value, is_told: impl Fn(&str) -> bool) -> Vec<String> {
    let conditions = data.pointer("/status/conditions").and_then(Value::as_array);
    // A node is well when it has no pressure.
    let good = |condition: &Value| {
        let kind = condition["type"].as_str().unwrap_or_default();
        if kind.ends_with("Pressure") || kind == "NetworkUnavailable" { "False" } else { "True" }
    };
    let unmet = conditions.into_iter().flatten().filter(|condition| condition["status"] != good(condition));
    let told = unmet.filter_map(|condition| {
        let text = |member: &str| condition[member].as_str().filter(|text| !text.is_empty());
        let (kind, status) = (text("type").filter(|kind| is_told(kind))?, text("status")?);
        let said = text("message").or(text("reason"))?.trim_end_matches('.');
        Some(format!("{kind} is {status} ({said})"))
    });
    told.take(TOLD).collect()
}

/// What containers that do not run wait for.
fn waiting(data: &Value) -> Vec<String> {
    let containers = data.pointer("/status/containerStatuses").and_then(Value::as_array);
    let waiting = containers.into_iter().flatten().filter_map(|container| {
        let waiting = container.pointer("/state/waiting")?;
        let said = waiting["message"].as_str().or(waiting["reason"].as_str())?;
        Some(format!("container {} waits ({said})", container["name"].as_str()?))
    });
    waiting.take(TOLD).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> DynamicObject {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_set_tells_how_many_of_its_pods_are_missing() {
        let available = json!({"type": "Available", "status": "False", "message": "Deployment does not have minimum availability."});
        let set = object(json!({
            "metadata": {"name": "readers", "generation": 1}, "spec": {"replicas": 3},
            "status": {"observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "conditions": [available]},
        }));
        assert_eq!(instead_of(State::Ready, Some(&set)), "0 of 3 pods are ready");
        assert_eq!(instead_of(State::Ready, None), "it is not there");
    }

    #[test]
    fn a_pod_tells_its_phase_and_what_it_waits_for() {
        let scheduled = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"});
        let pod = object(json!({"metadata": {"name": "web-0"}, "status": {"phase": "Pending", "conditions": [scheduled]}}));
        assert_eq!(instead_of(State::Ready, Some(&pod)), "its phase is Pending, PodScheduled is False (0/3 nodes are available)");
    }

    #[test]
    fn a_job_tells_how_far_it_has_come_and_why_it_failed() {
        let failed = json!({
            "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit",
        });
        let job = |status: Value| object(json!({"metadata": {"name": "copy"}, "spec": {"completions": 3}, "status": status}));
        let runs = job(json!({"succeeded": 1, "active": 2}));
        assert_eq!(instead_of(State::Complete, Some(&runs)), "1 of 3 pods have ended well, 2 run");
        let ended = job(json!({"failed": 1, "conditions": [failed]}));
        assert_eq!(
            instead_of(State::Complete, Some(&ended)),
            "it has failed: Job has reached the specified backoff limit (BackoffLimitExceeded), 0 of 3 pods have ended well, 1 failed"
        );
        assert!(is(State::Failed, Some(&ended)) && !is(State::Failed, Some(&runs)) && !is(State::Complete, Some(&runs)));
    }

    #[test]
    fn a_node_without_pressure_is_well() {
        let conditions = json!([
            {"type": "MemoryPressure", "status": "False", "message": "kubelet has sufficient memory available"},
            {"type": "DiskPressure", "status": "True", "message": "kubelet has disk pressure"},
            {"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting node status."},
        ]);
        let node = object(json!({"metadata": {"name": "worker-1"}, "status": {"conditions": conditions}}));
        assert_eq!(
            instead_of(State::Ready, Some(&node)),
            "DiskPressure is True (kubelet has disk pressure), Ready is Unknown (Kubelet stopped posting node status)"
        );
    }

    #[test]
    fn what_is_to_go_tells_what_holds_it() {
        let gone = |metadata: Value| instead_of(State::Gone, Some(&object(json!({"metadata": metadata}))));
        let when = "2030-01-01T00:00:00Z";
        assert_eq!(gone(json!({"name": "a"})), "it is there, and nobody has asked to delete it");
        assert_eq!(
            gone(json!({"name": "a", "deletionTimestamp": when, "finalizers": ["kubernetes.io/pvc-protection"]})),
            "it is being deleted, and held by kubernetes.io/pvc-protection"
        );
    }

    #[test]
    fn a_node_tells_what_its_initialisation_lacks() {
        let node = json!({"metadata": {"name": "worker-1"}, "spec": {"taints": [{"key": UNINITIALIZED, "effect": "NoSchedule"}]}});
        assert_eq!(
            instead_of(State::Initialized, Some(&object(node))),
            "it has no providerID, it has the taint node.cloudprovider.kubernetes.io/uninitialized"
        );
    }
}
