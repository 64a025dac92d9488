//! Kubelet against the embedded API server, with a scripted CSI node plugin.

mod groups;
mod support;

use std::time::Duration;

use driver_host::Machine as _;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Node, Pod};
use k8s_openapi::api::storage::v1::CSINode;
use kube::ResourceExt;
use kube::api::Api;
use seatrial_journal::{DigestSink, Event};
use seatrial_wires::virtual_run;
use serde_json::json;
use support::{Cluster, DISK, DRIVER, NODE, phase_of};
use tonic::Code;

#[test]
fn a_pod_runs_only_after_its_volume_is_in_use_staged_and_published() {
    virtual_run(1, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        assert_eq!(cluster.calls(), ["in use", "NodeStageVolume", "NodePublishVolume"]);

        let pod = cluster.pods().get("web-0").await.unwrap();
        let status = pod.status.unwrap();
        assert!(status.pod_ip.is_some() && status.container_statuses.unwrap()[0].ready);
        assert!(status.conditions.unwrap().iter().any(|condition| condition.type_ == "Ready" && condition.status == "True"));

        kubelet.write_in_pod("default", "web-0", "/data/deep/proof", b"kept").await.unwrap();
        assert_eq!(kubelet.read_in_pod("default", "web-0", "/data/deep/proof").unwrap(), b"kept");
        assert_eq!(cluster.disks.look(DISK, |tree| tree.read("/deep/proof").unwrap()).unwrap(), b"kept");
        let outside = kubelet.read_in_pod("default", "web-0", "/etc/passwd").unwrap_err().to_string();
        assert_eq!(outside, "pod default/web-0 has no volume at /etc/passwd in any of its containers");
    });
}

#[test]
fn teardown_goes_from_unpublish_over_the_pods_end_to_unstage_and_not_in_use() {
    virtual_run(2, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        cluster.delete_pod("web-0", 30).await;
        cluster.until_gone("web-0").await;
        assert!(kubelet.read_in_pod("default", "web-0", "/data/x").unwrap_err().to_string().contains("runs on worker-1"));
        cluster.until("nothing is in use", |node: &Node| node.status.as_ref().unwrap().volumes_in_use.is_none(), NODE).await;
        let calls = cluster.calls();
        assert_eq!(calls[3..5], ["NodeUnpublishVolume", "delete pods"]);
        assert_eq!(calls[5..], ["NodeUnstageVolume", "not in use"]);
        assert!(cluster.machine.names_in("/var/lib/kubelet/pods".as_ref()).unwrap().is_empty(), "nothing is left of the pod");
    });
}

#[test]
fn a_second_pod_shares_what_is_staged_and_the_last_one_unstages() {
    virtual_run(3, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("one").await;
        cluster.until_running("one").await;
        cluster.make_file_pod("two").await;
        cluster.until_running("two").await;
        kubelet.write_in_pod("default", "one", "/data/proof", b"kept").await.unwrap();
        assert_eq!(kubelet.read_in_pod("default", "two", "/data/proof").unwrap(), b"kept");
        cluster.delete_pod("one", 1).await;
        cluster.until_gone("one").await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert!(!cluster.calls().contains(&"NodeUnstageVolume".to_owned()));
        cluster.delete_pod("two", 1).await;
        cluster.until_called("NodeUnstageVolume", 1).await;
        assert_eq!(cluster.calls().iter().filter(|call| *call == "NodeStageVolume").count(), 1);
    });
}

#[test]
fn a_raw_block_volume_is_a_device_in_the_pod() {
    virtual_run(4, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Block").await;
        cluster.make_pod("raw", json!({"volumeDevices": [{"name": "data", "devicePath": "/dev/data"}]})).await;
        cluster.until_running("raw").await;
        kubelet.write_in_pod("default", "raw", "/dev/data", b"bytes").await.unwrap();
        assert_eq!(cluster.disks.read_raw(DISK), b"bytes");
        cluster.delete_pod("raw", 1).await;
        cluster.until_called("NodeUnstageVolume", 1).await;
    });
}

