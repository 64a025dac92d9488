//! Changes of a volume's attributes class.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::VolumeAttributesClass;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use tonic::Code;

use crate::binding::is_bound;
use crate::driver::NAME;
use crate::support::{Cluster, run, seconds};

async fn attributes(cluster: &Cluster, name: &str, driver: &str, provider: &str) {
    cluster
        .create::<VolumeAttributesClass>(
            json!({"metadata": {"name": name}, "driverName": driver, "parameters": {"seatrial.dev/key-provider": provider}}),
        )
        .await;
}

/// A claim that is bound to a volume of the class `first`.
async fn begin(cluster: &Cluster) {
    cluster.start_all();
    cluster.start("csi-resizer");
    cluster.node("worker-1").await;
    cluster.class("gold", "Immediate").await;
    attributes(cluster, "first", NAME, "kp-1").await;
    attributes(cluster, "second", NAME, "kp-2").await;
    attributes(cluster, "foreign", "other.driver", "kp-3").await;
    cluster
        .create_in::<PersistentVolumeClaim>(json!({
            "metadata": {"name": "data"},
            "spec": {"storageClassName": "gold", "volumeAttributesClassName": "first", "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}},
        }))
        .await;
    cluster.until("bound", seconds(30), || is_bound(cluster, "data")).await;
}

async fn ask_for(cluster: &Cluster, class: &str) {
    let patch = Patch::Merge(json!({"spec": {"volumeAttributesClassName": class}}));
    cluster.api::<PersistentVolumeClaim>().patch("data", &PatchParams::default(), &patch).await.unwrap();
}

/// Current class, target of the attempt under way and its status, condition types.
async fn status(cluster: &Cluster) -> Value {
    let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
    let status = claim.status.unwrap();
    let conditions: Vec<String> = status.conditions.unwrap_or_default().into_iter().map(|condition| condition.type_).collect();
    let attempt = status.modify_volume_status.map(|attempt| (attempt.target_volume_attributes_class_name, attempt.status));
    json!([status.current_volume_attributes_class_name, attempt, conditions])
}

async fn is_now(cluster: &Cluster, class: &str) -> bool {
    status(cluster).await == json!([class, null, []])
}

#[test]
fn a_claim_gets_its_attributes_at_birth_and_changes_them_later() {
    run(|cluster| async move {
        begin(&cluster).await;
        let request = &cluster.driver.requests()[0];
        assert_eq!(request.mutable_parameters, BTreeMap::from([("seatrial.dev/key-provider".to_owned(), "kp-1".to_owned())]));
        assert!(is_now(&cluster, "first").await && cluster.driver.modified().is_empty());

        ask_for(&cluster, "second").await;
        cluster.until("changed", seconds(10), || is_now(&cluster, "second")).await;
        let parameters = BTreeMap::from([("seatrial.dev/key-provider".to_owned(), "kp-2".to_owned())]);
        assert_eq!(cluster.driver.modified(), [("vol-1".to_owned(), parameters)]);
        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        let volume = cluster.global::<PersistentVolume>().get(&claim.spec.unwrap().volume_name.unwrap()).await.unwrap();
        assert_eq!(volume.spec.unwrap().volume_attributes_class_name.as_deref(), Some("second"));
        let told = cluster.events("VolumeModifySuccessful").await;
        assert_eq!(told[0].0, "external resizer modified volume data with vac second successfully");
        tokio::time::sleep(seconds(1300)).await;
        assert_eq!(cluster.driver.modified().len(), 1, "what is done is not done again");
    });
}

#[test]
fn an_attempt_that_may_have_had_an_effect_is_repeated_until_it_is_known() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("ControllerModifyVolume", &[Code::Unavailable, Code::DeadlineExceeded]);
        ask_for(&cluster, "second").await;
        tokio::time::sleep(seconds(1)).await;
        assert_eq!(status(&cluster).await, json!(["first", ["second", "InProgress"], ["ModifyingVolume"]]));
        // The user goes back, and the sidecar forgets: still the attempt is brought to its end first.
        ask_for(&cluster, "first").await;
        cluster.network.alive("csi-resizer").unwrap().kill();
        cluster.start("csi-resizer");
        cluster.until("back again", seconds(60), || is_now(&cluster, "first")).await;
        let order: Vec<String> =
            cluster.driver.modified().into_iter().map(|(_, parameters)| parameters["seatrial.dev/key-provider"].clone()).collect();
        assert_eq!(order, ["kp-2", "kp-2", "kp-2", "kp-1"]);
    });
}

#[test]
fn parameters_that_the_driver_refuses_are_tried_each_five_minutes_and_can_be_taken_back() {
    run(|cluster| async move {
        begin(&cluster).await;
        cluster.driver.fail("ControllerModifyVolume", &[Code::InvalidArgument; 2]);
        ask_for(&cluster, "second").await;
        tokio::time::sleep(seconds(290)).await;
        assert_eq!(cluster.driver.calls("ControllerModifyVolume"), 1);
        assert_eq!(status(&cluster).await, json!(["first", ["second", "Infeasible"], ["ModifyVolumeError"]]));
        tokio::time::sleep(seconds(20)).await;
        assert_eq!(cluster.driver.calls("ControllerModifyVolume"), 2);
        let told = cluster.events("VolumeModifyFailed").await;
        assert_eq!(told[0].0, "rpc error: code = InvalidArgument desc = scripted ControllerModifyVolume");
        cluster.until("changed at last", seconds(310), || is_now(&cluster, "second")).await;
    });
}

#[test]
fn a_class_that_is_missing_or_another_drivers_is_waited_for() {
    run(|cluster| async move {
        begin(&cluster).await;
        ask_for(&cluster, "foreign").await;
        tokio::time::sleep(seconds(2)).await;
        assert_eq!(status(&cluster).await, json!(["first", ["foreign", "Pending"], ["ModifyingVolume"]]));
        ask_for(&cluster, "later").await;
        tokio::time::sleep(seconds(2)).await;
        assert!(cluster.events("VolumeModifyFailed").await.iter().any(|(text, _)| text == "VAC later does not exist."));
        attributes(&cluster, "later", NAME, "kp-9").await;
        cluster.until("changed", seconds(10), || is_now(&cluster, "later")).await;
        assert_eq!(cluster.driver.calls("ControllerModifyVolume"), 1);
    });
}
