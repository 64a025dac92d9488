//! Snapshots: their content and binding, what goes wrong with them, their end, and claims that are made of them.

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use seatrial_kubernetes::snapshot_api::{VolumeSnapshot, VolumeSnapshotClass, VolumeSnapshotContent, definitions};
use serde_json::{Value, json};
use tonic::Code;

use crate::binding::is_bound;
use crate::driver::NAME;
use crate::support::{Cluster, run, run_from, seconds};

const API: &str = "snapshot.storage.k8s.io/v1";
const CLAIM_HELD: &str = "snapshot.storage.kubernetes.io/pvc-as-source-protection";

async fn class(cluster: &Cluster, name: &str, policy: &str, is_default: bool) {
    let annotations = json!({"snapshot.storage.kubernetes.io/is-default-class": is_default.to_string()});
    cluster
        .create::<VolumeSnapshotClass>(json!({"apiVersion": API, "kind": "VolumeSnapshotClass",
            "metadata": {"name": name, "annotations": annotations}, "driver": NAME, "deletionPolicy": policy}))
        .await;
}

/// A claim that is bound, and the API of snapshots with its controllers.
async fn begin(cluster: &Cluster) {
    for definition in definitions() {
        cluster.create::<CustomResourceDefinition>(definition.clone()).await;
    }
    cluster.start_all();
    cluster.start("snapshot-controller");
    cluster.start("csi-snapshotter");
    cluster.node("worker-1").await;
    cluster.class("gold", "Immediate").await;
    class(cluster, "backups", "Delete", true).await;
    class(cluster, "kept", "Retain", false).await;
    cluster.claim("data", Some("gold")).await;
    cluster.until("bound", seconds(30), || is_bound(cluster, "data")).await;
}

async fn ask_for(cluster: &Cluster, name: &str, class: Option<&str>) -> VolumeSnapshot {
    cluster
        .create_in::<VolumeSnapshot>(json!({"apiVersion": API, "kind": "VolumeSnapshot", "metadata": {"name": name},
            "spec": {"volumeSnapshotClassName": class, "source": {"persistentVolumeClaimName": "data"}}}))
        .await
}

async fn snapshot(cluster: &Cluster, name: &str) -> Value {
    let found = cluster.api::<VolumeSnapshot>().get_opt(name).await.unwrap();
    found.map_or(Value::Null, |found| serde_json::to_value(found).unwrap())
}

async fn contents(cluster: &Cluster) -> Vec<VolumeSnapshotContent> {
    cluster.global::<VolumeSnapshotContent>().list(&Default::default()).await.unwrap().items
}

async fn is_ready(cluster: &Cluster, name: &str) -> bool {
    snapshot(cluster, name).await["status"]["readyToUse"] == true
}

async fn ready(cluster: &Cluster, name: &str) {
    cluster.until("ready", seconds(60), || is_ready(cluster, name)).await;
}

async fn delete(cluster: &Cluster, name: &str) {
    cluster.api::<VolumeSnapshot>().delete(name, &DeleteParams::default()).await.unwrap();
}

async fn is_gone(cluster: &Cluster, name: &str) -> bool {
    snapshot(cluster, name).await.is_null()
}

