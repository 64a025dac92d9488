//! A node and its plugin: how they register, and how they say that they live.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::storage::v1::CSINode;
use kube::ResourceExt;
use kube::api::Api;
use seatrial_journal::Event;
use seatrial_wires::virtual_run;
use serde_json::json;
use tonic::Code;

use crate::support::{Cluster, DRIVER, NODE, condition_of};

#[test]
fn a_plugin_that_restarts_is_registered_again_and_one_that_contradicts_a_label_is_not() {
    virtual_run(17, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        let csi_nodes: Api<CSINode> = Api::all(cluster.client.clone());
        cluster.until_called("NodeGetInfo", 0).await;
        let registrations = || cluster.times_of("NodeGetInfo").len();
        let before = registrations();
        cluster.network.kill("csi-node/worker-1", None);
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!((registrations(), csi_nodes.get(NODE).await.unwrap().spec.drivers.len()), (before, 1));
        cluster.start_plugin().await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(registrations(), before + 1);

        // The label says another zone than the plugin: somebody moved the machine.
        let nodes: Api<Node> = Api::all(cluster.client.clone());
        let moved = |zone: &str| kube::api::Patch::Merge(json!({"metadata": {"labels": {"topology.csi.vmware.com/zone": zone}}}));
        nodes.patch(NODE, &kube::api::PatchParams::default(), &moved("zone-b")).await.unwrap();
        cluster.start_plugin().await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(csi_nodes.get(NODE).await.unwrap().spec.drivers.is_empty(), "its registration failed");
        let told = cluster.sink.entries().into_iter().any(|entry| match entry.event {
            Event::Log { line, .. } => line.contains("detected topology value collision"),
            _ => false,
        });
        assert!(told, "and the log says why");
        nodes.patch(NODE, &kube::api::PatchParams::default(), &moved("zone-a")).await.unwrap();
        tokio::time::sleep(Duration::from_secs(125)).await;
        assert_eq!(csi_nodes.get(NODE).await.unwrap().spec.drivers.len(), 1);
    });
}

#[test]
fn a_node_whose_object_was_deleted_registers_again_when_kubelet_starts() {
    virtual_run(18, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        let nodes: Api<Node> = Api::all(cluster.client.clone());
        let csi_nodes: Api<CSINode> = Api::all(cluster.client.clone());
        nodes.delete(NODE, &kube::api::DeleteParams::default()).await.unwrap();
        csi_nodes.delete(NODE, &kube::api::DeleteParams::default()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert!(nodes.get_opt(NODE).await.unwrap().is_none(), "a kubelet that runs does not register again");
        cluster.network.kill("kubelet/worker-1", None);
        cluster.start_kubelet();
        cluster.until("ready", |node: &Node| condition_of(node, "Ready").as_deref() == Some("True"), NODE).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(csi_nodes.get(NODE).await.unwrap().spec.drivers.len(), 1);
        assert_eq!(nodes.get(NODE).await.unwrap().labels()["topology.csi.vmware.com/zone"], "zone-a");
    });
}

#[test]
fn a_machine_that_takes_the_place_of_another_of_its_name_registers() {
    virtual_run(23, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        let csi_nodes: Api<CSINode> = Api::all(cluster.client.clone());
        // What the machine before has left: its id, which the API server lets nobody change.
        cluster.network.kill("kubelet/worker-1", None);
        let mut left = csi_nodes.get(NODE).await.unwrap();
        csi_nodes.delete(NODE, &kube::api::DeleteParams::default()).await.unwrap();
        left.spec.drivers[0].node_id = "another-uuid".to_owned();
        left.metadata.resource_version = None;
        left.metadata.uid = None;
        csi_nodes.create(&kube::api::PostParams::default(), &left).await.unwrap();
        cluster.start_kubelet();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(csi_nodes.get(NODE).await.unwrap().spec.drivers[0].node_id, "node-uuid");
        // A CSINode that belongs to a Node that is gone is nobody's.
        cluster.network.kill("kubelet/worker-1", None);
        let mut left = csi_nodes.get(NODE).await.unwrap();
        csi_nodes.delete(NODE, &kube::api::DeleteParams::default()).await.unwrap();
        left.metadata.owner_references.as_mut().unwrap()[0].uid = "a-former-node".to_owned();
        left.metadata.resource_version = None;
        left.metadata.uid = None;
        left.spec.drivers[0].node_id = "another-uuid".to_owned();
        csi_nodes.create(&kube::api::PostParams::default(), &left).await.unwrap();
        let told = json!({"status": {"nodeInfo": {"systemUUID": "another-uuid"}}});
        let nodes: Api<Node> = Api::all(cluster.client.clone());
        nodes.patch_status(NODE, &kube::api::PatchParams::default(), &kube::api::Patch::Merge(told)).await.unwrap();
        cluster.start_kubelet();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let csi_node = csi_nodes.get(NODE).await.unwrap();
        let node = nodes.get(NODE).await.unwrap();
        assert_eq!(csi_node.owner_references()[0].uid, node.metadata.uid.unwrap());
        assert_eq!(csi_node.spec.drivers[0].node_id, "node-uuid");
        assert_eq!(node.status.unwrap().node_info.unwrap().system_uuid, cluster.machine.bios_uuid(), "and the Node tells the machine");
    });
}

