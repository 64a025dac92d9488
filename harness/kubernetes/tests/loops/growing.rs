//! Claims that grow.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use tonic::Code;

use crate::binding::is_bound;
use crate::driver::NAME;
use crate::support::{Cluster, run, run_from, seconds};

/// A claim of 1Gi that is bound to a volume, of a class that lets it grow.
async fn begin(cluster: &Cluster) {
    cluster.start_all();
    cluster.start("csi-resizer");
    cluster.node("worker-1").await;
    cluster
        .create::<StorageClass>(
            json!({"metadata": {"name": "gold"}, "provisioner": NAME, "volumeBindingMode": "Immediate", "allowVolumeExpansion": true}),
        )
        .await;
    cluster.claim("data", Some("gold")).await;
    cluster.until("bound", seconds(30), || is_bound(cluster, "data")).await;
}

async fn ask_for(cluster: &Cluster, size: &str) -> Result<(), String> {
    let patch = Patch::Merge(json!({"spec": {"resources": {"requests": {"storage": size}}}}));
    let answer = cluster.api::<PersistentVolumeClaim>().patch("data", &PatchParams::default(), &patch).await;
    answer.map(drop).map_err(|error| error.to_string())
}

/// The volume's capacity; the claim's, what is allocated and how far that has come, condition types, the note for the node.
async fn state(cluster: &Cluster) -> Value {
    let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
    let claim: Value = serde_json::to_value(claim).unwrap();
    let volume = cluster.global::<PersistentVolume>().get(claim["spec"]["volumeName"].as_str().unwrap()).await.unwrap();
    let conditions = claim["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let types: Vec<Value> = conditions.iter().map(|condition| condition["type"].clone()).collect();
    json!([
        volume.spec.unwrap().capacity.unwrap()["storage"],
        claim["status"]["capacity"]["storage"],
        claim["status"]["allocatedResources"]["storage"],
        claim["status"]["allocatedResourceStatuses"]["storage"],
        types,
        claim["metadata"]["annotations"]["volume.kubernetes.io/node-expansion-not-required"],
    ])
}

async fn is_now(cluster: &Cluster, wanted: &Value) -> bool {
    state(cluster).await == *wanted
}

async fn told(cluster: &Cluster, reason: &str) -> Vec<String> {
    cluster.events(reason).await.into_iter().map(|(text, _)| text).collect()
}

#[test]
fn a_volume_grows_and_the_claim_waits_for_its_node() {
    run(|cluster| async move {
        begin(&cluster).await;
        ask_for(&cluster, "2Gi").await.unwrap();
        let waiting = json!(["2Gi", "1Gi", "2Gi", "NodeResizePending", ["Resizing", "FileSystemResizePending"], null]);
        cluster.until("grown", seconds(10), || is_now(&cluster, &waiting)).await;
        assert_eq!(cluster.driver.expanded(), [2 << 30]);
        assert!(told(&cluster, "Resizing").await[0].starts_with("External resizer is resizing volume pvc-"));
        assert_eq!(told(&cluster, "FileSystemResizeRequired").await, ["Require file system resize of volume on node"]);
        // A larger size waits until the node is done with this one.
        ask_for(&cluster, "3Gi").await.unwrap();
        tokio::time::sleep(seconds(1300)).await;
        assert_eq!(cluster.driver.expanded(), [2 << 30]);
        let done = json!({"status": {"capacity": {"storage": "2Gi"}, "allocatedResourceStatuses": null, "conditions": null}});
        cluster.api::<PersistentVolumeClaim>().patch_status("data", &PatchParams::default(), &Patch::Merge(done)).await.unwrap();
        let waiting = json!(["3Gi", "2Gi", "3Gi", "NodeResizePending", ["Resizing", "FileSystemResizePending"], null]);
        cluster.until("grown again", seconds(10), || is_now(&cluster, &waiting)).await;
        assert!(ask_for(&cluster, "1Gi").await.unwrap_err().contains("field can not be less than status.capacity"));
    });
}

#[test]
fn a_volume_that_leaves_nothing_to_its_node_is_done_at_once() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.leave_nothing_to_nodes();
        ask_for(&cluster, "2Gi").await.unwrap();
        let done = json!(["2Gi", "2Gi", "2Gi", null, [], "true"]);
        cluster.until("grown", seconds(10), || is_now(&cluster, &done)).await;
        assert_eq!(told(&cluster, "VolumeResizeSuccessful").await, ["Resize volume succeeded"]);
        tokio::time::sleep(seconds(1300)).await;
        assert_eq!(cluster.driver.expanded().len(), 1, "what is done is not done again");
    });
}