fn finalizers(object: &Value) -> Vec<&str> {
    object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn a_snapshot_gets_a_content_of_its_own_and_goes_with_it() {
    run(|cluster| async move {
        begin(&cluster).await;
        let asked = ask_for(&cluster, "first", None).await;
        ready(&cluster, "first").await;
        let uid = asked.metadata.uid.unwrap();
        let now = snapshot(&cluster, "first").await;
        assert_eq!(now["spec"]["volumeSnapshotClassName"], "backups", "the default class is written into it");
        assert_eq!(now["status"]["boundVolumeSnapshotContentName"], json!(format!("snapcontent-{uid}")));
        assert_eq!((&now["status"]["restoreSize"], &now["status"]["error"]), (&json!("1Gi"), &Value::Null));
        let held = [
            "snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection",
            "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection",
        ];
        assert_eq!(finalizers(&now), held);
        let content = serde_json::to_value(&contents(&cluster).await[0]).unwrap();
        assert_eq!(finalizers(&content), ["snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"]);
        let under_way = content["metadata"]["annotations"].as_object().is_some_and(|them| !them.is_empty());
        assert!(!under_way, "nothing is under way any more: {content}");
        assert_eq!(cluster.driver.snapshots(), [(format!("snapshot-{uid}"), "vol-1".to_owned())]);
        let told = |name: &'static str| cluster.events(name);
        assert_eq!(told("CreatingSnapshot").await[0].0, "Waiting for a snapshot default/first to be created by the CSI driver.");
        assert_eq!(told("SnapshotReady").await[0].0, "Snapshot default/first is ready to use.");
        let claim = serde_json::to_value(cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap()).unwrap();
        assert!(!finalizers(&claim).contains(&CLAIM_HELD), "the claim is free when the snapshot is taken");

        let before = cluster.changes("volumesnapshot").len();
        tokio::time::sleep(seconds(2000)).await;
        assert_eq!(cluster.changes("volumesnapshot").split_off(before), [], "what is done is not done again");
        delete(&cluster, "first").await;
        cluster.until("gone", seconds(30), || is_gone(&cluster, "first")).await;
        assert_eq!((contents(&cluster).await.len(), cluster.driver.snapshots().len()), (0, 0));
    });
}

#[test]
fn a_claim_stays_while_its_snapshot_is_being_taken() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("CreateSnapshot", &[Code::Unavailable; 3]);
        ask_for(&cluster, "first", Some("backups")).await;
        tokio::time::sleep(seconds(1)).await;
        let claims = cluster.api::<PersistentVolumeClaim>();
        claims.delete("data", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(1)).await;
        let claim = serde_json::to_value(claims.get("data").await.unwrap()).unwrap();
        assert!(finalizers(&claim).contains(&CLAIM_HELD));
        let content = &contents(&cluster).await[0];
        assert_eq!(content.metadata.annotations.as_ref().unwrap()["snapshot.storage.kubernetes.io/volumesnapshot-being-created"], "yes");
        ready(&cluster, "first").await;
        let gone = || async { claims.get_opt("data").await.unwrap().is_none() };
        cluster.until("the claim is gone", seconds(30), gone).await;
    });
}

#[test]
fn what_the_driver_refuses_is_told_in_status_and_events_and_tried_again() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.refuse_snapshots(&[Code::FailedPrecondition, Code::FailedPrecondition]);
        ask_for(&cluster, "first", Some("backups")).await;
        let refused = || async { snapshot(&cluster, "first").await["status"]["error"]["message"].is_string() };
        cluster.until("refused", seconds(10), refused).await;
        insta::assert_snapshot!(snapshot(&cluster, "first").await["status"]["error"]["message"].as_str().unwrap());
        assert_eq!(cluster.events("SnapshotCreationFailed").await.len(), 1);
        ready(&cluster, "first").await;
        assert_eq!(snapshot(&cluster, "first").await["status"]["error"], Value::Null);
        assert_eq!(cluster.driver.snapshots().len(), 1);
    });
}

#[test]
fn a_content_is_not_let_go_while_nobody_knows_whether_its_snapshot_is_being_taken() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("CreateSnapshot", &[Code::DeadlineExceeded; 8]);
        ask_for(&cluster, "first", Some("backups")).await;
        tokio::time::sleep(seconds(2)).await;
        delete(&cluster, "first").await;
        tokio::time::sleep(seconds(2)).await;
        assert_eq!(contents(&cluster).await.len(), 1);
        cluster.until("gone", seconds(1200), || is_gone(&cluster, "first")).await;
        let none = || async { contents(&cluster).await.is_empty() && cluster.driver.snapshots().is_empty() };
        cluster.until("nothing is left", seconds(1200), none).await;
    });
}

#[test]
fn a_snapshot_that_is_kept_can_be_bound_again() {
    run(|cluster| async move {
        begin(&cluster).await;
        ask_for(&cluster, "first", Some("kept")).await;
        ready(&cluster, "first").await;
        delete(&cluster, "first").await;
        cluster.until("gone", seconds(30), || is_gone(&cluster, "first")).await;
        let kept = contents(&cluster).await;
        let handle = kept[0].status.as_ref().unwrap().snapshot_handle.clone().unwrap();
        assert_eq!(cluster.driver.snapshots().len(), 1);

        cluster
            .create::<VolumeSnapshotContent>(json!({"apiVersion": API, "kind": "VolumeSnapshotContent", "metadata": {"name": "again"},
                "spec": {"deletionPolicy": "Delete", "driver": NAME, "source": {"snapshotHandle": handle},
                    "volumeSnapshotRef": {"name": "again", "namespace": "default"}}}))
            .await;
        cluster
            .create_in::<VolumeSnapshot>(json!({"apiVersion": API, "kind": "VolumeSnapshot", "metadata": {"name": "again"},
                "spec": {"source": {"volumeSnapshotContentName": "again"}}}))
            .await;
        ready(&cluster, "again").await;
        assert_eq!(cluster.driver.calls("ListSnapshots"), 1);
        delete(&cluster, "again").await;
        cluster.until("gone", seconds(30), || is_gone(&cluster, "again")).await;
        assert_eq!(cluster.driver.snapshots().len(), 0);
    });
}

