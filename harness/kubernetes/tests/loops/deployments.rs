//! Deployments and their ReplicaSets.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{Cluster, run, seconds};

fn web(replicas: i32, strategy: &str, claim: Option<&str>) -> Value {
    let volumes: Vec<Value> =
        claim.map(|claim| json!({"name": "data", "persistentVolumeClaim": {"claimName": claim}})).into_iter().collect();
    json!({
        "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "strategy": {"type": strategy}, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "app", "image": "app"}], "volumes": volumes}}},
    })
}

async fn is_ready(cluster: &Cluster, count: i32) -> bool {
    let deployment = cluster.api::<Deployment>().get("web").await.unwrap();
    let status = deployment.status.unwrap_or_default();
    status.observed_generation == deployment.metadata.generation
        && [status.replicas, status.updated_replicas, status.available_replicas] == [Some(count); 3]
}

async fn pods(cluster: &Cluster) -> Vec<Pod> {
    cluster.api::<Pod>().list(&ListParams::default()).await.unwrap().items
}

async fn begin(cluster: &Cluster, deployment: Value, count: i32) {
    cluster.start_all();
    cluster.pretend_kubelet();
    cluster.node("worker-1").await;
    cluster.node("worker-2").await;
    cluster.class("gold", "Immediate").await;
    cluster.claim("data", Some("gold")).await;
    cluster.create_in::<Deployment>(deployment).await;
    cluster.until("ready", seconds(120), || is_ready(cluster, count)).await;
}

async fn new_template(cluster: &Cluster) {
    let template = json!({"spec": {"template": {"metadata": {"labels": {"version": "two"}}}}});
    cluster.api::<Deployment>().patch("web", &PatchParams::default(), &Patch::Merge(template)).await.unwrap();
}

#[test]
fn a_deployment_rolls_to_a_new_template_without_falling_below_its_number() {
    run(|cluster| async move {
        begin(&cluster, web(4, "RollingUpdate", None), 4).await;
        new_template(&cluster).await;
        let mut fewest = usize::MAX;
        for _ in 0..400 {
            let running = pods(&cluster).await.into_iter().filter(|pod| {
                pod.metadata.deletion_timestamp.is_none()
                    && pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Running")
            });
            fewest = fewest.min(running.count());
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(is_ready(&cluster, 4).await);
        assert!(fewest >= 3, "{fewest}");
        assert!(pods(&cluster).await.iter().all(|pod| pod.labels().get("version").is_some()));
        assert_eq!(cluster.api::<ReplicaSet>().list(&ListParams::default()).await.unwrap().items.len(), 2);
        cluster.api::<Deployment>().delete("web", &DeleteParams::default()).await.unwrap();
        cluster.until("all of it is gone", seconds(60), || async { pods(&cluster).await.is_empty() }).await;
    });
}

#[test]
fn recreate_waits_until_the_old_pods_are_gone() {
    run(|cluster| async move {
        begin(&cluster, web(2, "Recreate", None), 2).await;
        let before: Vec<String> = pods(&cluster).await.iter().map(ResourceExt::name_any).collect();
        new_template(&cluster).await;
        cluster
            .until("rolled out", seconds(120), || async {
                is_ready(&cluster, 2).await && pods(&cluster).await[0].labels().get("version").is_some()
            })
            .await;
        let changes = cluster.changes("pods/default/web-");
        let gone = changes.iter().rposition(|change| change.kind == seatrial_journal::ChangeKind::Removed).unwrap();
        let came = changes
            .iter()
            .position(|change| {
                change.kind == seatrial_journal::ChangeKind::Added && !before.iter().any(|name| change.object.ends_with(name.as_str()))
            })
            .unwrap();
        assert!(gone < came);
    });
}

#[test]
fn a_dead_nodes_pod_is_replaced_at_once_and_its_volume_is_not_given_to_two_nodes() {
    run(|cluster| async move {
        begin(&cluster, web(1, "Recreate", Some("data")), 1).await;
        let first = pods(&cluster).await.remove(0);
        let node = first.spec.as_ref().unwrap().node_name.clone().unwrap();
        cluster.network.alive("kubelet").unwrap().kill();
        let running = json!({"status": {"containerStatuses": [{"name": "app", "image": "a", "imageID": "a", "ready": true, "restartCount": 0, "state": {"running": {}}}]}});
        cluster.api::<Pod>().patch_status(&first.name_any(), &PatchParams::default(), &Patch::Strategic(running)).await.unwrap();
        cluster.until("attached", seconds(30), || async { cluster.driver.published().len() == 1 }).await;
        // The volume lets the other node have it, too.
        let claim = cluster.api::<k8s_openapi::api::core::v1::PersistentVolumeClaim>().get("data").await.unwrap();
        let volume = claim.spec.unwrap().volume_name.unwrap();
        let reachable = cluster.global::<k8s_openapi::api::core::v1::PersistentVolume>().get(&volume).await.unwrap();
        let affinity = serde_json::to_value(reachable.spec.unwrap().node_affinity).unwrap();
        let zone = affinity.pointer("/required/nodeSelectorTerms/0/matchExpressions/0/values/0").cloned().unwrap();
        let other = if node == "worker-1" { "worker-2" } else { "worker-1" };
        cluster.patch::<Node>(other, json!({"metadata": {"labels": {"topology.csi/zone": zone}}})).await;
        cluster.patch::<Node>(&node, json!({"spec": {"unschedulable": true}})).await;
        cluster.api::<Pod>().delete(&first.name_any(), &DeleteParams::default()).await.unwrap();
        let told = || async { cluster.events("FailedAttachVolume").await.iter().any(|(text, _)| text.starts_with("Multi-Attach error")) };
        cluster.until("the second pod is told why it waits", seconds(30), told).await;
        assert_eq!(pods(&cluster).await.len(), 2);
        tokio::time::sleep(seconds(1000)).await;
        assert_eq!(cluster.driver.published().len(), 1, "the old pod's last word was that it runs");
    });
}