#[test]
fn a_failing_stage_is_tried_again_with_a_back_off_that_doubles() {
    virtual_run(5, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        for _ in 0..4 {
            cluster.script.fail("NodeStageVolume", Code::Internal);
        }
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        let times = cluster.times_of("NodeStageVolume");
        let gaps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps.len(), 4);
        for (gap, least) in gaps.into_iter().zip([500, 1000, 2000, 4000]) {
            assert!((least..least + 300).contains(&gap), "{gap} after {least}");
        }
        let told = cluster.sink.entries().into_iter().any(|entry| match entry.event {
            Event::Change(change) => change.patch.to_string().contains(
                "MountVolume.MountDevice failed for volume \\\"pv-1\\\" : rpc error: code = Internal desc = NodeStageVolume fails by script",
            ),
            _ => false,
        });
        assert!(told, "an event tells of it");
    });
}

/// Whether deleting a pod whose staging always fails with `code` leads to an unstage.
#[expect(clippy::unwrap_used, reason = "a part of a test")]
fn unstages_after(code: Code) -> bool {
    virtual_run(6, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        for _ in 0..100 {
            cluster.script.fail("NodeStageVolume", code);
        }
        cluster.make_file_pod("web-0").await;
        cluster.until_called("NodeStageVolume", 2).await;
        cluster.delete_pod("web-0", 1).await;
        cluster.until_gone("web-0").await;
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert!(!cluster.calls().contains(&"NodeUnpublishVolume".to_owned()), "it was never published");
        let node: Node = Api::all(cluster.client.clone()).get(NODE).await.unwrap();
        assert_eq!(node.status.unwrap().volumes_in_use, None);
        cluster.calls().contains(&"NodeUnstageVolume".to_owned())
    })
}

#[test]
fn only_an_uncertain_stage_is_undone() {
    assert!(unstages_after(Code::Aborted));
    assert!(unstages_after(Code::DeadlineExceeded));
    assert!(!unstages_after(Code::Internal));
}

#[test]
fn an_uncertain_publish_is_undone() {
    virtual_run(6, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        for _ in 0..100 {
            cluster.script.fail("NodePublishVolume", Code::Unavailable);
        }
        cluster.make_file_pod("web-0").await;
        cluster.until_called("NodePublishVolume", 2).await;
        cluster.delete_pod("web-0", 1).await;
        cluster.until_gone("web-0").await;
        cluster.until_called("NodeUnstageVolume", 1).await;
        let calls = cluster.calls();
        let place = |name: &str| calls.iter().position(|call| call == name).unwrap();
        assert!(place("NodeUnpublishVolume") < place("delete pods"));
        assert_eq!(calls.iter().filter(|call| *call == "NodeStageVolume").count(), 1, "what is staged stays staged");
    });
}

#[test]
fn a_pod_waits_for_a_volume_that_is_not_attached() {
    virtual_run(14, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.list_as_attached(false).await;
        cluster.make_file_pod("web-0").await;
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert_eq!(cluster.calls(), ["in use"]);
        assert_eq!(phase_of(&cluster.pods().get("web-0").await.unwrap()), "Pending");
        cluster.list_as_attached(true).await;
        cluster.until_running("web-0").await;
        assert_eq!(cluster.calls(), ["in use", "NodeStageVolume", "NodePublishVolume"]);
    });
}

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

/// The state of a pod's only container, and how often it was started again.
fn container_of(pod: &Pod) -> (serde_json::Value, i32) {
    let status = pod.status.clone().unwrap_or_default().container_statuses.unwrap_or_default().remove(0);
    (json!(status.state), status.restart_count)
}

