//! `fsGroup`: whom kubelet gives a volume to, when, and what it leaves to the driver.

#![expect(clippy::unwrap_used, reason = "a test ends where its bench breaks")]

use k8s_openapi::api::storage::v1::CSIDriver;
use kube::api::{Api, PostParams};
use seatrial_node::{Access, Kubelet};
use seatrial_wires::{Network, virtual_run};
use serde_json::{Value, json};

use crate::support::{Cluster, DISK, DRIVER, NODE};

/// A cluster with a volume, whose CSIDriver says this, and whether its plugin mounts for groups itself.
async fn cluster(network: Network, driver: Value, plugin_mounts: bool) -> (Cluster, Kubelet) {
    cluster_of(network, driver, plugin_mounts, Some("ext4")).await
}

/// The same with a volume that says this file system.
async fn cluster_of(network: Network, driver: Value, plugin_mounts: bool, fs_type: Option<&str>) -> (Cluster, Kubelet) {
    let cluster = Cluster::new(network).await;
    let driver = json!({"metadata": {"name": DRIVER}, "spec": driver});
    let drivers: Api<CSIDriver> = Api::all(cluster.client.clone());
    drivers.create(&PostParams::default(), &serde_json::from_value(driver).unwrap()).await.unwrap();
    if plugin_mounts {
        cluster.script.mount_groups();
    }
    cluster.start_plugin().await;
    let kubelet = cluster.start_kubelet();
    cluster.make_volume_of("Filesystem", fs_type).await;
    cluster.until_ready().await;
    cluster.attach().await;
    (cluster, kubelet)
}

/// A pod with this security context that mounts the volume so, until it has run and is gone.
async fn live(cluster: &Cluster, name: &str, security: Value, claim: Value) {
    start(cluster, name, security, claim).await;
    cluster.delete_pod(name, 1).await;
    cluster.until_gone(name).await;
}

async fn start(cluster: &Cluster, name: &str, security: Value, claim: Value) {
    let pod = json!({"metadata": {"name": name, "namespace": "default"},
        "spec": {"nodeName": NODE, "securityContext": security,
            "containers": [{"name": "main", "image": "app", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
            "volumes": [{"name": "data", "persistentVolumeClaim": claim}]}});
    cluster.pods().create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    cluster.until_running(name).await;
}

fn claim() -> Value {
    json!({"claimName": "data"})
}

/// Whose something on the disk is.
fn access(cluster: &Cluster, path: &str) -> Access {
    cluster.disks.look(DISK, |tree| tree.access(path)).unwrap().unwrap()
}

fn group(cluster: &Cluster) -> u32 {
    access(cluster, "/").group
}

#[test]
fn all_that_is_on_a_volume_is_given_to_the_group() {
    virtual_run(1, |network| async move {
        let (cluster, kubelet) = cluster(network, json!({}), false).await;
        start(&cluster, "first", json!({}), claim()).await;
        kubelet.write_in_pod("default", "first", "/data/deep/proof", b"kept").await.unwrap();
        assert_eq!(access(&cluster, "/"), Access::DIRECTORY);
        cluster.delete_pod("first", 1).await;
        cluster.until_gone("first").await;
        start(&cluster, "second", json!({"fsGroup": 2000}), claim()).await;
        assert_eq!(access(&cluster, "/"), Access { group: 2000, mode: 0o2775 });
        assert_eq!(access(&cluster, "/deep/proof"), Access { group: 2000, mode: 0o664 });
        kubelet.write_in_pod("default", "second", "/data/new", b"new").await.unwrap();
        assert_eq!(access(&cluster, "/new").group, 2000, "what is made there is the group's, too");
    });
}

#[test]
fn with_on_root_mismatch_only_the_root_is_looked_at() {
    virtual_run(2, |network| async move {
        let (cluster, _kubelet) = cluster(network, json!({}), false).await;
        live(&cluster, "first", json!({"fsGroup": 2000}), claim()).await;
        // Somebody puts a file there that is root's.
        let put = |tree: &mut seatrial_node::Tree| {
            tree.write("/odd", b"x")?;
            tree.give_to_group("/", 0)?;
            tree.make_directory("/deep")?;
            tree.give_to_group("/", 2000)?;
            tree.give_to_group("/deep", 0)
        };
        cluster.disks.change(DISK, put).unwrap().unwrap();
        let mismatch = json!({"fsGroup": 2000, "fsGroupChangePolicy": "OnRootMismatch"});
        live(&cluster, "second", mismatch, claim()).await;
        assert_eq!((group(&cluster), access(&cluster, "/deep").group), (2000, 0));
        live(&cluster, "third", json!({"fsGroup": 3000, "fsGroupChangePolicy": "OnRootMismatch"}), claim()).await;
        assert_eq!((group(&cluster), access(&cluster, "/deep").group), (3000, 3000));
        cluster.disks.change(DISK, |tree| tree.give_to_group("/deep", 0)).unwrap().unwrap();
        live(&cluster, "fourth", json!({"fsGroup": 3000, "fsGroupChangePolicy": "Always"}), claim()).await;
        assert_eq!(access(&cluster, "/deep").group, 3000);
    });
}

#[test]
fn what_a_pod_reads_only_and_what_the_driver_forbids_is_left_as_it_is() {
    virtual_run(3, |network| async move {
        let (cluster, _kubelet) = cluster(network, json!({}), false).await;
        live(&cluster, "reader", json!({"fsGroup": 2000}), json!({"claimName": "data", "readOnly": true})).await;
        assert_eq!(group(&cluster), 0);
    });
    virtual_run(4, |network| async move {
        let (cluster, _kubelet) = cluster(network, json!({"fsGroupPolicy": "None"}), false).await;
        live(&cluster, "pod", json!({"fsGroup": 2000}), claim()).await;
        assert_eq!(group(&cluster), 0);
        assert!(cluster.script.told_groups().is_empty());
    });
}

#[test]
fn the_policy_decides_where_the_volume_does_not_say_its_file_system() {
    for (policy, expected) in [("ReadWriteOnceWithFSType", 0), ("File", 2000)] {
        virtual_run(5, |network| async move {
            let (cluster, _kubelet) = cluster_of(network, json!({"fsGroupPolicy": policy}), false, None).await;
            live(&cluster, "pod", json!({"fsGroup": 2000}), claim()).await;
            assert_eq!(group(&cluster), expected, "{policy}");
        });
    }
}

#[test]
fn a_driver_that_mounts_for_groups_is_told_and_kubelet_does_nothing() {
    virtual_run(6, |network| async move {
        let (cluster, _kubelet) = cluster(network, json!({"fsGroupPolicy": "File"}), true).await;
        live(&cluster, "pod", json!({"fsGroup": 2000}), claim()).await;
        assert_eq!(cluster.script.told_groups(), ["2000", "2000"], "in stage and in publish");
        assert_eq!(group(&cluster), 0);
    });
}
