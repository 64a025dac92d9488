//! The provisioner's classes of failure.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::api::{DeleteParams, ListParams};
use tonic::Code;

use crate::binding::is_bound;
use crate::support::{Cluster, sail, seconds};

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
    sail(|cluster| async move {
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
    sail(|cluster| async move {
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
    sail(|cluster| async move {
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
    sail(|cluster| async move {
        begin(&cluster, &[Code::InvalidArgument; 100]).await;
        tokio::time::sleep(seconds(620)).await;
        assert_eq!(cluster.driver.calls("CreateVolume"), 3);
    });
}

#[test]
fn a_volume_that_cannot_be_deleted_says_so_and_stays() {
    sail(|cluster| async move {
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