#[test]
fn a_program_ends_when_it_says_and_its_volume_is_given_back() {
    virtual_run(11, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_program("copy", "Never", json!({"seatrial.dev/runs-for": "1m30s"})).await;
        cluster.until_running("copy").await;
        tokio::time::sleep(Duration::from_secs(85)).await;
        assert_eq!(phase_of(&cluster.pods().get("copy").await.unwrap()), "Running");
        cluster.until("it has ended well", |pod: &Pod| phase_of(pod) == "Succeeded", "copy").await;
        let (state, restarts) = container_of(&cluster.pods().get("copy").await.unwrap());
        assert_eq!((state["terminated"]["exitCode"].as_i64(), &state["terminated"]["reason"], restarts), (Some(0), &json!("Completed"), 0));
        let ran = |member: &str| state["terminated"][member].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(ran("finishedAt").duration_since(ran("startedAt")).as_secs(), 90);
        cluster.until("nothing is in use", |node: &Node| node.status.as_ref().unwrap().volumes_in_use.is_none(), NODE).await;
        assert_eq!(cluster.calls()[3..], ["NodeUnpublishVolume", "NodeUnstageVolume", "not in use"], "the object stays");
    });
}

#[test]
fn a_program_that_fails_is_started_again_in_its_pod_only_where_the_policy_says_so() {
    virtual_run(12, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_program("once", "Never", json!({"seatrial.dev/exit-code": "3"})).await;
        cluster.until("it has failed", |pod: &Pod| phase_of(pod) == "Failed", "once").await;
        let (state, _) = container_of(&cluster.pods().get("once").await.unwrap());
        assert_eq!((state["terminated"]["exitCode"].as_i64(), &state["terminated"]["reason"]), (Some(3), &json!("Error")));

        cluster.make_program("again", "OnFailure", json!({"seatrial.dev/exit-code": "1"})).await;
        cluster.until("it waits", |pod: &Pod| !container_of_any(pod)["waiting"]["message"].is_null(), "again").await;
        let pod = cluster.pods().get("again").await.unwrap();
        let (state, restarts) = container_of(&pod);
        assert_eq!(
            (phase_of(&pod), &state["waiting"]["reason"], restarts),
            ("Running", &json!("CrashLoopBackOff"), 1),
            "the first time at once"
        );
        cluster.until("it runs for the third time", |pod: &Pod| container_of(pod).1 == 2, "again").await;
        cluster.delete_pod("again", 1).await;
        cluster.until_gone("again").await;
    });
}

/// The same, of a pod that may have no containers yet.
fn container_of_any(pod: &Pod) -> serde_json::Value {
    let status = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref()?.first().cloned());
    json!(status.and_then(|status| status.state))
}

