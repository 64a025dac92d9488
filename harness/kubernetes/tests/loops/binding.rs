//! Claims and volumes.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Pod};
use kube::ResourceExt;
use kube::api::DeleteParams;
use seatrial_kubernetes::loops::Rules;
use serde_json::{Value, json};

use crate::support::{Cluster, run, seconds};

async fn volume(cluster: &Cluster, name: &str, size: &str, policy: &str) {
    cluster
        .create::<PersistentVolume>(json!({
            "metadata": {"name": name},
            "spec": {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": "manual",
                "persistentVolumeReclaimPolicy": policy, "csi": {"driver": crate::driver::NAME, "volumeHandle": format!("handle-{name}")}},
        }))
        .await;
}

pub async fn is_bound(cluster: &Cluster, claim: &str) -> bool {
    let claim = cluster.api::<PersistentVolumeClaim>().get(claim).await.unwrap();
    claim.status.and_then(|status| status.phase).as_deref() == Some("Bound")
}

#[test]
fn a_claim_is_bound_to_the_smallest_volume_that_fits_in_four_writes() {
    run(|cluster| async move {
        volume(&cluster, "large", "9Gi", "Retain").await;
        volume(&cluster, "right", "2Gi", "Retain").await;
        volume(&cluster, "small", "1Mi", "Retain").await;
        cluster.start_controllers(Rules::default());
        tokio::time::sleep(seconds(5)).await;
        cluster.claim("data", Some("manual")).await;
        cluster.until("bound", seconds(20), || is_bound(&cluster, "data")).await;

        let changes = cluster.changes("");
        let says = |object: &str, pointer: &str, value: &Value| {
            let found = changes.iter().position(|change| change.object == object && change.patch.pointer(pointer) == Some(value));
            found.unwrap_or_else(|| panic!("{object} never had {pointer} {value}"))
        };
        let order = [
            says("persistentvolumes/right", "/spec/claimRef/name", &json!("data")),
            says("persistentvolumes/right", "/status/phase", &json!("Bound")),
            says("persistentvolumeclaims/default/data", "/spec/volumeName", &json!("right")),
            says("persistentvolumeclaims/default/data", "/status/phase", &json!("Bound")),
        ];
        assert!(order.is_sorted(), "{order:?}");
        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        assert_eq!(claim.annotations()["pv.kubernetes.io/bound-by-controller"], "yes");
        assert_eq!(claim.status.unwrap().capacity.unwrap()["storage"].0, "2Gi");
    });
}

#[test]
fn a_volume_that_is_retained_stays_released_with_its_claim() {
    run(|cluster| async move {
        volume(&cluster, "kept", "2Gi", "Retain").await;
        cluster.start_controllers(Rules::default());
        cluster.claim("data", Some("manual")).await;
        cluster.until("bound", seconds(20), || is_bound(&cluster, "data")).await;
        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        let phase = || async {
            let volume = cluster.global::<PersistentVolume>().get("kept").await.unwrap();
            assert!(volume.spec.unwrap().claim_ref.is_some());
            volume.status.unwrap().phase.as_deref() == Some("Released")
        };
        cluster.until("released", seconds(20), phase).await;
    });
}

#[test]
fn a_claim_waits_for_the_scheduled_pod_that_uses_it() {
    run(|cluster| async move {
        volume(&cluster, "kept", "2Gi", "Retain").await;
        cluster.start_controllers(Rules::default());
        cluster.node("worker-1").await;
        cluster.claim("data", Some("manual")).await;
        cluster.pod("user", "data", Some("worker-1")).await;
        cluster.until("bound", seconds(20), || is_bound(&cluster, "data")).await;
        let claims = cluster.api::<PersistentVolumeClaim>();
        claims.delete("data", &DeleteParams::default()).await.unwrap();
        tokio::time::sleep(seconds(60)).await;
        assert!(claims.get("data").await.unwrap().metadata.deletion_timestamp.is_some());

        cluster.api::<Pod>().delete("user", &DeleteParams::default().grace_period(0)).await.unwrap();
        cluster.until("gone", seconds(20), || async { claims.get_opt("data").await.unwrap().is_none() }).await;
    });
}

#[test]
fn an_immediate_claim_is_provisioned_and_goes_with_its_volume() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.class("gold", "Immediate").await;
        cluster.claim("data", Some("gold")).await;
        cluster.until("bound", seconds(30), || is_bound(&cluster, "data")).await;

        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        let name = format!("pvc-{}", claim.uid().unwrap());
        let volume = cluster.global::<PersistentVolume>().get(&name).await.unwrap();
        assert!(volume.finalizers().iter().any(|finalizer| finalizer == "external-provisioner.volume.kubernetes.io/finalizer"));
        assert_eq!(volume.annotations()["pv.kubernetes.io/provisioned-by"], crate::driver::NAME);
        let request = &cluster.driver.requests()[0];
        assert_eq!(request.parameters["csi.storage.k8s.io/pvc/name"], "data");
        assert_eq!(request.parameters["storagepolicyname"], "gold");
        assert_eq!(cluster.events("ProvisioningSucceeded").await, [(format!("Successfully provisioned volume {name}"), 1)]);
        assert_eq!(cluster.events("ExternalProvisioning").await.len(), 1);

        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        let gone = || async { cluster.global::<PersistentVolume>().get_opt(&name).await.unwrap().is_none() };
        cluster.until("the volume goes", seconds(30), gone).await;
        assert_eq!(cluster.driver.volumes(), 0);
    });
}

#[test]
fn a_claim_without_a_class_gets_the_default_one_that_comes_later() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.claim("data", None).await;
        tokio::time::sleep(seconds(20)).await;
        assert!(!is_bound(&cluster, "data").await);
        cluster.class("gold", "Immediate").await;
        let default = json!({"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}});
        cluster.patch::<k8s_openapi::api::storage::v1::StorageClass>("gold", default).await;
        cluster.until("bound", seconds(40), || is_bound(&cluster, "data")).await;
    });
}

#[test]
fn an_idle_cluster_writes_nothing() {
    run(|cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.class("gold", "Immediate").await;
        cluster.claim("data", Some("gold")).await;
        cluster.until("bound", seconds(30), || is_bound(&cluster, "data")).await;
        tokio::time::sleep(seconds(60)).await;
        let before = cluster.changes("").len();
        tokio::time::sleep(seconds(3600)).await;
        let after: Vec<_> = cluster.changes("").split_off(before);
        assert!(after.is_empty(), "{after:?}");
    });
}
