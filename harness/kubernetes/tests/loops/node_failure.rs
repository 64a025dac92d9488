//! Nodes that fall silent, the taints that follow, and the pods that leave.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::Resource;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use seatrial_journal::{Entry, Event};
use seatrial_kubernetes::loops::{Rules, Timings};
use seatrial_wires::Process;
use serde_json::{Value, json};

use crate::support::{Cluster, condition_of, run, run_from, seconds, taints_of};

/// Nodes with beating hearts under controllers that watch them.
async fn begin(cluster: &Cluster, names: &[&str], rules: Rules) -> Vec<Process> {
    cluster.start_controllers_with(rules, Timings::default());
    let mut hearts = Vec::new();
    for name in names {
        cluster.node(name).await;
        hearts.push(cluster.pretend_heartbeat(name));
    }
    tokio::time::sleep(seconds(12)).await;
    hearts
}

/// A pod that runs and is ready, on a node.
async fn running_pod(cluster: &Cluster, name: &str, node: &str, tolerations: Value) {
    cluster
        .create_in::<Pod>(json!({
            "metadata": {"name": name},
            "spec": {"nodeName": node, "containers": [{"name": "app", "image": "app"}], "tolerations": tolerations},
        }))
        .await;
    let status = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "app", "image": "app", "imageID": "app", "ready": true, "restartCount": 0, "state": {"running": {}}}]}});
    cluster.api::<Pod>().patch_status(name, &PatchParams::default(), &Patch::Strategic(status)).await.unwrap();
}

async fn node(cluster: &Cluster, name: &str) -> Node {
    cluster.global::<Node>().get(name).await.unwrap()
}

async fn is_deleting(cluster: &Cluster, pod: &str) -> bool {
    cluster.api::<Pod>().get(pod).await.unwrap().meta().deletion_timestamp.is_some()
}

/// Seconds from `begin` on until the first change that fits.
fn first(cluster: &Cluster, from: Duration, fits: impl Fn(&str, &Value) -> bool) -> Option<u64> {
    let entries = cluster.journal.entries();
    let found = entries.iter().find(|Entry { event, at, .. }| match event {
        Event::Change(change) => at.duration() >= from && fits(&change.object, &change.patch),
        _ => false,
    });
    found.map(|entry| (entry.at.duration() - from).as_secs())
}

fn since_begin(cluster: &Cluster) -> Duration {
    cluster.journal.entries().last().map_or(Duration::ZERO, |entry| entry.at.duration())
}

#[test]
fn a_silent_node_becomes_unknown_is_tainted_and_loses_its_pods_after_five_minutes() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        let silent = since_begin(&cluster);
        hearts[0].kill();
        tokio::time::sleep(seconds(70)).await;

        let sick = node(&cluster, "worker-1").await;
        for condition in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
            assert_eq!(condition_of(&sick, condition).as_deref(), Some("Unknown"), "{condition}");
        }
        assert_eq!(taints_of(&sick), ["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
        let pod = cluster.api::<Pod>().get("a").await.unwrap();
        assert!(pod.status.unwrap().conditions.unwrap().iter().any(|one| one.type_ == "Ready" && one.status == "False"));
        assert!(taints_of(&node(&cluster, "worker-2").await).is_empty());

        let unknown = first(&cluster, silent, |object, patch| object == "nodes/worker-1" && patch.pointer("/status/conditions").is_some());
        assert!((40..=61).contains(&unknown.unwrap()), "{unknown:?} after the last word");
        assert!(!is_deleting(&cluster, "a").await);
        cluster.until("evicted", seconds(310), || is_deleting(&cluster, "a")).await;
        let evicted =
            first(&cluster, silent, |object, patch| object == "pods/default/a" && patch.pointer("/metadata/deletionTimestamp").is_some());
        assert!((340..=367).contains(&evicted.unwrap()), "{evicted:?} after the last word");
        let pod = cluster.api::<Pod>().get("a").await.unwrap();
        assert!(pod.status.unwrap().conditions.unwrap().iter().any(|one| one.reason.as_deref() == Some("DeletionByTaintManager")));
        assert_eq!(cluster.events("TaintManagerEviction").await[0].0, "Marking for deletion Pod default/a");
        let told = cluster.events("NodeNotReady").await;
        assert!(told.iter().any(|(text, _)| text == "Node worker-1 status is now: NodeNotReady"), "{told:?}");
        assert!(told.iter().any(|(text, _)| text == "Node is not ready"), "{told:?}");
        // Nobody is there who could end it.
        tokio::time::sleep(seconds(1000)).await;
        assert!(is_deleting(&cluster, "a").await);
    });
}

