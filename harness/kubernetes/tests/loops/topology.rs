//! Where volumes and pods may go: zones, selected nodes, cordons, and drivers without room.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;
use kube::api::ListParams;
use seatrial_kubernetes::loops::{self, ProvisionerConfig, Rules};
use serde_json::json;
use tonic::Code;

use crate::binding::is_bound;
use crate::driver::{NAME, SOCKET};
use crate::support::{Cluster, run, seconds};

async fn begin(cluster: &Cluster, mode: &str) {
    cluster.start_all();
    for name in ["worker-1", "worker-2", "worker-3"] {
        cluster.node(name).await;
    }
    cluster.class("gold", mode).await;
}

async fn node_of(cluster: &Cluster, pod: &str) -> Option<String> {
    cluster.api::<Pod>().get(pod).await.unwrap().spec.unwrap().node_name
}

async fn placed(cluster: &Cluster, pod: &str) {
    cluster.until("placed", seconds(30), || async { node_of(cluster, pod).await.is_some() }).await;
}

fn zones(topologies: &[csi_api::v1::Topology]) -> Vec<&str> {
    topologies.iter().map(|topology| topology.segments["topology.csi/zone"].as_str()).collect()
}

#[test]
fn a_waiting_claim_is_made_where_its_pod_goes_and_all_zones_are_told() {
    run(|cluster| async move {
        begin(&cluster, "WaitForFirstConsumer").await;
        cluster.claim("data", Some("gold")).await;
        tokio::time::sleep(seconds(60)).await;
        assert!(cluster.driver.requests().is_empty(), "nobody uses it yet");
        cluster.pod("a", "data", None).await;
        placed(&cluster, "a").await;
        let node = node_of(&cluster, "a").await.unwrap();
        let requirement = cluster.driver.requests()[0].accessibility_requirements.clone().unwrap();
        assert_eq!(zones(&requirement.requisite), ["zone-of-worker-1", "zone-of-worker-2", "zone-of-worker-3"]);
        assert_eq!(zones(&requirement.preferred)[0], format!("zone-of-{node}"));
        let volume = cluster.global::<PersistentVolume>().list(&ListParams::default()).await.unwrap().items.remove(0);
        let affinity = serde_json::to_value(volume.spec.unwrap().node_affinity).unwrap();
        let expression = affinity.pointer("/required/nodeSelectorTerms/0/matchExpressions/0").unwrap();
        assert_eq!(*expression, json!({"key": "topology.csi/zone", "operator": "In", "values": [format!("zone-of-{node}")]}));
    });
}

#[test]
fn strict_topology_asks_for_the_selected_zone_only() {
    run(|cluster| async move {
        begin(&cluster, "WaitForFirstConsumer").await;
        let config = ProvisionerConfig { strict_topology: true, ..ProvisionerConfig::new(SOCKET) };
        loops::start_provisioner(&cluster.network.process("csi-provisioner"), config);
        cluster.claim("data", Some("gold")).await;
        cluster.pod("a", "data", None).await;
        placed(&cluster, "a").await;
        let requirement = cluster.driver.requests()[0].accessibility_requirements.clone().unwrap();
        assert_eq!(zones(&requirement.requisite), [format!("zone-of-{}", node_of(&cluster, "a").await.unwrap())]);
    });
}

#[test]
fn a_zone_without_room_sends_the_pod_elsewhere() {
    run(|cluster| async move {
        begin(&cluster, "WaitForFirstConsumer").await;
        cluster.driver.fail("CreateVolume", &[Code::ResourceExhausted]);
        cluster.claim("data", Some("gold")).await;
        cluster.pod("a", "data", None).await;
        placed(&cluster, "a").await;
        assert!(cluster.driver.requests().len() >= 2);
        let told = cluster.events("ProvisioningFailed").await;
        assert!(told[0].0.contains("code = ResourceExhausted"), "{told:?}");
    });
}

#[test]
fn allowed_topologies_keep_other_nodes_out() {
    run(|cluster| async move {
        begin(&cluster, "Immediate").await;
        cluster
            .create::<StorageClass>(json!({
                "metadata": {"name": "here"}, "provisioner": NAME, "volumeBindingMode": "WaitForFirstConsumer",
                "allowedTopologies": [{"matchLabelExpressions": [{"key": "topology.csi/zone", "values": ["zone-of-worker-2"]}]}],
            }))
            .await;
        cluster.claim("data", Some("here")).await;
        cluster.pod("a", "data", None).await;
        placed(&cluster, "a").await;
        assert_eq!(node_of(&cluster, "a").await.as_deref(), Some("worker-2"));
        let requirement = cluster.driver.requests()[0].accessibility_requirements.clone().unwrap();
        assert_eq!(zones(&requirement.requisite), ["zone-of-worker-2"]);
    });
}

