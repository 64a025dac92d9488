//! Attaching and detaching.

use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams};
use seatrial_journal::ChangeKind;
use seatrial_kubernetes::loops::Rules;
use serde_json::{Value, json};
use tonic::Code;

use crate::binding::is_bound;
use crate::support::{Cluster, run, seconds};

const VOLUME: &str = "kubernetes.io/csi/csi.vsphere.vmware.com^vol-1";

/// A bound claim, two nodes, and a pod on the first of them whose volume is attached and in use.
async fn begin(cluster: &Cluster) {
    cluster.start_all();
    cluster.node("worker-1").await;
    cluster.node("worker-2").await;
    cluster.class("gold", "Immediate").await;
    cluster.claim("data", Some("gold")).await;
    cluster.until("bound", seconds(30), || is_bound(cluster, "data")).await;
    // What the driver says of reachability would keep the second node out; attaching does not look at it.
    cluster.pod("a", "data", Some("worker-1")).await;
    cluster.until("attached", seconds(60), || lists(cluster, "worker-1")).await;
    cluster.patch_status::<Node>("worker-1", json!({"status": {"volumesInUse": [VOLUME]}})).await;
}

async fn lists(cluster: &Cluster, node: &str) -> bool {
    let node = cluster.global::<Node>().get(node).await.unwrap();
    let attached = node.status.and_then(|status| status.volumes_attached).unwrap_or_default();
    attached.iter().any(|volume| volume.name == VOLUME)
}

async fn attachments(cluster: &Cluster) -> Vec<VolumeAttachment> {
    cluster.global::<VolumeAttachment>().list(&ListParams::default()).await.unwrap().items
}

async fn kill_pod(cluster: &Cluster, name: &str) {
    cluster.api::<Pod>().delete(name, &DeleteParams::default().grace_period(0)).await.unwrap();
}

fn place(cluster: &Cluster, object: &str, fits: impl Fn(&ChangeKind, &Value) -> bool) -> Option<usize> {
    cluster.changes("").iter().position(|change| change.object.starts_with(object) && fits(&change.kind, &change.patch))
}

#[test]
fn a_volume_is_attached_by_the_computed_name_and_then_listed() {
    run(|cluster| async move {
        begin(&cluster).await;
        let made = attachments(&cluster).await;
        assert_eq!(made.len(), 1);
        // sha256 of volume handle, driver and node, one after the other.
        assert_eq!(made[0].name_any(), "csi-".to_owned() + &sha256("vol-1csi.vsphere.vmware.comworker-1"));
        assert_eq!(made[0].finalizers(), ["external-attacher/csi-vsphere-vmware-com"]);
        assert_eq!(made[0].annotations()["csi.alpha.kubernetes.io/node-id"], "id-of-worker-1");
        let metadata = made[0].status.as_ref().unwrap().attachment_metadata.as_ref().unwrap();
        assert_eq!(metadata["disk"], "vol-1");
        assert_eq!(cluster.events("SuccessfulAttachVolume").await.len(), 1);
        let attached = place(&cluster, "volumeattachments/", |_, patch| patch.pointer("/status/attached") == Some(&json!(true)));
        let listed = place(&cluster, "nodes/worker-1", |_, patch| patch.pointer("/status/volumesAttached/0/name").is_some());
        assert!(attached.unwrap() < listed.unwrap());
    });
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_volume_in_use_stays_and_then_goes_off_the_list_before_its_attachment() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.pod("b", "data", Some("worker-2")).await;
        tokio::time::sleep(seconds(5)).await;
        let text = "Multi-Attach error for volume";
        let told = cluster.events("FailedAttachVolume").await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0.starts_with(text) && told[0].0.ends_with("Volume is already used by pod(s) a"), "{told:?}");

        kill_pod(&cluster, "a").await;
        tokio::time::sleep(seconds(30)).await;
        assert_eq!(attachments(&cluster).await.len(), 1, "the node still uses it");
        assert!(lists(&cluster, "worker-1").await);

        cluster.patch_status::<Node>("worker-1", json!({"status": {"volumesInUse": []}})).await;
        cluster.until("attached to the second node", seconds(10), || lists(&cluster, "worker-2")).await;
        assert_eq!(cluster.driver.published(), [("vol-1".to_owned(), "id-of-worker-2".to_owned())].into());
        let unlisted = place(&cluster, "nodes/worker-1", |_, patch| patch.pointer("/status/volumesAttached") == Some(&json!([])));
        let unlisted = unlisted
            .or_else(|| place(&cluster, "nodes/worker-1", |_, patch| patch.pointer("/status/volumesAttached") == Some(&Value::Null)));
        let deleted = place(&cluster, "volumeattachments/", |_, patch| patch.pointer("/metadata/deletionTimestamp").is_some());
        let removed = place(&cluster, "volumeattachments/", |kind, _| *kind == ChangeKind::Removed);
        assert!(unlisted.unwrap() < deleted.unwrap() && deleted < removed);
    });
}

