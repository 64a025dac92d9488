//! Checklist 3, 4 and 11: conflicts, writes without effect, what never changes.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn a_stale_version_is_a_conflict_in_every_kind_of_write() {
    let cluster = Cluster::new();
    let old = cluster.made(MAPS, &map("a")).await;
    cluster.merge(&format!("{MAPS}/a"), &json!({"data": {"k": "w"}})).await;
    let stale = json!({"metadata": {"resourceVersion": version(&old)}, "data": {"k": "x"}});
    let steps = json!([{"op": "replace", "path": "/metadata/resourceVersion", "value": version(&old)}]);
    let table = [
        ("PUT", "application/json", &old),
        ("PATCH", "application/merge-patch+json", &stale),
        ("PATCH", "application/strategic-merge-patch+json", &stale),
        ("PATCH", "application/json-patch+json", &steps),
    ];
    for (method, kind, body) in table {
        let (code, status) = cluster.call(method, &format!("{MAPS}/a"), kind, body).await;
        assert_eq!(code, 409, "{method} {kind}");
        assert_eq!(
            status["message"],
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn some_kinds_want_a_version_in_a_put() {
    let cluster = Cluster::new();
    let lease = json!({"metadata": {"name": "x"}, "spec": {"holderIdentity": "me"}});
    let table = [
        (VOLUMES, volume("x"), 200),
        (CLAIMS, claim("x"), 200),
        (NODES, node("x"), 200),
        (CLASSES, class("x"), 200),
        (ATTACHMENTS, attachment("x"), 422),
        (CSI_NODES, csi_node("x"), 422),
        (LEASES, lease, 422),
    ];
    for (path, object, expected) in table {
        cluster.made(path, &object).await;
        let (code, answer) = cluster.put(&format!("{path}/x"), &object).await;
        assert_eq!(code, expected, "{path} {answer}");
        if code == 422 {
            assert!(
                answer["message"]
                    .as_str()
                    .unwrap()
                    .ends_with("metadata.resourceVersion: Invalid value: 0: must be specified for an update")
            );
        }
    }
    let pod_as_made = cluster.made(PODS, &pod("x")).await;
    let mut unversioned = pod_as_made.clone();
    unversioned["metadata"].as_object_mut().unwrap().remove("resourceVersion");
    assert_eq!(cluster.put(&format!("{PODS}/x"), &unversioned).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_put_on_an_absent_lease_creates_it_and_on_an_absent_map_does_not() {
    let cluster = Cluster::new();
    assert_eq!(cluster.put(&format!("{LEASES}/x"), &json!({"metadata": {"name": "x"}, "spec": {}})).await.0, 201);
    assert_eq!(cluster.put(&format!("{MAPS}/x"), &map("x")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_effect_makes_no_version_and_no_event() {
    let cluster = Cluster::new();
    let made = cluster.made(NODES, &node("n")).await;
    let mut watch = cluster.watch(&format!("{NODES}?watch=true&resourceVersion={}", version(&made))).await;
    let (_, put) = cluster.put(&format!("{NODES}/n"), &made).await;
    let (_, patched) = cluster.merge(&format!("{NODES}/n"), &json!({"metadata": {"labels": {}, "finalizers": []}})).await;
    let (_, status) =
        cluster.merge(&format!("{NODES}/n/status"), &json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}})).await;
    for answer in [put, patched, status] {
        assert_eq!(version(&answer), version(&made));
    }
    assert!(watch.now().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_uid_is_refused() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("a")).await;
    let mut other = map("a");
    other["metadata"]["uid"] = "other".into();
    let (code, status) = cluster.put(&format!("{MAPS}/a"), &other).await;
    assert_eq!((code, status["reason"].as_str()), (409, Some("Conflict")));
    let (code, status) = cluster.merge(&format!("{MAPS}/a"), &json!({"metadata": {"uid": "other"}})).await;
    assert_eq!(
        (code, status["message"].as_str()),
        (422, Some("ConfigMap \"a\" is invalid: metadata.uid: Invalid value: \"other\": field is immutable"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_never_changes_is_refused_with_its_field() {
    let cluster = Cluster::new();
    cluster.made(VOLUMES, &volume("v")).await;
    let mut near = volume("near");
    near["spec"]["nodeAffinity"] =
        json!({"required": {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]}});
    cluster.made(VOLUMES, &near).await;
    cluster.made(CLAIMS, &claim("c")).await;
    cluster.made(CLASSES, &class("s")).await;
    cluster.made(ATTACHMENTS, &attachment("a")).await;
    cluster.made(CSI_NODES, &csi_node("n")).await;
    cluster.made(PODS, &pod("p")).await;
    cluster.made(SETS, &set("w")).await;
    cluster.made("/apis/storage.k8s.io/v1/csidrivers", &json!({"metadata": {"name": "d"}, "spec": {}})).await;
    let table = vec![
        (format!("{VOLUMES}/v"), json!({"spec": {"csi": {"volumeHandle": "other"}}})),
        (format!("{VOLUMES}/v"), json!({"spec": {"csi": {"controllerExpandSecretRef": {"name": "s", "namespace": "d"}}}})),
        (format!("{VOLUMES}/v"), json!({"spec": {"volumeMode": "Block"}})),
        (format!("{VOLUMES}/v"), json!({"spec": {"capacity": {"storage": "2Gi"}}})),
        (format!("{VOLUMES}/near"), json!({"spec": {"nodeAffinity": null}})),
        (format!("{CLAIMS}/c"), json!({"spec": {"accessModes": ["ReadWriteMany"]}})),
        (format!("{CLAIMS}/c"), json!({"spec": {"volumeName": "v"}})),
        (format!("{CLAIMS}/c"), json!({"spec": {"volumeName": "other"}})),
        (format!("{CLAIMS}/c"), json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}})),
        (format!("{CLASSES}/s"), json!({"provisioner": "other"})),
        (format!("{CLASSES}/s"), json!({"parameters": {"a": "b"}})),
        (format!("{CLASSES}/s"), json!({"reclaimPolicy": "Retain"})),
        (format!("{CLASSES}/s"), json!({"volumeBindingMode": "WaitForFirstConsumer"})),
        (format!("{CLASSES}/s"), json!({"allowVolumeExpansion": true})),
        (format!("{ATTACHMENTS}/a"), json!({"spec": {"nodeName": "other"}})),
        (format!("{CSI_NODES}/n"), json!({"spec": {"drivers": [{"name": "d", "nodeID": "other"}]}})),
        (
            format!("{CSI_NODES}/n"),
            json!({"spec": {"drivers": [{"name": "d", "nodeID": "i", "topologyKeys": [], "allocatable": {"count": 9}}]}}),
        ),
        ("/apis/storage.k8s.io/v1/csidrivers/d".to_owned(), json!({"spec": {"attachRequired": false}})),
        (format!("{PODS}/p"), json!({"spec": {"nodeName": "n"}})),
        (format!("{PODS}/p"), json!({"spec": {"activeDeadlineSeconds": 5}})),
        (format!("{SETS}/w"), json!({"spec": {"serviceName": "other"}})),
        (format!("{SETS}/w"), json!({"spec": {"replicas": 3}})),
    ];
    let mut told = Vec::new();
    for (path, patch) in table {
        let (code, answer) = cluster.merge(&path, &patch).await;
        let message = answer["message"].as_str().unwrap_or("");
        told.push(format!("{patch} -> {code} {message}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_bound_claim_grows_only_where_its_class_allows_it() {
    let cluster = Cluster::new();
    for (allowed, code) in [(false, 403), (true, 200)] {
        let name = format!("c-{allowed}");
        let mut gold = class(&format!("s-{allowed}"));
        gold["allowVolumeExpansion"] = allowed.into();
        cluster.made(CLASSES, &gold).await;
        let mut wanted = claim(&name);
        wanted["spec"]["storageClassName"] = format!("s-{allowed}").into();
        cluster.made(CLAIMS, &wanted).await;
        let bound = json!({"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}});
        cluster.merge(&format!("{CLAIMS}/{name}/status"), &bound).await;
        let size = |size: &str| json!({"spec": {"resources": {"requests": {"storage": size}}}});
        assert_eq!(cluster.merge(&format!("{CLAIMS}/{name}"), &size("3Gi")).await.0, code);
        let shrink = if allowed { 200 } else { 403 };
        assert_eq!(cluster.merge(&format!("{CLAIMS}/{name}"), &size("2Gi")).await.0, shrink, "still more than the capacity");
        let (code, status) = cluster.merge(&format!("{CLAIMS}/{name}"), &size("500Mi")).await;
        assert_eq!(code, 422);
        assert!(status["message"].as_str().unwrap().contains("field can not be less than status.capacity"), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn generation_follows_the_spec() {
    let cluster = Cluster::new();
    cluster.made(SETS, &set("w")).await;
    let generation = |object: &Value| object["metadata"]["generation"].as_i64().unwrap();
    let (_, labelled) = cluster.merge(&format!("{SETS}/w"), &json!({"metadata": {"labels": {"a": "b"}}})).await;
    assert_eq!(generation(&labelled), 1);
    let (_, scaled) = cluster.merge(&format!("{SETS}/w"), &json!({"spec": {"replicas": 3}})).await;
    assert_eq!(generation(&scaled), 2);
    let (_, reported) = cluster.merge(&format!("{SETS}/w/status"), &json!({"status": {"replicas": 3, "observedGeneration": 2}})).await;
    assert_eq!(generation(&reported), 2);
}

#[tokio::test(start_paused = true)]
async fn the_scale_of_a_set_is_read_and_written() {
    let cluster = Cluster::new();
    cluster.made(SETS, &set("w")).await;
    let (_, scale) = cluster.get(&format!("{SETS}/w/scale")).await;
    assert_eq!((&scale["spec"]["replicas"], &scale["status"]["selector"]), (&json!(1), &json!("app=a")));
    let mut more = scale.clone();
    more["spec"]["replicas"] = 4.into();
    assert_eq!(cluster.put(&format!("{SETS}/w/scale"), &more).await.1["spec"]["replicas"], 4);
    assert_eq!(cluster.put(&format!("{SETS}/w/scale"), &scale).await.0, 409);
    assert_eq!(cluster.merge(&format!("{SETS}/w/scale"), &json!({"spec": {"replicas": 2}})).await.1["kind"], "Scale");
    assert_eq!(cluster.get(&format!("{SETS}/w")).await.1["spec"]["replicas"], 2);
    assert_eq!(cluster.get(&format!("{MAPS}/w/scale")).await.0, 404);
}