#[test]
fn a_node_that_comes_back_in_time_keeps_its_pods() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        hearts[0].kill();
        tokio::time::sleep(seconds(200)).await;
        assert_eq!(taints_of(&node(&cluster, "worker-1").await).len(), 2);
        cluster.pretend_heartbeat("worker-1");
        tokio::time::sleep(seconds(400)).await;
        assert!(taints_of(&node(&cluster, "worker-1").await).is_empty());
        assert!(!is_deleting(&cluster, "a").await);
        assert_eq!(cluster.events("TaintManagerEviction").await[0].0, "Cancelling deletion of Pod default/a");
    });
}

#[test]
fn nodes_of_a_zone_are_tainted_ten_seconds_apart() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2", "worker-3", "worker-4", "worker-5"], Rules::default()).await;
        hearts[0].kill();
        hearts[1].kill();
        tokio::time::sleep(seconds(100)).await;
        let tainted = |name: &str| {
            let object = format!("nodes/{name}");
            first(&cluster, Duration::ZERO, |changed, patch| {
                changed == object && patch.pointer("/spec/taints").is_some_and(|taints| taints.to_string().contains("NoExecute"))
            })
        };
        let (one, other) = (tainted("worker-1").unwrap(), tainted("worker-2").unwrap());
        assert!((9..=11).contains(&other.abs_diff(one)), "{one} {other}");
    });
}

#[test]
fn when_all_nodes_fall_silent_nobody_is_evicted() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        hearts.iter().for_each(Process::kill);
        tokio::time::sleep(seconds(1000)).await;
        for name in ["worker-1", "worker-2"] {
            assert_eq!(taints_of(&node(&cluster, name).await), ["node.kubernetes.io/unreachable:NoSchedule"]);
        }
        assert!(!is_deleting(&cluster, "a").await);
        // One comes back: the other's time begins anew.
        cluster.pretend_heartbeat("worker-2");
        tokio::time::sleep(seconds(300)).await;
        assert!(!is_deleting(&cluster, "a").await);
        cluster.until("evicted", seconds(120), || is_deleting(&cluster, "a")).await;
    });
}

#[test]
fn tolerations_decide_when_a_pod_goes() {
    run(|cluster| async move {
        begin(&cluster, &["worker-1"], Rules::default()).await;
        let bears = |time: Value| json!([{"key": "mine", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": time}]);
        running_pod(&cluster, "never", "worker-1", bears(Value::Null)).await;
        running_pod(&cluster, "soon", "worker-1", bears(json!(60))).await;
        running_pod(&cluster, "now", "worker-1", Value::Null).await;
        cluster.patch::<Node>("worker-1", json!({"spec": {"taints": [{"key": "mine", "effect": "NoExecute"}]}})).await;
        tokio::time::sleep(seconds(1)).await;
        assert!(is_deleting(&cluster, "now").await);
        tokio::time::sleep(seconds(57)).await;
        assert!(!is_deleting(&cluster, "soon").await);
        tokio::time::sleep(seconds(3)).await;
        assert!(is_deleting(&cluster, "soon").await && !is_deleting(&cluster, "never").await);
    });
}

async fn is_gone(cluster: &Cluster, pod: &str) -> bool {
    cluster.api::<Pod>().get_opt(pod).await.unwrap().is_none()
}

#[test]
fn pods_of_a_node_that_is_gone_go_after_forty_to_sixty_seconds() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        hearts[0].kill();
        cluster.global::<Node>().delete("worker-1", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(39)).await;
        assert!(!is_gone(&cluster, "a").await);
        cluster.until("collected", seconds(25), || is_gone(&cluster, "a")).await;
        let told = cluster.events("RemovingNode").await;
        assert_eq!(told[0].0, "Node worker-1 event: Removing Node worker-1 from Controller");
        let last = cluster.changes("pods/default/a").into_iter().rev().find(|change| change.patch.pointer("/status/phase").is_some());
        assert_eq!(last.unwrap().patch.pointer("/status/phase"), Some(&json!("Failed")));
    });
}

