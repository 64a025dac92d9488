//! The server behind a wire, in virtual time: watches stream, and a seed gives one journal.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use kube::runtime::{WatchStreamExt, watcher};
use seatrial_journal::{Border, Digest, DigestSink, Event, MemorySink};
use seatrial_kubernetes::api::ApiServer;
use seatrial_wires::{Network, Progress, virtual_run_with};
use serde_json::json;

use crate::support::map;

const ADDRESS: &str = "kubernetes:6443";

/// Two writers and three watchers for ten virtual minutes; answers the journal's digest and what each watcher saw.
fn run(seed: u64) -> (Digest, Vec<Vec<String>>) {
    let digest = DigestSink::default();
    let sink = digest.clone();
    let seen = virtual_run_with(
        seed,
        Progress::default(),
        |journal| journal.add_sink(sink),
        async |network: Network| {
            let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
            let process = network.process("kube-apiserver");
            process.listen(ADDRESS, Border::Kubernetes, server.service(), ApiServer::describe());
            let seen: Vec<Arc<Mutex<Vec<String>>>> = (0..3).map(|_| Arc::default()).collect();
            for (number, seen) in seen.iter().enumerate() {
                let watching = network.process(&format!("watcher-{number}"));
                let maps: Api<ConfigMap> = Api::default_namespaced(driver_host::kubernetes_client(watching.connect(ADDRESS)));
                let seen = Arc::clone(seen);
                watching.spawn("watch", async move {
                    let mut events = watcher(maps, watcher::Config::default()).applied_objects().boxed();
                    while let Some(Ok(map)) = events.next().await {
                        let (name, count) =
                            (map.metadata.name.unwrap(), map.data.unwrap_or_default().get("count").cloned().unwrap_or_default());
                        seen.lock().unwrap().push(format!("{name}={count}"));
                    }
                });
            }
            for number in 0..2 {
                let writing = network.process(&format!("writer-{number}"));
                let maps: Api<ConfigMap> = Api::default_namespaced(driver_host::kubernetes_client(writing.connect(ADDRESS)));
                writing.spawn("write", async move {
                    let name = format!("m-{number}");
                    maps.create(&PostParams::default(), &serde_json::from_value(map(&name)).unwrap()).await.unwrap();
                    for count in 1..=3 {
                        tokio::time::sleep(Duration::from_secs(100)).await;
                        let patch = Patch::Merge(json!({"data": {"count": count.to_string()}}));
                        maps.patch(&name, &PatchParams::default(), &patch).await.unwrap();
                    }
                });
            }
            tokio::time::sleep(Duration::from_secs(600)).await;
            let seen = seen.iter().map(|seen| seen.lock().unwrap().clone()).collect();
            network.end_all();
            seen
        },
    );
    (digest.digest(), seen)
}

#[test]
fn a_change_names_the_call_that_brought_it_about() {
    let sink = MemorySink::default();
    let journal = sink.clone();
    virtual_run_with(
        1,
        Progress::default(),
        |journal| journal.add_sink(sink),
        async |network: Network| {
            let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
            network.process("kube-apiserver").listen(ADDRESS, Border::Kubernetes, server.service(), ApiServer::describe());
            let maps: Api<ConfigMap> = Api::default_namespaced(driver_host::kubernetes_client(network.process("writer").connect(ADDRESS)));
            maps.create(&PostParams::default(), &serde_json::from_value(map("m")).unwrap()).await.unwrap();
            network.end_all();
        },
    );
    let entries = journal.entries();
    let sent = entries.iter().find(|entry| matches!(&entry.event, Event::Sent(call) if call.method == "create configmaps")).unwrap().seq;
    let cause = entries.iter().find_map(|entry| match &entry.event {
        Event::Change(change) if change.object == "configmaps/default/m" => change.cause.clone(),
        _ => None,
    });
    assert_eq!(cause, Some(sent.to_string()));
}

#[test]
fn a_seed_gives_one_journal_and_every_watcher_sees_every_write() {
    let (digest, seen) = run(5);
    for seen in &seen {
        for name in ["m-0", "m-1"] {
            let of: Vec<&String> = seen.iter().filter(|line| line.starts_with(name)).collect();
            assert!(of.ends_with(&[&format!("{name}=1"), &format!("{name}=2"), &format!("{name}=3")]), "{seen:?}");
        }
    }
    assert_eq!(run(5), (digest.clone(), seen));
    assert_ne!(run(6).0, digest);
}