#[test]
fn an_attempt_that_may_have_had_an_effect_is_repeated_and_one_that_has_not_can_be_taken_back() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("ControllerExpandVolume", &[Code::Unavailable, Code::DeadlineExceeded, Code::Internal]);
        ask_for(&cluster, "9Gi").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert_eq!(state(&cluster).await, json!(["1Gi", "1Gi", "9Gi", "ControllerResizeInProgress", ["Resizing"], null]));
        // The user goes back, and the sidecar forgets: still the attempt is brought to its end first.
        ask_for(&cluster, "2Gi").await.unwrap();
        cluster.network.alive("csi-resizer").unwrap().kill();
        cluster.start("csi-resizer");
        // Events are written beside the work.
        let refusal = "failed: rpc error: code = Internal desc = scripted ControllerExpandVolume";
        let is_told = || async { told(&cluster, "VolumeResizeFailed").await.iter().any(|text| text.ends_with(refusal)) };
        cluster.until("refused", seconds(20), is_told).await;
        // The driver has said that it is not at work: what is asked for now counts.
        let waiting = json!(["2Gi", "1Gi", "2Gi", "NodeResizePending", ["Resizing", "FileSystemResizePending"], null]);
        cluster.until("grown", seconds(60), || is_now(&cluster, &waiting)).await;
        assert_eq!(cluster.driver.expanded().into_iter().map(|bytes| bytes >> 30).collect::<Vec<_>>(), [9, 9, 9, 2]);
    });
}

#[test]
fn a_size_that_can_never_be_is_asked_for_slowly_and_can_be_taken_back() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("ControllerExpandVolume", &[Code::OutOfRange; 9]);
        ask_for(&cluster, "9Gi").await.unwrap();
        tokio::time::sleep(seconds(280)).await;
        assert_eq!(
            state(&cluster).await,
            json!(["1Gi", "1Gi", "9Gi", "ControllerResizeInfeasible", ["Resizing", "ControllerResizeError"], null])
        );
        let tries = cluster.driver.expanded().len();
        assert!((1..=2).contains(&tries), "{tries}");
        tokio::time::sleep(seconds(320)).await;
        assert!(cluster.driver.expanded().len() > tries, "it is tried again after five minutes");
        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        let conditions = claim.status.unwrap().conditions.unwrap();
        let said = conditions.iter().find(|condition| condition.type_ == "ControllerResizeError").unwrap();
        assert_eq!(
            said.message.as_deref(),
            Some("failed to expand pvc with rpc error: code = OutOfRange desc = scripted ControllerExpandVolume")
        );
    });
}

#[test]
fn a_driver_that_refuses_volumes_in_use_is_asked_when_the_pod_is_gone() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.pod("user", "data", Some("worker-1")).await;
        cluster.driver.fail("ControllerExpandVolume", &[Code::FailedPrecondition]);
        ask_for(&cluster, "2Gi").await.unwrap();
        tokio::time::sleep(seconds(600)).await;
        assert_eq!(cluster.driver.expanded().len(), 1, "it is in use");
        assert!(
            told(&cluster, "VolumeResizeFailed")
                .await
                .iter()
                .any(|text| text.contains("only supports offline expansion and volume is currently in-use"))
        );
        let gone = kube::api::DeleteParams::default().grace_period(0);
        cluster.api::<k8s_openapi::api::core::v1::Pod>().delete("user", &gone).await.unwrap();
        let waiting =
            json!(["2Gi", "1Gi", "2Gi", "NodeResizePending", ["Resizing", "ControllerResizeError", "FileSystemResizePending"], null]);
        cluster.until("grown", seconds(310), || is_now(&cluster, &waiting)).await;
    });
}

#[test]
fn a_claim_grows_to_the_size_that_was_asked_for_wherever_the_sidecar_dies() {
    for seed in 0..16 {
        run_from(seed, |cluster| async move {
            begin(&cluster).await;
            ask_for(&cluster, "2Gi").await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(3 * seed)).await;
            cluster.network.alive("csi-resizer").unwrap().kill();
            tokio::time::sleep(seconds(3)).await;
            cluster.start("csi-resizer");
            let waiting = json!(["2Gi", "1Gi", "2Gi", "NodeResizePending", ["Resizing", "FileSystemResizePending"], null]);
            cluster.until("grown", seconds(60), || is_now(&cluster, &waiting)).await;
            assert!(cluster.driver.expanded().iter().all(|bytes| *bytes == 2 << 30), "seed {seed}");
        });
    }
}