#[test]
fn an_out_of_service_node_loses_its_terminating_pods_in_the_next_round() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        hearts[0].kill();
        tokio::time::sleep(seconds(70)).await;
        let mut taints = serde_json::to_value(node(&cluster, "worker-1").await.spec.unwrap().taints).unwrap();
        taints.as_array_mut().unwrap().push(json!({"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"}));
        cluster.patch::<Node>("worker-1", json!({"spec": {"taints": taints}})).await;
        cluster.until("marked", seconds(1), || is_deleting(&cluster, "a")).await;
        cluster.until("gone", seconds(21), || is_gone(&cluster, "a")).await;
    });
}

#[test]
fn without_the_rules_pods_stay_on_dead_and_on_deleted_nodes() {
    run(|cluster| async move {
        let rules = Rules { evict_from_unreachable_nodes: false, collect_orphaned_pods: false, ..Rules::default() };
        let hearts = begin(&cluster, &["worker-1", "worker-2"], rules).await;
        running_pod(&cluster, "a", "worker-1", Value::Null).await;
        hearts[0].kill();
        tokio::time::sleep(seconds(1000)).await;
        assert!(!is_deleting(&cluster, "a").await);
        cluster.global::<Node>().delete("worker-1", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(200)).await;
        assert!(!is_gone(&cluster, "a").await);
    });
}

#[test]
fn a_controller_that_restarts_gives_every_node_its_grace_anew() {
    run(|cluster| async move {
        let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
        hearts[0].kill();
        tokio::time::sleep(seconds(35)).await;
        cluster.network.alive("kube-controller-manager").unwrap().kill();
        cluster.start_controllers_with(Rules::default(), Timings::default());
        tokio::time::sleep(seconds(40)).await;
        assert_eq!(condition_of(&node(&cluster, "worker-1").await, "Ready").as_deref(), Some("True"));
        tokio::time::sleep(seconds(20)).await;
        assert_eq!(condition_of(&node(&cluster, "worker-1").await, "Ready").as_deref(), Some("Unknown"));
    });
}

#[test]
fn a_dead_nodes_story_is_the_same_each_time() {
    let run = |seed| {
        run_from(seed, |cluster| async move {
            let hearts = begin(&cluster, &["worker-1", "worker-2"], Rules::default()).await;
            running_pod(&cluster, "a", "worker-1", Value::Null).await;
            hearts[0].kill();
            tokio::time::sleep(seconds(500)).await;
            Api::<Node>::all(cluster.client.clone()).delete("worker-1", &DeleteParams::default()).await.unwrap();
            tokio::time::sleep(seconds(100)).await;
            cluster.journal.entries()
        })
    };
    let (one, other) = (run(7), run(7));
    assert_eq!(one.iter().zip(&other).find(|(first, second)| first != second), None);
    assert_eq!(one.len(), other.len());
    // The part of the story that a user sees, in order.
    let told: Vec<String> = one
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Change(change) if change.object.starts_with("events/") => {
                change.patch.pointer("/reason").and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, ["RegisteredNode", "RegisteredNode", "NodeNotReady", "NodeNotReady", "TaintManagerEviction", "RemovingNode"]);
    let last = one.iter().rev().find(|entry| matches!(&entry.event, Event::Change(change) if change.object == "pods/default/a"));
    assert!(
        last.is_some_and(|entry| matches!(&entry.event, Event::Change(change) if change.kind == seatrial_journal::ChangeKind::Removed))
    );
}
