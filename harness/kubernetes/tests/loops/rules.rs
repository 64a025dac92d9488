//! Each rule switched off lets happen what no driver could bring about.

use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};
use kube::api::DeleteParams;
use seatrial_kubernetes::loops::{self, Rules};
use serde_json::json;

use crate::binding::is_bound;
use crate::driver::SOCKET;
use crate::support::{Cluster, run, seconds};

async fn begin(cluster: &Cluster, rules: Rules) {
    cluster.driver.start(&cluster.network);
    cluster.start_controllers(rules);
    loops::start_scheduler(&cluster.network.process("kube-scheduler"), rules);
    loops::start_attacher(&cluster.network.process("csi-attacher"), loops::AttacherConfig::new(SOCKET));
    cluster.node("worker-1").await;
    cluster.node("worker-2").await;
    cluster.class("gold", "Immediate").await;
    cluster.claim("data", Some("gold")).await;
}

async fn provision(cluster: &Cluster) {
    cluster.start("csi-provisioner");
    cluster.until("bound", seconds(30), || is_bound(cluster, "data")).await;
}

async fn attached(cluster: &Cluster, count: usize) {
    cluster.until("attached", seconds(30), || async { cluster.driver.published().len() == count }).await;
}

#[test]
fn a_volume_may_be_attached_to_two_nodes() {
    run(|cluster| async move {
        begin(&cluster, Rules { attach_to_one_node_only: false, ..Rules::default() }).await;
        provision(&cluster).await;
        cluster.pod("a", "data", Some("worker-1")).await;
        cluster.pod("b", "data", Some("worker-2")).await;
        attached(&cluster, 2).await;
    });
}

#[test]
fn a_volume_may_be_detached_while_it_is_in_use() {
    run(|cluster| async move {
        begin(&cluster, Rules { detach_after_unmount: false, ..Rules::default() }).await;
        provision(&cluster).await;
        cluster.pod("a", "data", Some("worker-1")).await;
        attached(&cluster, 1).await;
        let in_use = json!({"status": {"volumesInUse": ["kubernetes.io/csi/csi.vsphere.vmware.com^vol-1"]}});
        cluster.patch_status::<Node>("worker-1", in_use).await;
        cluster.api::<Pod>().delete("a", &DeleteParams::default().grace_period(0)).await.unwrap();
        attached(&cluster, 0).await;
    });
}

#[test]
fn a_claim_may_go_while_a_pod_uses_it() {
    run(|cluster| async move {
        begin(&cluster, Rules { keep_claims_in_use: false, ..Rules::default() }).await;
        provision(&cluster).await;
        cluster.pod("a", "data", Some("worker-1")).await;
        let claims = cluster.api::<PersistentVolumeClaim>();
        claims.delete("data", &DeleteParams::default()).await.unwrap();
        cluster.until("gone", seconds(10), || async { claims.get_opt("data").await.unwrap().is_none() }).await;
    });
}

#[test]
fn a_pod_may_be_bound_before_its_claims() {
    run(|cluster| async move {
        begin(&cluster, Rules { bind_pods_after_claims: false, ..Rules::default() }).await;
        cluster.pod("a", "data", None).await;
        let placed = || async { cluster.api::<Pod>().get("a").await.unwrap().spec.unwrap().node_name.is_some() };
        cluster.until("placed", seconds(10), placed).await;
        assert!(!is_bound(&cluster, "data").await);
    });
}
