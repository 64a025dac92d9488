//! Whatever dies comes back and goes on from what is stored.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::PersistentVolume;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::api::{Api, ListParams};
use std::time::Duration;

use crate::sets::{ready, scale, web};
use crate::support::{Cluster, run_from, seconds};

const MORTAL: [&str; 6] =
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "csi-provisioner", "csi-attacher", "csi-controller"];

/// Kills processes at seeded instants, each for a while, until the storm is over.
async fn storm(cluster: &Cluster, seed: u64) {
    let mut draws = cluster.network.seed().child(&format!("storm {seed}")).generator();
    for _ in 0..12 {
        tokio::time::sleep(draws.between(Duration::from_millis(100), seconds(6))).await;
        let name = MORTAL[usize::try_from(draws.below(6)).unwrap()];
        cluster.network.alive(name).unwrap().kill();
        tokio::time::sleep(draws.between(Duration::from_millis(1), seconds(8))).await;
        cluster.start(name);
    }
}

async fn count<K: seatrial_kubernetes::client::Cached>(cluster: &Cluster) -> usize {
    Api::<K>::all(cluster.client.clone()).list(&ListParams::default()).await.unwrap().items.len()
}

#[test]
fn a_set_comes_up_and_shrinks_whatever_dies_meanwhile() {
    for seed in 0..8 {
        run_from(seed, |cluster| async move {
            cluster.start_all();
            cluster.pretend_kubelet();
            cluster.node("worker-1").await;
            cluster.node("worker-2").await;
            cluster.class("gold", "WaitForFirstConsumer").await;
            cluster.create_in::<StatefulSet>(web(3, "OrderedReady")).await;
            storm(&cluster, seed).await;
            cluster.until("three are ready", seconds(900), || ready(&cluster, 3)).await;
            assert_eq!((cluster.driver.volumes(), count::<PersistentVolume>(&cluster).await), (3, 3), "seed {seed}");

            scale(&cluster, 1).await;
            storm(&cluster, seed + 100).await;
            cluster.until("one is left", seconds(900), || ready(&cluster, 1)).await;
            let one_attached = || async { count::<VolumeAttachment>(&cluster).await == 1 && cluster.driver.published().len() == 1 };
            cluster.until("one is attached", seconds(900), one_attached).await;

            // After the storm all is quiet.
            tokio::time::sleep(seconds(300)).await;
            let before = cluster.changes("").len();
            tokio::time::sleep(seconds(1800)).await;
            let after = cluster.changes("").split_off(before);
            assert!(after.is_empty(), "seed {seed}: {after:?}");
        });
    }
}

#[test]
fn a_storm_is_the_same_each_time() {
    let run = |seed| {
        run_from(seed, |cluster| async move {
            cluster.start_all();
            cluster.pretend_kubelet();
            cluster.node("worker-1").await;
            cluster.node("worker-2").await;
            cluster.class("gold", "WaitForFirstConsumer").await;
            cluster.create_in::<StatefulSet>(web(3, "Parallel")).await;
            storm(&cluster, seed).await;
            cluster.journal.entries()
        })
    };
    for seed in 0..3 {
        let (one, other) = (run(seed), run(seed));
        let differs = one.iter().zip(&other).find(|(first, second)| first != second);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(one.len(), other.len());
    }
}

#[test]
fn a_claim_whose_provisioner_dies_after_the_effect_gets_one_volume() {
    for seed in 0..20 {
        run_from(seed, |cluster| async move {
            cluster.start_all();
            cluster.node("worker-1").await;
            cluster.class("gold", "Immediate").await;
            cluster.claim("data", Some("gold")).await;
            let mut draws = cluster.network.seed().child("death").generator();
            tokio::time::sleep(draws.between(Duration::ZERO, Duration::from_millis(200))).await;
            cluster.network.alive("csi-provisioner").unwrap().kill();
            tokio::time::sleep(seconds(5)).await;
            cluster.start("csi-provisioner");
            cluster.until("bound", seconds(60), || crate::binding::is_bound(&cluster, "data")).await;
            assert_eq!(cluster.driver.volumes(), 1, "seed {seed}");
        });
    }
}

#[test]
fn an_hour_without_an_api_server_is_no_storm() {
    run_from(1, |cluster| async move {
        cluster.start_all();
        cluster.node("worker-1").await;
        cluster.class("gold", "Immediate").await;
        cluster.claim("data", Some("gold")).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        cluster.network.alive("kube-apiserver").unwrap().kill();
        let before = cluster.journal.entries().len();
        tokio::time::sleep(seconds(3600)).await;
        let sent =
            cluster.journal.entries()[before..].iter().filter(|entry| matches!(entry.event, seatrial_journal::Event::Sent(_))).count();
        assert!(sent < 6000, "{sent} calls");
        cluster.start("kube-apiserver");
        cluster.until("bound", seconds(900), || crate::binding::is_bound(&cluster, "data")).await;
    });
}
