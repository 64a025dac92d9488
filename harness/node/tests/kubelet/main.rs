//! Kubelet against the embedded API server, with a scripted CSI node plugin. Here: volumes on their way into pods and out of them.

mod containers;
mod groups;
mod growth;
mod registration;
mod restarts;
mod support;

use k8s_openapi::api::core::v1::Node;
use kube::api::Api;
use seatrial_journal::{DigestSink, Event};
use seatrial_wires::virtual_run;
use serde_json::json;
use std::time::Duration;
use support::{Cluster, DISK, NODE, phase_of};
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