#[test]
fn a_volume_holds_its_pod_in_its_zone_even_when_the_node_is_cordoned() {
    run(|cluster| async move {
        begin(&cluster, "Immediate").await;
        cluster.claim("data", Some("gold")).await;
        cluster.until("bound", seconds(30), || is_bound(&cluster, "data")).await;
        let zone = cluster.driver.requests()[0].accessibility_requirements.clone().unwrap().preferred[0].segments.clone();
        let home = zone["topology.csi/zone"].trim_start_matches("zone-of-").to_owned();
        cluster.patch::<Node>(&home, json!({"spec": {"unschedulable": true}})).await;
        tokio::time::sleep(seconds(1)).await;
        cluster.pod("a", "data", None).await;
        tokio::time::sleep(seconds(30)).await;
        assert_eq!(node_of(&cluster, "a").await, None);
        let told = cluster.events("FailedScheduling").await;
        let text = "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node affinity.";
        assert!(told[0].0.starts_with(text), "{told:?}");
        cluster.patch::<Node>(&home, json!({"spec": {"unschedulable": false}})).await;
        placed(&cluster, "a").await;
        assert_eq!(node_of(&cluster, "a").await, Some(home));
    });
}

#[test]
fn without_the_rules_pods_land_out_of_reach_and_volumes_are_made_anywhere() {
    run(|cluster| async move {
        let rules = Rules { volume_affinity_is_a_filter: false, wait_for_first_consumer: false, ..Rules::default() };
        cluster.driver.start(&cluster.network);
        cluster.start_controllers(rules);
        loops::start_scheduler(&cluster.network.process("kube-scheduler"), rules);
        loops::start_provisioner(
            &cluster.network.process("csi-provisioner"),
            ProvisionerConfig { rules, ..ProvisionerConfig::new(SOCKET) },
        );
        cluster.node("worker-1").await;
        cluster.node("worker-2").await;
        cluster.class("gold", "WaitForFirstConsumer").await;
        cluster.claim("data", Some("gold")).await;
        cluster.until("bound though nobody uses it", seconds(30), || is_bound(&cluster, "data")).await;
        let claim = cluster.api::<PersistentVolumeClaim>().get("data").await.unwrap();
        assert!(!claim.annotations().contains_key("volume.kubernetes.io/selected-node"));
        let zone: BTreeMap<String, String> =
            cluster.driver.requests()[0].accessibility_requirements.clone().unwrap().preferred[0].segments.clone();
        let home = zone["topology.csi/zone"].trim_start_matches("zone-of-").to_owned();
        cluster.patch::<Node>(&home, json!({"spec": {"unschedulable": true}})).await;
        tokio::time::sleep(seconds(1)).await;
        cluster.pod("a", "data", None).await;
        placed(&cluster, "a").await;
        assert_ne!(node_of(&cluster, "a").await, Some(home));
    });
}

#[test]
fn a_volume_in_use_stays_on_a_dead_node_when_the_rule_is_off() {
    run(|cluster| async move {
        cluster.driver.start(&cluster.network);
        cluster.start_controllers(Rules { force_detach_after_six_minutes: false, ..Rules::default() });
        for name in ["csi-provisioner", "csi-attacher"] {
            cluster.start(name);
        }
        cluster.node("worker-1").await;
        cluster.class("gold", "Immediate").await;
        cluster.claim("data", Some("gold")).await;
        cluster.until("bound", seconds(30), || is_bound(&cluster, "data")).await;
        cluster.pod("a", "data", Some("worker-1")).await;
        cluster.until("attached", seconds(30), || async { cluster.driver.published().len() == 1 }).await;
        let dead = json!({"status": {"volumesInUse": ["kubernetes.io/csi/csi.vsphere.vmware.com^vol-1"],
            "conditions": [{"type": "Ready", "status": "Unknown"}]}});
        cluster.patch_status::<Node>("worker-1", dead).await;
        cluster.api::<Pod>().delete("a", &kube::api::DeleteParams::default().grace_period(0)).await.unwrap();
        tokio::time::sleep(seconds(1000)).await;
        assert_eq!(cluster.driver.published().len(), 1);
    });
}
