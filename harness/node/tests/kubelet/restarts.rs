//! Kubelets that are killed, machines that are switched off or cut off: nothing is lost and nothing is left.

use std::time::Duration;

use driver_host::Machine as _;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::Api;
use seatrial_wires::virtual_run;

use crate::support::{Cluster, DISK, NODE, phase_of};

#[test]
fn a_restarted_kubelet_loses_nothing() {
    virtual_run(7, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        kubelet.write_in_pod("default", "web-0", "/data/proof", b"kept").await.unwrap();
        let before = cluster.pods().get("web-0").await.unwrap().status.unwrap();
        cluster.network.kill("kubelet/worker-1", None);
        tokio::time::sleep(Duration::from_secs(20)).await;
        kubelet.write_in_pod("default", "web-0", "/data/meanwhile", b"containers go on").await.unwrap();

        let kubelet = cluster.start_kubelet();
        cluster.until_called("NodePublishVolume", 2).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(kubelet.read_in_pod("default", "web-0", "/data/proof").unwrap(), b"kept");
        let after = cluster.pods().get("web-0").await.unwrap().status.unwrap();
        assert_eq!(after, before, "the pod was not touched");
        let calls = cluster.calls();
        assert!(!calls.iter().any(|call| call.starts_with("NodeUn") || call == "not in use"), "{calls:?}");
    });
}

#[test]
fn a_pod_removed_by_force_while_kubelet_was_down_is_cleaned_up() {
    virtual_run(8, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        cluster.network.kill("kubelet/worker-1", None);
        cluster.delete_pod("web-0", 0).await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(cluster.machine.containers().pod_uids().len(), 1);
        cluster.start_kubelet();
        cluster.until_called("NodeUnstageVolume", 1).await;
        cluster.until("nothing is in use", |node: &Node| node.status.as_ref().unwrap().volumes_in_use.is_none(), NODE).await;
        assert!(cluster.machine.containers().pod_uids().is_empty());
        assert_eq!(cluster.calls()[3..], ["NodeUnpublishVolume", "NodeUnstageVolume", "not in use"]);
    });
}

#[test]
fn whenever_kubelet_or_its_plugin_is_killed_the_pod_comes_up_and_ends_clean() {
    for seed in 100..130 {
        virtual_run(seed, |network| async move {
            let mut draws = network.seed().child("kills").generator();
            let mut soon = |most_ms| draws.between(Duration::ZERO, Duration::from_millis(most_ms));
            let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
            cluster.make_file_pod("web-0").await;
            tokio::time::sleep(soon(14_000)).await;
            cluster.network.kill("kubelet/worker-1", None);
            tokio::time::sleep(soon(2_000)).await;
            cluster.network.kill("csi-node/worker-1", None);
            cluster.start_kubelet();
            tokio::time::sleep(soon(5_000)).await;
            cluster.start_plugin().await;
            cluster.until_running("web-0").await;
            // Kubelet may have died between the pod's start and its status; what matters is that it can be written now.
            cluster.machine.write_in_pod("default", "web-0", "/data/proof", b"kept").await.unwrap();
            cluster.delete_pod("web-0", 30).await;
            tokio::time::sleep(soon(3_000)).await;
            cluster.network.kill("kubelet/worker-1", None);
            tokio::time::sleep(soon(2_000)).await;
            cluster.start_kubelet();
            cluster.until_gone("web-0").await;
            cluster.until("nothing is in use", |node: &Node| node.status.as_ref().unwrap().volumes_in_use.is_none(), NODE).await;
            assert_eq!(cluster.machine.mounts().await.unwrap(), [], "seed {seed}");
            assert!(cluster.machine.names_in("/var/lib/kubelet/pods".as_ref()).unwrap().is_empty(), "seed {seed}");
            assert_eq!(cluster.disks.look(DISK, |tree| tree.read("/proof").unwrap()).unwrap(), b"kept");
        });
    }
}

