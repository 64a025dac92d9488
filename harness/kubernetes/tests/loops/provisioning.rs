//! The provisioner's classes of failure.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Secret};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams};
use serde_json::json;
use tonic::Code;

use crate::binding::is_bound;
use crate::support::{Cluster, run, seconds};

async fn begin(cluster: &Cluster, codes: &[Code]) {
    cluster.driver.fail("CreateVolume", codes);
    cluster.start_all();
    cluster.node("worker-1").await;
    cluster.class("gold", "Immediate").await;
    cluster.claim("data", Some("gold")).await;
}

async fn volumes(cluster: &Cluster) -> usize {
    cluster.global::<PersistentVolume>().list(&ListParams::default()).await.unwrap().items.len()
}

#[test]
fn a_final_failure_is_tried_anew_with_a_growing_pause() {
    run(|cluster| async move {
        begin(&cluster, &[Code::Internal, Code::Internal, Code::Internal]).await;
        cluster.until("bound", seconds(60), || is_bound(&cluster, "data")).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), 4);
        let failed = cluster.events("ProvisioningFailed").await;
        let text = "failed to provision volume with StorageClass \"gold\": rpc error: code = Internal desc = scripted CreateVolume";
        assert_eq!(failed, [(text.to_owned(), 3)]);
    });
}

#[test]
fn after_a_final_failure_a_deleted_claim_is_forgotten() {
    run(|cluster| async move {
        begin(&cluster, &[Code::Internal; 100]).await;
        tokio::time::sleep(seconds(5)).await;
        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(10)).await;
        let calls = cluster.driver.calls("CreateVolume");
        tokio::time::sleep(seconds(1200)).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), calls);
    });
}

#[test]
fn a_volume_in_doubt_is_asked_for_until_it_is_certain_though_its_claim_is_gone() {
    run(|cluster| async move {
        begin(&cluster, &[Code::DeadlineExceeded; 6]).await;
        tokio::time::sleep(seconds(5)).await;
        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(200)).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), 7);
        // The finalizer's removal may lose a race against volume protection; then the whole deletion is done again.
        assert!((1..=2).contains(&cluster.driver.calls("DeleteVolume")));
        assert_eq!((cluster.driver.volumes(), volumes(&cluster).await), (0, 0));
    });
}

#[test]
fn a_hopeless_claim_is_tried_every_five_minutes_only() {
    run(|cluster| async move {
        begin(&cluster, &[Code::InvalidArgument; 100]).await;
        tokio::time::sleep(seconds(620)).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), 3);
    });
}

#[test]
fn a_volume_that_cannot_be_deleted_says_so_and_stays() {
    run(|cluster| async move {
        begin(&cluster, &[]).await;
        cluster.until("bound", seconds(60), || is_bound(&cluster, "data")).await;
        cluster.driver.fail("DeleteVolume", &[Code::Unavailable, Code::Internal]);
        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(20)).await;
        assert_eq!(cluster.events("VolumeFailedDelete").await.len(), 2);
        assert!((3..=4).contains(&cluster.driver.calls("DeleteVolume")));
        assert_eq!(volumes(&cluster).await, 0);
    });
}

#[test]
fn no_volume_is_made_for_a_claim_that_selects_volumes() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.class("gold", "Immediate").await;
        cluster
            .create_in::<PersistentVolumeClaim>(json!({
                "metadata": {"name": "by-label"},
                "spec": {"storageClassName": "gold", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
                    "selector": {"matchLabels": {"purpose": "ledger"}}},
            }))
            .await;
        tokio::time::sleep(seconds(60)).await;
        let told = cluster.events("ProvisioningFailed").await;
        assert_eq!(told[0].0, "failed to provision volume with StorageClass \"gold\": claim Selector is not supported");
        assert!(told[0].1 > 2, "it is tried again, since a claim's class may change");
        assert_eq!(cluster.driver.calls("CreateVolume"), 0);
    });
}

/// A class with these parameters, and a claim of it.
async fn claim_with(cluster: &Cluster, parameters: serde_json::Value) {
    cluster.start_all();
    cluster.node("worker-1").await;
    cluster
        .create::<StorageClass>(json!({"metadata": {"name": "gold"}, "provisioner": crate::driver::NAME, "parameters": parameters}))
        .await;
    cluster.claim("data", Some("gold")).await;
}

#[test]
fn secrets_are_sent_and_the_sidecars_own_parameters_are_not() {
    run(|cluster| async move {
        let secret: Secret = serde_json::from_value(json!({"metadata": {"name": "of-data"}, "stringData": {"user": "me"}})).unwrap();
        cluster.api::<Secret>().create(&kube::api::PostParams::default(), &secret).await.unwrap();
        let parameters = json!({
            "csi.storage.k8s.io/fstype": "xfs", "policy": "gold",
            "csi.storage.k8s.io/provisioner-secret-name": "of-${pvc.name}",
            "csi.storage.k8s.io/provisioner-secret-namespace": "${pvc.namespace}",
            "csi.storage.k8s.io/node-stage-secret-name": "${pv.name}", "csi.storage.k8s.io/node-stage-secret-namespace": "kube-system",
        });
        claim_with(&cluster, parameters).await;
        cluster.until("bound", seconds(60), || is_bound(&cluster, "data")).await;
        let request = cluster.driver.requests().remove(0);
        assert_eq!(request.secrets.into_iter().collect::<Vec<_>>(), [("user".to_owned(), "me".to_owned())]);
        let own = |key: &String| key.starts_with("csi.storage.k8s.io/");
        let keys: Vec<&str> = request.parameters.keys().filter(|key| !own(key)).map(String::as_str).collect();
        assert_eq!(keys, ["policy"]);
        let volume = cluster.global::<PersistentVolume>().list(&ListParams::default()).await.unwrap().items.remove(0);
        assert_eq!(volume.annotations()["volume.kubernetes.io/provisioner-deletion-secret-name"], "of-data");
        let source = volume.spec.clone().unwrap().csi.unwrap();
        assert_eq!(source.fs_type.as_deref(), Some("xfs"));
        assert_eq!(source.node_stage_secret_ref.unwrap().name, Some(volume.name_any()));
    });
}

#[test]
fn a_parameter_that_is_reserved_and_unknown_is_refused() {
    run(|cluster| async move {
        claim_with(&cluster, json!({"csi.storage.k8s.io/fs-type": "xfs"})).await;
        tokio::time::sleep(seconds(10)).await;
        let told = cluster.events("ProvisioningFailed").await;
        assert!(
            told[0].0.ends_with("found unknown parameter key \"csi.storage.k8s.io/fs-type\" with reserved namespace csi.storage.k8s.io/")
        );
        assert_eq!(cluster.driver.calls("CreateVolume"), 0);
    });
}