#[test]
fn with_an_external_cloud_provider_the_node_waits_to_be_initialized() {
    virtual_run(19, |network| async move {
        let cluster = Cluster::new(network).await;
        let mut config = seatrial_node::KubeletConfig::new(std::sync::Arc::clone(&cluster.machine), "192.0.2.11");
        config.external_cloud_provider = true;
        seatrial_node::Kubelet::start(&cluster.network.process("kubelet/worker-1"), config);
        tokio::time::sleep(Duration::from_secs(30)).await;
        let node: Node = Api::all(cluster.client.clone()).get(NODE).await.unwrap();
        assert_eq!(node.annotations()["alpha.kubernetes.io/provided-node-ip"], "192.0.2.11");
        let spec = node.spec.unwrap();
        assert!(spec.provider_id.is_none() && node.status.unwrap().addresses.is_none());
        let taints: Vec<String> = spec.taints.unwrap().into_iter().map(|taint| format!("{}:{}", taint.key, taint.effect)).collect();
        assert!(taints.contains(&"node.cloudprovider.kubernetes.io/uninitialized:NoSchedule".to_owned()), "{taints:?}");
    });
}

#[test]
fn a_plugin_that_comes_late_is_registered_with_id_topology_and_limit() {
    virtual_run(10, |network| async move {
        let cluster = Cluster::new(network).await;
        cluster.script.fail("NodeGetInfo", Code::Internal);
        cluster.start_kubelet();
        tokio::time::sleep(Duration::from_secs(20)).await;
        let csi_nodes: Api<CSINode> = Api::all(cluster.client.clone());
        assert!(csi_nodes.get(NODE).await.unwrap().spec.drivers.is_empty());
        cluster.start_plugin().await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let driver = &csi_nodes.get(NODE).await.unwrap().spec.drivers[0];
        assert_eq!((driver.name.as_str(), driver.node_id.as_str()), (DRIVER, "node-uuid"));
        assert_eq!(driver.allocatable.as_ref().unwrap().count, Some(59));
        assert_eq!(driver.topology_keys.as_ref().unwrap(), &["topology.csi.vmware.com/zone"]);
        let node: Node = Api::all(cluster.client.clone()).get(NODE).await.unwrap();
        assert_eq!(node.labels()["topology.csi.vmware.com/zone"], "zone-a");
        assert_eq!(node.annotations()["csi.volume.kubernetes.io/nodeid"], format!("{{\"{DRIVER}\":\"node-uuid\"}}"));
        assert_eq!(node.annotations()["volumes.kubernetes.io/controller-managed-attach-detach"], "true");
    });
}

#[test]
fn an_idle_node_renews_its_lease_and_reports_each_five_minutes() {
    virtual_run(11, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        let count = |method: &str| cluster.times_of(method).len();
        let (leases, statuses) = (count("update leases"), count("patch nodes/status"));
        // A report is due after five minutes, and written at the next of the looks that are ten seconds apart.
        tokio::time::sleep(Duration::from_secs(1250)).await;
        assert!((123..=127).contains(&(count("update leases") - leases)), "every ten seconds");
        assert_eq!(count("patch nodes/status") - statuses, 4);
        let lease: Lease = Api::namespaced(cluster.client.clone(), "kube-node-lease").get(NODE).await.unwrap();
        assert_eq!(lease.spec.as_ref().unwrap().lease_duration_seconds, Some(40));
        assert_eq!(lease.owner_references()[0].kind, "Node");
    });
}
