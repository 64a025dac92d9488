//! Programs of pods: when they end, fail, and are started again.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use seatrial_wires::virtual_run;
use serde_json::json;

use crate::support::{Cluster, NODE, phase_of};

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