#[test]
fn an_unready_node_loses_its_volume_after_six_minutes_and_an_out_of_service_one_at_once() {
    for out_of_service in [false, true] {
        run(|cluster| async move {
            begin(&cluster).await;
            let unready = json!({"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}});
            cluster.patch_status::<Node>("worker-1", unready).await;
            if out_of_service {
                let taint = json!({"spec": {"taints": [{"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"}]}});
                cluster.patch::<Node>("worker-1", taint).await;
            }
            kill_pod(&cluster, "a").await;
            tokio::time::sleep(seconds(355)).await;
            assert_eq!(attachments(&cluster).await.is_empty(), out_of_service);
            tokio::time::sleep(seconds(10)).await;
            assert!(attachments(&cluster).await.is_empty());
        });
    }
}

#[test]
fn a_restarted_controller_adopts_what_is_attached() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.network.alive("kube-controller-manager").unwrap().kill();
        tokio::time::sleep(seconds(5)).await;
        cluster.start_controllers(Rules::default());
        tokio::time::sleep(seconds(130)).await;
        assert_eq!(attachments(&cluster).await.len(), 1);
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 1);
        // Now that nobody wants it, it goes.
        kill_pod(&cluster, "a").await;
        cluster.patch_status::<Node>("worker-1", json!({"status": {"volumesInUse": []}})).await;
        cluster.until("detached", seconds(10), || async { attachments(&cluster).await.is_empty() }).await;
    });
}

#[test]
fn a_failing_attachment_says_why_and_is_tried_again_at_leisure() {
    run(|cluster| async move {
        cluster.driver.fail("ControllerPublishVolume", &[Code::Internal; 4]);
        begin(&cluster).await;
        let told = cluster.events("FailedAttachVolume").await;
        let text = "rpc error: code = Internal desc = scripted ControllerPublishVolume";
        assert!(told.iter().all(|(message, _)| message.ends_with(text)) && !told.is_empty(), "{told:?}");
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 5);
    });
}

#[test]
fn a_driver_that_was_away_is_probed_until_it_is_back() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.network.alive("csi-controller").unwrap().kill();
        kill_pod(&cluster, "a").await;
        cluster.patch_status::<Node>("worker-1", json!({"status": {"volumesInUse": []}})).await;
        tokio::time::sleep(seconds(30)).await;
        assert_eq!(attachments(&cluster).await.len(), 1);
        cluster.driver.start(&cluster.network);
        cluster.until("detached", seconds(60), || async { attachments(&cluster).await.is_empty() }).await;
        assert!(cluster.driver.published().is_empty());
        cluster.api::<PersistentVolumeClaim>().delete("data", &DeleteParams::default()).await.unwrap();
        cluster.until("deleted", seconds(60), || async { cluster.driver.volumes() == 0 }).await;
    });
}

#[test]
fn an_attachment_that_somebody_deleted_is_made_again_within_a_minute() {
    run(|cluster| async move {
        begin(&cluster).await;
        let before = attachments(&cluster).await;
        cluster.global::<VolumeAttachment>().delete(&before[0].name_any(), &DeleteParams::default()).await.unwrap();
        cluster.until("gone", seconds(5), || async { attachments(&cluster).await.is_empty() }).await;
        let again = || async { attachments(&cluster).await.iter().any(|one| one.uid() != before[0].uid()) };
        cluster.until("made again", seconds(61), again).await;
        cluster.until("published again", seconds(10), || async { cluster.driver.published().len() == 1 }).await;
    });
}

#[test]
fn a_volume_whose_node_is_gone_is_detached_after_six_minutes_by_the_noted_id() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.global::<Node>().delete("worker-1", &DeleteParams::default()).await.unwrap();
        cluster.global::<k8s_openapi::api::storage::v1::CSINode>().delete("worker-1", &DeleteParams::default()).await.unwrap();
        kill_pod(&cluster, "a").await;
        tokio::time::sleep(seconds(350)).await;
        assert_eq!(attachments(&cluster).await.len(), 1);
        cluster.until("detached", seconds(20), || async { attachments(&cluster).await.is_empty() }).await;
        assert!(cluster.driver.published().is_empty());
    });
}

#[test]
fn a_volume_that_somebody_took_off_its_node_is_attached_anew_where_the_driver_says_where_volumes_are() {
    run(|cluster| async move {
        cluster.driver.list_published_nodes();
        begin(&cluster).await;
        cluster.claim("other", Some("gold")).await;
        cluster.until("two pages of volumes", seconds(30), || is_bound(&cluster, "other")).await;
        tokio::time::sleep(seconds(130)).await;
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 1, "what is as it should be is left alone");
        let changes = cluster.changes("volumeattachments/").len();
        cluster.driver.detach_by_hand("vol-1");
        tokio::time::sleep(seconds(70)).await;
        let there = ("vol-1".to_owned(), "id-of-worker-1".to_owned());
        assert!(cluster.driver.published().contains(&there));
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 2);
        assert_eq!(cluster.changes("volumeattachments/").len(), changes, "Kubernetes has always believed so");
        // One that cannot be attached is told, and asked for once a minute.
        cluster.driver.detach_by_hand("vol-1");
        cluster.driver.fail("ControllerPublishVolume", &[Code::Internal]);
        cluster.driver.fail("ListVolumes", &[Code::Unavailable]);
        tokio::time::sleep(seconds(50)).await;
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 2, "what cannot be listed says nothing");
        tokio::time::sleep(seconds(60)).await;
        assert_eq!(cluster.driver.calls("ControllerPublishVolume"), 3);
        let attachment = attachments(&cluster).await.remove(0);
        let status = attachment.status.unwrap();
        assert!(status.attached && status.attach_error.is_some());
    });
}

#[test]
fn a_volume_that_somebody_took_off_its_node_stays_away_where_the_driver_does_not_say() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.detach_by_hand("vol-1");
        tokio::time::sleep(seconds(1200)).await;
        assert!(cluster.driver.published().is_empty());
        assert_eq!(cluster.driver.calls("ListVolumes"), 0);
    });
}
