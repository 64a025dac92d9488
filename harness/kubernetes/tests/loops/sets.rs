//! StatefulSets.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::api::{ListParams, Patch, PatchParams};
use seatrial_journal::ChangeKind;
use serde_json::{Value, json};

use crate::support::{Cluster, run, run_from, seconds};

pub fn web(replicas: i32, policy: &str) -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "serviceName": "web", "podManagementPolicy": policy,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "app"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"storageClassName": "gold",
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]},
    })
}

pub async fn begin(cluster: &Cluster, policy: &str) {
    cluster.start_all();
    cluster.pretend_kubelet();
    cluster.node("worker-1").await;
    cluster.node("worker-2").await;
    cluster.class("gold", "WaitForFirstConsumer").await;
    cluster.create_in::<StatefulSet>(web(3, policy)).await;
    cluster.until("three are ready", seconds(120), || ready(cluster, 3)).await;
}

pub async fn ready(cluster: &Cluster, count: i32) -> bool {
    let set = cluster.api::<StatefulSet>().get("web").await.unwrap();
    let status = set.status.unwrap_or_default();
    status.replicas == count && status.ready_replicas.unwrap_or(0) == count
}

pub async fn scale(cluster: &Cluster, replicas: i32) {
    let patch = Patch::Merge(json!({"spec": {"replicas": replicas}}));
    cluster.api::<StatefulSet>().patch("web", &PatchParams::default(), &patch).await.unwrap();
}

fn order(cluster: &Cluster, part: &str, kind: ChangeKind) -> Vec<String> {
    cluster.changes(part).into_iter().filter(|change| change.kind == kind).map(|change| change.object).collect()
}

#[test]
fn pods_come_one_after_the_other_each_after_its_claim_and_go_in_reverse() {
    run(|cluster| async move {
        begin(&cluster, "OrderedReady").await;
        let made = order(&cluster, "web-", ChangeKind::Added);
        let own: Vec<&str> = made
            .iter()
            .map(String::as_str)
            .filter(|object| object.starts_with("pods/") || object.starts_with("persistentvolumeclaims/"))
            .collect();
        assert_eq!(
            own,
            [
                "persistentvolumeclaims/default/data-web-0",
                "pods/default/web-0",
                "persistentvolumeclaims/default/data-web-1",
                "pods/default/web-1",
                "persistentvolumeclaims/default/data-web-2",
                "pods/default/web-2",
            ]
        );
        let pod = cluster.api::<Pod>().get("web-1").await.unwrap();
        assert_eq!(pod.metadata.labels.as_ref().unwrap()["apps.kubernetes.io/pod-index"], "1");

        scale(&cluster, 1).await;
        cluster.until("one is left", seconds(60), || ready(&cluster, 1)).await;
        assert_eq!(order(&cluster, "pods/default/web-", ChangeKind::Removed), ["pods/default/web-2", "pods/default/web-1"]);
        let claims = cluster.api::<PersistentVolumeClaim>().list(&ListParams::default()).await.unwrap();
        assert_eq!(claims.items.len(), 3, "claims outlive their pods");

        scale(&cluster, 3).await;
        cluster.until("three again", seconds(120), || ready(&cluster, 3)).await;
        assert_eq!(cluster.driver.volumes(), 3);
    });
}

#[test]
fn parallel_pods_do_not_wait_for_each_other() {
    run(|cluster| async move {
        begin(&cluster, "Parallel").await;
        let changes = cluster.changes("pods/default/web-");
        let last_made = changes.iter().rposition(|change| change.kind == ChangeKind::Added).unwrap();
        let first_ready = changes.iter().position(|change| change.patch.pointer("/status/phase") == Some(&json!("Running"))).unwrap();
        assert!(last_made < first_ready);
    });
}

#[test]
fn a_new_template_is_rolled_out_from_the_highest_ordinal_down() {
    run(|cluster| async move {
        begin(&cluster, "OrderedReady").await;
        let template = json!({"spec": {"template": {"metadata": {"labels": {"version": "two"}}}}});
        cluster.api::<StatefulSet>().patch("web", &PatchParams::default(), &Patch::Merge(template)).await.unwrap();
        let done = || async {
            let pods = cluster.api::<Pod>().list(&ListParams::default().labels("version=two")).await.unwrap();
            pods.items.len() == 3 && ready(&cluster, 3).await
        };
        cluster.until("rolled out", seconds(240), done).await;
        let gone = order(&cluster, "pods/default/web-", ChangeKind::Removed);
        assert_eq!(gone, ["pods/default/web-2", "pods/default/web-1", "pods/default/web-0"]);
    });
}

#[test]
fn the_policy_marks_claims_as_the_sets_before_it_is_deleted() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.pretend_kubelet();
        cluster.node("worker-1").await;
        cluster.class("gold", "WaitForFirstConsumer").await;
        let mut set = web(2, "OrderedReady");
        set["spec"]["persistentVolumeClaimRetentionPolicy"] = json!({"whenDeleted": "Delete", "whenScaled": "Delete"});
        cluster.create_in::<StatefulSet>(set).await;
        cluster.until("two are ready", seconds(120), || ready(&cluster, 2)).await;
        let owner = |name: &'static str| {
            let claims = cluster.api::<PersistentVolumeClaim>();
            async move { claims.get(name).await.unwrap().metadata.owner_references.unwrap_or_default()[0].kind.clone() }
        };
        assert_eq!(owner("data-web-1").await, "StatefulSet");
        scale(&cluster, 1).await;
        cluster.until("one is left", seconds(60), || ready(&cluster, 1)).await;
        // It goes with the pod that it was given to, as soon as the garbage collector sees to it.
        let given = |change: &seatrial_journal::Change| change.patch.pointer("/metadata/ownerReferences/0/kind") == Some(&json!("Pod"));
        assert!(cluster.changes("persistentvolumeclaims/default/data-web-1").iter().any(given));
        assert_eq!(owner("data-web-0").await, "StatefulSet");
    });
}

#[test]
fn the_same_seed_gives_the_same_journal() {
    let run = |seed| {
        run_from(seed, |cluster| async move {
            begin(&cluster, "OrderedReady").await;
            scale(&cluster, 1).await;
            cluster.until("one is left", seconds(60), || ready(&cluster, 1)).await;
            cluster.journal.entries()
        })
    };
    let (one, other) = (run(5), run(5));
    for (first, second) in one.iter().zip(&other) {
        assert_eq!(first, second);
    }
    assert_eq!(one.len(), other.len());
}
