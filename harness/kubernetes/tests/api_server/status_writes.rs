//! Checklist 7: what `/status`, the main resource and `/binding` each may write.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn metadata_sent_to_status_is_kept_by_some_kinds() {
    let cluster = Cluster::new();
    let table = [
        (VOLUMES, volume("x"), json!({"phase": "Available"}), true),
        (CLAIMS, claim("x"), json!({"phase": "Bound"}), true),
        (NODES, node("x"), json!({"phase": "Running"}), true),
        (ATTACHMENTS, attachment("x"), json!({"attached": true}), false),
    ];
    for (path, object, status, kept) in table {
        cluster.made(path, &object).await;
        let patch = json!({"metadata": {"labels": {"l": "1"}, "annotations": {"a": "1"}}, "spec": {"nodeName": "other", "unschedulable": true}, "status": status});
        let (code, after) = cluster.merge(&format!("{path}/x/status"), &patch).await;
        assert_eq!(code, 200, "{after}");
        let labels = &after["metadata"]["labels"]["l"];
        assert_eq!(labels == "1", kept, "{path}");
        assert_eq!(after["metadata"]["annotations"]["a"] == "1", kept, "{path}");
        assert_ne!(after["spec"]["unschedulable"], true);
        for (field, value) in status.as_object().unwrap() {
            assert_eq!(&after["status"][field], value, "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_main_resource_never_writes_status() {
    let cluster = Cluster::new();
    for (path, object) in
        [(VOLUMES, volume("x")), (CLAIMS, claim("x")), (NODES, node("x")), (ATTACHMENTS, attachment("x")), (PODS, pod("x"))]
    {
        let made = cluster.made(path, &object).await;
        let mut changed = made.clone();
        changed["status"] = json!({"phase": "Failed", "attached": true});
        changed["metadata"]["labels"] = json!({"l": "1"});
        let (code, after) = cluster.put(&format!("{path}/x"), &changed).await;
        assert_eq!(code, 200, "{after}");
        assert_eq!(after["status"], made["status"], "{path}");
        assert_eq!(after["metadata"]["labels"]["l"], "1");
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_pod_keeps_its_spec_and_owners() {
    let cluster = Cluster::new();
    cluster.made(PODS, &pod("p")).await;
    let patch = json!({"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u"}]}, "spec": {"nodeName": "n"}, "status": {"phase": "Running"}});
    let (_, after) = cluster.merge(&format!("{PODS}/p/status"), &patch).await;
    assert_eq!(
        (&after["status"]["phase"], &after["spec"]["nodeName"], &after["metadata"]["ownerReferences"]),
        (&json!("Running"), &Value::Null, &Value::Null)
    );
    assert_eq!(after["status"]["qosClass"], "BestEffort");
}

#[tokio::test(start_paused = true)]
async fn a_phase_change_of_a_volume_is_timed() {
    let cluster = Cluster::new();
    cluster.made(VOLUMES, &volume("v")).await;
    tokio::time::advance(std::time::Duration::from_secs(9)).await;
    let (_, after) = cluster.merge(&format!("{VOLUMES}/v/status"), &json!({"status": {"phase": "Available"}})).await;
    assert_eq!(after["status"]["lastPhaseTransitionTime"], "2030-01-01T00:00:09Z");
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_bound_once() {
    let cluster = Cluster::new();
    let mut zoned = node("n");
    zoned["metadata"]["labels"] = json!({"topology.kubernetes.io/zone": "z"});
    cluster.made(NODES, &zoned).await;
    cluster.made(PODS, &pod("p")).await;
    let binding = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"}, "target": {"kind": "Node", "name": "n"}});
    let (code, status) = cluster.post(&format!("{PODS}/p/binding"), &binding).await;
    assert_eq!((code, status["status"].as_str()), (201, Some("Success")));
    let (_, bound) = cluster.get(&format!("{PODS}/p")).await;
    assert_eq!((&bound["spec"]["nodeName"], &bound["metadata"]["generation"]), (&json!("n"), &json!(1)));
    assert_eq!(bound["metadata"]["labels"]["topology.kubernetes.io/zone"], "z");
    assert_eq!(bound["status"]["conditions"][0]["type"], "PodScheduled");
    let (code, status) = cluster.post(&format!("{PODS}/p/binding"), &binding).await;
    assert_eq!(
        (code, status["message"].as_str()),
        (409, Some("Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n\""))
    );
}