#[test]
fn a_claim_of_a_snapshot_waits_until_that_is_ready_and_is_not_smaller() {
    run(|cluster| async move {
        begin(&cluster).await;
        let claim = |name: &str, size: &str| {
            json!({"metadata": {"name": name}, "spec": {"storageClassName": "gold", "accessModes": ["ReadWriteOnce"],
                "dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "first"},
                "resources": {"requests": {"storage": size}}}})
        };
        cluster.create_in::<PersistentVolumeClaim>(claim("early", "1Gi")).await;
        tokio::time::sleep(seconds(5)).await;
        ask_for(&cluster, "first", Some("backups")).await;
        ready(&cluster, "first").await;
        cluster.until("bound", seconds(60), || is_bound(&cluster, "early")).await;
        let source = cluster.driver.requests().last().unwrap().volume_content_source.clone();
        assert!(format!("{source:?}").contains("snap-1"), "{source:?}");

        cluster.create_in::<PersistentVolumeClaim>(claim("small", "512Mi")).await;
        tokio::time::sleep(seconds(10)).await;
        let told: Vec<String> = cluster.events("ProvisioningFailed").await.into_iter().map(|(message, _)| message).collect();
        insta::assert_snapshot!(told.join("\n"));
        assert!(!is_bound(&cluster, "small").await);
    });
}

/// What the server said, without the status that says it again.
fn words(error: &kube::Error) -> String {
    let told = error.to_string();
    told.split(": Invalid (").next().unwrap_or_default().to_owned()
}

#[test]
fn what_contradicts_itself_is_refused_by_the_definition() {
    run(|cluster| async move {
        begin(&cluster).await;
        let refused = |spec: Value| {
            let object = json!({"apiVersion": API, "kind": "VolumeSnapshot", "metadata": {"name": "a"}, "spec": spec});
            let object: VolumeSnapshot = serde_json::from_value(object).unwrap();
            let api = cluster.api::<VolumeSnapshot>();
            async move { words(&api.create(&PostParams::default(), &object).await.unwrap_err()) }
        };
        let both = json!({"source": {"persistentVolumeClaimName": "data", "volumeSnapshotContentName": "other"}});
        let no_class = json!({"source": {"persistentVolumeClaimName": "data"}, "volumeSnapshotClassName": ""});
        ask_for(&cluster, "first", Some("backups")).await;
        let patch = Patch::Merge(json!({"spec": {"source": {"persistentVolumeClaimName": "other"}}}));
        let changed = words(&cluster.api::<VolumeSnapshot>().patch("first", &PatchParams::default(), &patch).await.unwrap_err());
        let refusals = [refused(both).await, refused(json!({"source": {}})).await, refused(no_class).await, changed];
        insta::assert_snapshot!(refusals.join("\n"));
    });
}

#[test]
fn a_snapshot_is_taken_once_whatever_dies_meanwhile() {
    for seed in 0..12 {
        run_from(seed, |cluster| async move {
            begin(&cluster).await;
            ask_for(&cluster, "first", None).await;
            let mut draws = cluster.network.seed().child("death").generator();
            for name in ["snapshot-controller", "csi-snapshotter", "csi-controller", "csi-snapshotter", "snapshot-controller"] {
                tokio::time::sleep(draws.between(std::time::Duration::ZERO, std::time::Duration::from_millis(60))).await;
                cluster.network.alive(name).unwrap().kill();
                tokio::time::sleep(draws.between(std::time::Duration::ZERO, seconds(3))).await;
                cluster.start(name);
            }
            ready(&cluster, "first").await;
            assert_eq!(cluster.driver.snapshots().len(), 1, "seed {seed}");
            delete(&cluster, "first").await;
            cluster.network.alive("csi-snapshotter").unwrap().kill();
            cluster.start("csi-snapshotter");
            cluster.until("gone", seconds(120), || is_gone(&cluster, "first")).await;
            let none = || async { contents(&cluster).await.is_empty() && cluster.driver.snapshots().is_empty() };
            cluster.until("nothing is left", seconds(120), none).await;
        });
    }
}
