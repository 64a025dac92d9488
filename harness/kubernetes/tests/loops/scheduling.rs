//! The scheduler.

use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};
use kube::ResourceExt;
use serde_json::json;
use tonic::Code;

use crate::support::{Cluster, run, seconds};

async fn node_of(cluster: &Cluster, pod: &str) -> Option<String> {
    cluster.api::<Pod>().get(pod).await.unwrap().spec.unwrap().node_name
}

async fn begin(cluster: &Cluster) {
    cluster.start_all();
    cluster.class("late", "WaitForFirstConsumer").await;
    // A controller that sees the claim before its class looks again only a quarter of a minute later.
    tokio::time::sleep(seconds(1)).await;
    cluster.claim("data", Some("late")).await;
    tokio::time::sleep(seconds(3)).await;
}

#[test]
fn a_pod_is_bound_after_its_claim_was_provisioned_for_the_selected_node() {
    run(|cluster| async move {
        cluster.node("worker-1").await;
        begin(&cluster).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), 0);
        assert_eq!(cluster.events("WaitForFirstConsumer").await.len(), 1);
        cluster.pod("user", "data", None).await;
        cluster.until("placed", seconds(30), || async { node_of(&cluster, "user").await.is_some() }).await;

        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        assert_eq!(claim.annotations()["volume.kubernetes.io/selected-node"], "worker-1");
        let changes = cluster.changes("");
        let bound = changes.iter().position(|change| {
            change.object == "persistentvolumeclaims/default/data" && change.patch.pointer("/status/phase") == Some(&json!("Bound"))
        });
        let placed = changes.iter().position(|change| change.patch.pointer("/spec/nodeName") == Some(&json!("worker-1")));
        assert!(bound.unwrap() < placed.unwrap());
        assert_eq!(cluster.events("Scheduled").await, [("Successfully assigned default/user to worker-1".to_owned(), 1)]);
        let request = &cluster.driver.requests()[0];
        let preferred = &request.accessibility_requirements.as_ref().unwrap().preferred[0];
        assert_eq!(preferred.segments["topology.csi/zone"], "zone-of-worker-1");
    });
}

#[test]
fn a_node_without_room_gives_the_pod_back_to_the_scheduler() {
    run(|cluster| async move {
        cluster.node("worker-1").await;
        cluster.driver.fail("CreateVolume", &[Code::ResourceExhausted]);
        begin(&cluster).await;
        cluster.pod("user", "data", None).await;
        cluster.until("placed", seconds(60), || async { node_of(&cluster, "user").await.is_some() }).await;
        let failed = cluster.events("FailedScheduling").await;
        assert!(failed.iter().any(|(message, _)| message.contains("provisioning failed for PVC")), "{failed:?}");
        assert_eq!(cluster.driver.calls("CreateVolume"), 2);
    });
}

#[test]
fn what_keeps_a_pod_from_all_nodes_is_counted_and_a_change_wakes_it() {
    run(|cluster| async move {
        cluster.node("worker-1").await;
        cluster.node("worker-2").await;
        let taint = json!({"spec": {"taints": [{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]}});
        cluster.patch::<Node>("worker-1", taint).await;
        cluster.patch::<Node>("worker-2", json!({"spec": {"unschedulable": true}})).await;
        begin(&cluster).await;
        cluster.pod("user", "data", None).await;
        tokio::time::sleep(seconds(10)).await;
        let text = "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. \
                    preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
        assert_eq!(cluster.events("FailedScheduling").await, [(text.to_owned(), 1)]);
        let pod = cluster.api::<Pod>().get("user").await.unwrap();
        let condition = &pod.status.unwrap().conditions.unwrap()[0];
        assert_eq!((condition.type_.as_str(), condition.reason.as_deref()), ("PodScheduled", Some("Unschedulable")));

        cluster.patch::<Node>("worker-2", json!({"spec": {"unschedulable": null}})).await;
        cluster.until("placed", seconds(20), || async { node_of(&cluster, "user").await.is_some() }).await;
    });
}

#[test]
fn a_missing_claim_is_waited_for_without_trying() {
    run(|cluster| async move {
        cluster.node("worker-1").await;
        begin(&cluster).await;
        cluster.pod("user", "absent", None).await;
        tokio::time::sleep(seconds(250)).await;
        let failed = cluster.events("FailedScheduling").await;
        assert_eq!(failed.len(), 1);
        assert!(failed[0].0.contains("persistentvolumeclaim \"absent\" not found"), "{failed:?}");
        assert_eq!(failed[0].1, 1);
        cluster.claim("absent", Some("late")).await;
        cluster.until("placed", seconds(30), || async { node_of(&cluster, "user").await.is_some() }).await;
    });
}

#[test]
fn a_node_takes_as_many_volumes_as_its_driver_states() {
    run(|cluster| async move {
        cluster.node("worker-1").await;
        let limit = json!({"spec": {"drivers": [{"name": crate::driver::NAME, "nodeID": "id-of-worker-1",
            "topologyKeys": ["topology.csi/zone"], "allocatable": {"count": 1}}]}});
        cluster.patch::<k8s_openapi::api::storage::v1::CSINode>("worker-1", limit).await;
        begin(&cluster).await;
        cluster.claim("more", Some("late")).await;
        cluster.pod("first", "data", None).await;
        cluster.until("placed", seconds(30), || async { node_of(&cluster, "first").await.is_some() }).await;
        cluster.pod("second", "more", None).await;
        tokio::time::sleep(seconds(10)).await;
        assert!(node_of(&cluster, "second").await.is_none());
        let failed = cluster.events("FailedScheduling").await;
        assert!(failed[0].0.contains("1 node(s) exceed max volume count"), "{failed:?}");
    });
}

#[test]
fn a_static_volume_is_chosen_where_it_can_be_reached() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.node("worker-2").await;
        cluster
            .create::<k8s_openapi::api::storage::v1::StorageClass>(json!({
                "metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer",
            }))
            .await;
        let zone = json!({"key": "topology.csi/zone", "operator": "In", "values": ["zone-of-worker-2"]});
        cluster
            .create::<k8s_openapi::api::core::v1::PersistentVolume>(json!({
                "metadata": {"name": "disk"},
                "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "local",
                    "csi": {"driver": crate::driver::NAME, "volumeHandle": "disk"},
                    "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]}}},
            }))
            .await;
        cluster.claim("data", Some("local")).await;
        cluster.claim("more", Some("local")).await;
        tokio::time::sleep(seconds(2)).await;
        cluster.pod("user", "data", None).await;
        cluster.until("placed", seconds(30), || async { node_of(&cluster, "user").await.is_some() }).await;
        assert_eq!(node_of(&cluster, "user").await.as_deref(), Some("worker-2"));

        cluster.pod("late", "more", None).await;
        tokio::time::sleep(seconds(5)).await;
        let text = "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. \
                    preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
        assert_eq!(cluster.events("FailedScheduling").await, [(text.to_owned(), 1)]);
    });
}
