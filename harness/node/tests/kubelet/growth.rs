//! Volumes that grow while a pod has them, or before.

use std::time::Duration;

use driver_host::Machine as _;
use seatrial_wires::virtual_run;
use serde_json::json;
use tonic::Code;

use crate::support::{Cluster, DISK};

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