#[test]
fn a_program_that_ends_while_kubelet_is_down_is_told_of_and_not_started_anew() {
    for (seed, killed_at) in [(13, 3_000), (14, 9_990), (15, 10_000), (16, 10_004), (17, 10_020)] {
        virtual_run(seed, |network| async move {
            let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
            cluster.make_program("copy", "Never", json!({"seatrial.dev/runs-for": "10s"})).await;
            cluster.until_running("copy").await;
            tokio::time::sleep(Duration::from_millis(killed_at)).await;
            cluster.network.kill("kubelet/worker-1", None);
            tokio::time::sleep(Duration::from_secs(30)).await;
            cluster.start_kubelet();
            cluster.until("it has ended well", |pod: &Pod| phase_of(pod) == "Succeeded", "copy").await;
            assert_eq!(container_of(&cluster.pods().get("copy").await.unwrap()).1, 0, "killed after {killed_at} ms");
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
        cluster.until("ready", |node: &Node| support::condition_of(node, "Ready").as_deref() == Some("True"), NODE).await;
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

#[test]
fn equal_seeds_give_equal_journals() {
    let run = |seed| {
        let digest = DigestSink::default();
        let told = digest.clone();
        virtual_run(seed, |network| async move {
            network.journal().add_sink(told);
            let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
            for name in ["one", "two", "three"] {
                cluster.make_file_pod(name).await;
            }
            cluster.until_running("three").await;
            cluster.network.kill("kubelet/worker-1", None);
            cluster.delete_pod("one", 0).await;
            cluster.start_kubelet();
            cluster.delete_pod("two", 5).await;
            cluster.until_gone("two").await;
        });
        digest.digest()
    };
    assert_eq!(run(12), run(12));
    assert_ne!(run(12), run(13));
}

#[test]
fn a_volume_that_grows_under_its_pod_is_expanded_within_a_pods_sync() {
    virtual_run(21, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        assert_eq!(cluster.disks.filesystem_bytes(DISK), Some(1 << 30));
        cluster.script.fail("NodeExpandVolume", Code::Unavailable);
        cluster.script.fail("NodeExpandVolume", Code::Internal);
        cluster.grow().await;
        cluster.until_called("NodeExpandVolume", 2).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let in_vain = json!(["1Gi", "NodeResizeInProgress", ["FileSystemResizePending", "ModifyingVolume", "NodeResizeError"]]);
        assert_eq!(cluster.growth().await, in_vain, "a refusal that is final is told, one that is not is not");
        cluster.until_called("NodeExpandVolume", 3).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(cluster.growth().await, json!(["2Gi", null, ["ModifyingVolume"]]), "what is not about growth stays");
        assert_eq!(cluster.disks.filesystem_bytes(DISK), Some(2 << 30));
        let failed = cluster.events("VolumeResizeFailed").await;
        let (start, end) = ("NodeExpandVolume.NodeExpandVolume failed for volume \"pv-1\" : Expander.NodeExpand failed", "fails by script");
        assert!(failed.iter().all(|text| text.starts_with(start) && text.ends_with(end)) && !failed.is_empty(), "{failed:?}");
        let done = "MountVolume.NodeExpandVolume succeeded for volume \"pv-1\" worker-1";
        assert_eq!(cluster.events("FileSystemResizeSuccessful").await, [done, done], "pod and claim are told");
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(cluster.times_of("NodeExpandVolume").len(), 3, "what is done is not done again");
    });
}

#[test]
fn a_volume_that_has_grown_before_is_expanded_before_its_pod_runs() {
    virtual_run(22, |network| async move {
        let (cluster, _kubelet) = Cluster::ready(network, "Filesystem").await;
        cluster.make_file_pod("web-0").await;
        cluster.until_running("web-0").await;
        cluster.delete_pod("web-0", 0).await;
        cluster.until_gone("web-0").await;
        cluster.grow().await;
        cluster.script.fail("NodeExpandVolume", Code::OutOfRange);
        cluster.make_file_pod("web-1").await;
        cluster.until_called("NodeExpandVolume", 1).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(cluster.growth().await[1], json!("NodeResizeInfeasible"), "it is the controller's turn");
        assert!(
            cluster.events("FailedMount").await[0].starts_with("MountVolume.Setup failed while expanding volume for volume \"pv-1\" : ")
        );
        // What waits for the controller is no reason to keep the pod from running.
        cluster.until_running("web-1").await;
        cluster.grow().await;
        cluster.until_called("NodeExpandVolume", 2).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!((cluster.growth().await[0].clone(), cluster.disks.filesystem_bytes(DISK)), (json!("2Gi"), Some(2 << 30)));
    });
}

#[test]
fn a_raw_device_is_expanded_too_and_one_that_is_refused_in_use_is_left_alone() {
    virtual_run(23, |network| async move {
        let (cluster, kubelet) = Cluster::ready(network, "Block").await;
        cluster.make_pod("raw-0", json!({"volumeDevices": [{"name": "data", "devicePath": "/dev/raw"}]})).await;
        cluster.until_running("raw-0").await;
        cluster.script.fail("NodeExpandVolume", Code::FailedPrecondition);
        cluster.grow().await;
        cluster.until_called("NodeExpandVolume", 1).await;
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(cluster.times_of("NodeExpandVolume").len(), 1, "it is in use");
        let device = kubelet.machine().disk_by_wwn(&seatrial_node::wwn_of(DISK)).await.unwrap().unwrap();
        assert_eq!(kubelet.machine().device_size(&device).await.unwrap(), 1 << 30);
        cluster.delete_pod("raw-0", 0).await;
        cluster.until_gone("raw-0").await;
        cluster.make_pod("raw-1", json!({"volumeDevices": [{"name": "data", "devicePath": "/dev/raw"}]})).await;
        cluster.until_running("raw-1").await;
        assert_eq!(kubelet.machine().device_size(&device).await.unwrap(), 2 << 30);
        assert_eq!(cluster.growth().await[0], json!("2Gi"));
    });
}