#[test]
fn a_reboot_mounts_again_and_counts_a_restart() {
    virtual_run(9, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        kubelet.write_in_pod("default", "web-0", "/data/proof", b"kept").await.unwrap();
        cluster.network.kill("kubelet/worker-1", None);
        cluster.machine.reboot();
        let kubelet = cluster.start_kubelet();
        let restarted = |pod: &Pod| {
            let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
            phase_of(pod) == "Running" && statuses.is_some_and(|statuses| statuses[0].restart_count == 1)
        };
        cluster.until("the pod runs again", restarted, "web-0").await;
        assert_eq!(kubelet.read_in_pod("default", "web-0", "/data/proof").unwrap(), b"kept");
    });
}

#[test]
fn after_a_power_cut_pods_that_were_taken_meanwhile_are_cleaned_up_and_the_others_run_again() {
    virtual_run(15, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.make_file_pod("web-1").await;
        cluster.until_running("web-0").await;
        cluster.until_running("web-1").await;
        kubelet.write_in_pod("default", "web-0", "/data/proof", b"kept").await.unwrap();
        let boot = cluster.machine.boot_id();
        cluster.network.kill("kubelet/worker-1", None);
        cluster.network.kill("csi-node/worker-1", None);
        cluster.machine.power_off();
        assert!(!cluster.machine.is_on() && cluster.machine.mounts().await.unwrap().is_empty());
        let gone = kubelet.read_in_pod("default", "web-0", "/data/proof").unwrap_err().to_string();
        assert_eq!(gone, "no container of pod default/web-0 runs on worker-1");
        // Meanwhile one pod is taken by force, and one is asked to go.
        cluster.delete_pod("web-0", 0).await;
        cluster.make_file_pod("web-2").await;
        tokio::time::sleep(Duration::from_secs(100)).await;

        cluster.machine.power_on();
        assert_ne!(cluster.machine.boot_id(), boot);
        cluster.start_plugin().await;
        let kubelet = cluster.start_kubelet();
        cluster.until_running("web-2").await;
        let again = |pod: &Pod| {
            let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
            phase_of(pod) == "Running" && statuses.is_some_and(|statuses| statuses[0].restart_count == 1)
        };
        cluster.until("the pod that stayed runs again", again, "web-1").await;
        assert_eq!(kubelet.read_in_pod("default", "web-1", "/data/proof").unwrap(), b"kept");
        let node: Node = Api::all(cluster.client.clone()).get(NODE).await.unwrap();
        assert_eq!(node.status.unwrap().node_info.unwrap().boot_id, cluster.machine.boot_id());
        let pods = cluster.machine.names_in("/var/lib/kubelet/pods".as_ref()).unwrap();
        assert_eq!(pods.len(), 2, "nothing is left of the pod that was taken: {pods:?}");
    });
}

#[test]
fn a_node_that_was_cut_off_ends_what_was_taken_from_it_when_it_hears_of_it() {
    virtual_run(16, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        cluster.network.cut("kubelet/worker-1", seatrial_kubernetes::client::API_SERVER);
        tokio::time::sleep(Duration::from_secs(60)).await;
        cluster.delete_pod("web-0", 0).await;
        tokio::time::sleep(Duration::from_secs(300)).await;
        // Nobody has told the containers: they write on.
        kubelet.write_in_pod("default", "web-0", "/data/late", b"still here").await.unwrap();
        assert!(!cluster.calls().iter().any(|call| call.starts_with("NodeUn")));
        cluster.network.mend("kubelet/worker-1", seatrial_kubernetes::client::API_SERVER);
        cluster.until_called("NodeUnstageVolume", 1).await;
        cluster.until("nothing is in use", |node: &Node| node.status.as_ref().unwrap().volumes_in_use.is_none(), NODE).await;
        assert!(cluster.machine.mounts().await.unwrap().is_empty() && cluster.machine.containers().pod_uids().is_empty());
    });
}
