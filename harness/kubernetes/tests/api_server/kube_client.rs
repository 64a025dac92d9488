//! kube's own client and watcher against the server.

use futures::StreamExt;
use k8s_openapi::api::core::v1::{ConfigMap, Node, PersistentVolumeClaim, Pod};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams, PostParams};
use kube::runtime::watcher;
use serde_json::json;

use std::time::Duration;

use crate::support::*;

fn read<T: serde::de::DeserializeOwned>(object: serde_json::Value) -> T {
    serde_json::from_value(object).unwrap()
}

#[tokio::test(start_paused = true)]
async fn kube_creates_reads_patches_lists_and_deletes() {
    let cluster = Cluster::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(cluster.client());
    let made = maps.create(&PostParams::default(), &read(map("m"))).await.unwrap();
    assert_eq!(maps.get("m").await.unwrap(), made);
    let patched = maps.patch("m", &PatchParams::default(), &Patch::Merge(json!({"data": {"k": "w"}}))).await.unwrap();
    assert_eq!(patched.data.unwrap()["k"], "w");
    let mut stale = made.clone();
    stale.data = None;
    let conflict = maps.replace("m", &PostParams::default(), &stale).await.unwrap_err();
    assert!(matches!(conflict, kube::Error::Api(status) if status.code == 409 && status.reason == "Conflict"));
    assert_eq!(maps.list(&ListParams::default().limit(1)).await.unwrap().items.len(), 1);
    assert_eq!(maps.list_metadata(&ListParams::default()).await.unwrap().items[0].metadata.name.as_deref(), Some("m"));
    assert!(maps.delete("m", &DeleteParams::default()).await.unwrap().is_right());
    assert!(maps.get_opt("m").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn kube_binds_pods_and_writes_status() {
    let cluster = Cluster::new();
    let nodes: Api<Node> = Api::all(cluster.client());
    nodes.create(&PostParams::default(), &read(node("n"))).await.unwrap();
    let condition = json!({"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Gone"}]}});
    let after = nodes.patch_status("n", &PatchParams::default(), &Patch::Strategic(condition)).await.unwrap();
    assert_eq!(after.status.unwrap().conditions.unwrap()[0].status, "False");
    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    pods.create(&PostParams::default(), &read(pod("p"))).await.unwrap();
    let binding = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"}, "target": {"name": "n"}});
    let _status: serde_json::Value = pods.create_subresource("binding", "p", &PostParams::default(), &binding).await.unwrap();
    let bound = pods.get("p").await.unwrap();
    assert_eq!(bound.spec.unwrap().node_name.as_deref(), Some("n"));
    let going = pods.delete("p", &DeleteParams::default()).await.unwrap().left().unwrap();
    assert!(going.metadata.deletion_timestamp.is_some());
    pods.delete("p", &DeleteParams::default().grace_period(0)).await.unwrap();
    assert!(pods.get_opt("p").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn kube_uses_a_custom_resource() {
    let cluster = Cluster::new();
    let definitions: Api<CustomResourceDefinition> = Api::all(cluster.client());
    let definition = json!({"metadata": {"name": "things.example.com"}, "spec": {
        "group": "example.com", "scope": "Cluster", "names": {"plural": "things", "kind": "Thing"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}});
    definitions.create(&PostParams::default(), &read(definition)).await.unwrap();
    let kind = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("example.com", "v1", "Thing"), "things");
    let things: Api<DynamicObject> = Api::all_with(cluster.client(), &kind);
    let thing = DynamicObject::new("t", &kind).data(json!({"any": [1, 2]}));
    let made = things.create(&PostParams::default(), &thing).await.unwrap();
    assert_eq!(made.data["any"], json!([1, 2]));
    assert_eq!(things.list(&ListParams::default()).await.unwrap().items.len(), 1);
}

/// A watcher's event in a few words.
fn told(event: Result<watcher::Event<PersistentVolumeClaim>, watcher::Error>) -> String {
    let name = |claim: PersistentVolumeClaim| claim.metadata.name.unwrap();
    match event {
        Ok(watcher::Event::Init) => "init".to_owned(),
        Ok(watcher::Event::InitDone) => "init done".to_owned(),
        Ok(watcher::Event::InitApply(claim)) => format!("init apply {}", name(claim)),
        Ok(watcher::Event::Apply(claim)) => format!("apply {}", name(claim)),
        Ok(watcher::Event::Delete(claim)) => format!("delete {}", name(claim)),
        Err(error) => format!("error: {error}"),
    }
}

#[tokio::test(start_paused = true)]
async fn kubes_watcher_follows_through_ended_watches_and_lost_history() {
    let cluster = Cluster::new();
    let claims: Api<PersistentVolumeClaim> = Api::default_namespaced(cluster.client());
    let create = async |name: &str| drop(claims.create(&PostParams::default(), &read(claim(name))).await.unwrap());
    create("a").await;
    let mut events = Box::pin(watcher(claims.clone(), watcher::Config::default().timeout(10)));
    let mut lines = Vec::new();
    for _ in 0..3 {
        lines.push(told(events.next().await.unwrap()));
    }
    // Three watches end by their time before anything happens.
    let later = async {
        tokio::time::sleep(Duration::from_secs(35)).await;
        create("b").await;
    };
    lines.push(told(futures::future::join(events.next(), later).await.0.unwrap()));
    create("c").await;
    cluster.server.forget_history();
    while lines.last().is_none_or(|line| line != "init done") {
        lines.push(told(events.next().await.unwrap()));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
