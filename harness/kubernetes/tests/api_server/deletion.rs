//! Checklist 5 and 6: finalizers, grace, preconditions, namespaces.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn a_finalizer_holds_an_object_until_it_is_taken_off() {
    let cluster = Cluster::new();
    let made = cluster.made(CLAIMS, &claim("c")).await;
    let mut watch = cluster.watch(&format!("{CLAIMS}?watch=true&resourceVersion={}", version(&made))).await;
    let path = format!("{CLAIMS}/c");
    let (code, deleting) = cluster.delete(&path, &Value::Null).await;
    assert_eq!((code, &deleting["metadata"]["deletionGracePeriodSeconds"]), (200, &json!(0)));
    assert_eq!(deleting["metadata"]["deletionTimestamp"], "2030-01-01T00:00:00Z");
    let (code, again) = cluster.delete(&path, &Value::Null).await;
    assert_eq!((code, version(&again)), (200, version(&deleting)));
    let (code, status) = cluster.post(CLAIMS, &claim("c")).await;
    assert_eq!((code, status["message"].as_str()), (409, Some("object is being deleted: persistentvolumeclaims \"c\" already exists")));
    let more = json!({"metadata": {"finalizers": ["kubernetes.io/pvc-protection", "example.com/late"]}});
    let (code, status) = cluster.merge(&path, &more).await;
    assert_eq!(code, 422);
    insta::assert_json_snapshot!(status);
    let (code, last) = cluster.merge(&path, &json!({"metadata": {"finalizers": null}})).await;
    assert_eq!((code, last["kind"].as_str()), (200, Some("PersistentVolumeClaim")));
    assert_eq!(cluster.get(&path).await.0, 404);
    let told = watch.now().await;
    let deletion: u64 = version(&deleting).parse().unwrap();
    assert_eq!(told, [format!("MODIFIED c@{deletion}"), format!("DELETED c@{}", deletion + 1)]);
}

#[tokio::test(start_paused = true)]
async fn deletion_answers_the_object_or_a_status() {
    let cluster = Cluster::new();
    let table = [
        (MAPS, map("x"), "Status"),
        (SETS, set("x"), "Status"),
        (PODS, pod("x"), "Pod"),
        (CLASSES, class("x"), "StorageClass"),
        (ATTACHMENTS, attachment("x"), "VolumeAttachment"),
    ];
    for (path, object, kind) in table {
        cluster.made(path, &object).await;
        let (code, answer) = cluster.delete(&format!("{path}/x"), &Value::Null).await;
        assert_eq!((code, answer["kind"].as_str()), (200, Some(kind)));
        if kind == "Status" {
            assert_eq!((answer["status"].as_str(), answer["details"]["name"].as_str()), (Some("Success"), Some("x")));
        }
        assert_eq!(cluster.get(&format!("{path}/x")).await.0, 404);
    }
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_pod_is_given_its_grace() {
    let cluster = Cluster::new();
    let path = format!("{PODS}/p");
    cluster.made(PODS, &bound_pod("p", "n")).await;
    let times = |pod: &Value| {
        (pod["metadata"]["deletionTimestamp"].as_str().unwrap().to_owned(), pod["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap())
    };
    let (_, first) = cluster.delete(&path, &Value::Null).await;
    assert_eq!(times(&first), ("2030-01-01T00:00:30Z".to_owned(), 30));
    assert_eq!(first["metadata"]["generation"], 2);
    tokio::time::advance(Duration::from_secs(5)).await;
    let (_, longer) = cluster.delete(&path, &json!({"gracePeriodSeconds": 60})).await;
    assert_eq!(version(&longer), version(&first), "a longer grace is ignored");
    let (_, same) = cluster.delete(&path, &Value::Null).await;
    assert_eq!(version(&same), version(&first));
    let (_, shorter) = cluster.delete(&path, &json!({"gracePeriodSeconds": 10})).await;
    assert_eq!(times(&shorter), ("2030-01-01T00:00:10Z".to_owned(), 10));
    let uid = shorter["metadata"]["uid"].as_str().unwrap();
    let (code, status) = cluster.delete(&path, &json!({"gracePeriodSeconds": 0, "preconditions": {"uid": "other"}})).await;
    assert_eq!(code, 409);
    assert!(status["message"].as_str().unwrap().contains("the UID in the precondition (other) does not match the UID in record"));
    let (code, gone) = cluster.delete(&path, &json!({"gracePeriodSeconds": 0, "preconditions": {"uid": uid}})).await;
    assert_eq!((code, gone["kind"].as_str()), (200, Some("Pod")));
    assert_eq!(cluster.get(&path).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn an_unscheduled_or_finished_pod_goes_at_once() {
    let cluster = Cluster::new();
    cluster.made(PODS, &pod("waiting")).await;
    for (name, phase) in [("failed", "Failed"), ("done", "Succeeded")] {
        cluster.made(PODS, &bound_pod(name, "n")).await;
        cluster.merge(&format!("{PODS}/{name}/status"), &json!({"status": {"phase": phase}})).await;
    }
    for name in ["waiting", "failed", "done"] {
        cluster.delete(&format!("{PODS}/{name}"), &json!({"gracePeriodSeconds": 100})).await;
        assert_eq!(cluster.get(&format!("{PODS}/{name}")).await.0, 404, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pod_with_a_finalizer_outlives_its_grace() {
    let cluster = Cluster::new();
    let mut held = bound_pod("p", "n");
    held["metadata"]["finalizers"] = json!(["example.com/hold"]);
    cluster.made(PODS, &held).await;
    let path = format!("{PODS}/p");
    cluster.delete(&path, &json!({"gracePeriodSeconds": 0})).await;
    assert_eq!(cluster.get(&path).await.1["metadata"]["deletionGracePeriodSeconds"], 0);
    cluster.merge(&path, &json!({"metadata": {"finalizers": []}})).await;
    assert_eq!(cluster.get(&path).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn propagation_is_written_as_a_finalizer() {
    let cluster = Cluster::new();
    for (policy, finalizer) in [("Foreground", "foregroundDeletion"), ("Orphan", "orphan")] {
        cluster.made(MAPS, &map("m")).await;
        let (_, object) = cluster.delete(&format!("{MAPS}/m"), &json!({"propagationPolicy": policy})).await;
        assert_eq!(object["metadata"]["finalizers"], json!([finalizer]));
        cluster.merge(&format!("{MAPS}/m"), &json!({"metadata": {"finalizers": null}})).await;
    }
    cluster.made(MAPS, &map("m")).await;
    cluster.delete(&format!("{MAPS}/m?propagationPolicy=Background"), &Value::Null).await;
    assert_eq!(cluster.get(&format!("{MAPS}/m")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_collection_is_deleted_by_selector() {
    let cluster = Cluster::new();
    for (name, app) in [("a", "x"), ("b", "y"), ("c", "x")] {
        let mut object = map(name);
        object["metadata"]["labels"] = json!({"app": app});
        cluster.made(MAPS, &object).await;
    }
    let (code, list) = cluster.delete(&format!("{MAPS}?labelSelector=app%3Dx"), &Value::Null).await;
    assert_eq!((code, list["items"].as_array().unwrap().len()), (200, 2));
    let (_, rest) = cluster.get(MAPS).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_namespace_terminates_and_goes_when_finalized() {
    let cluster = Cluster::new();
    cluster.made("/api/v1/namespaces", &json!({"metadata": {"name": "team"}})).await;
    let (code, status) = cluster.delete("/api/v1/namespaces/default", &Value::Null).await;
    assert_eq!((code, status["message"].as_str()), (403, Some("namespaces \"default\" is forbidden: this namespace may not be deleted")));
    let (_, going) = cluster.delete("/api/v1/namespaces/team", &Value::Null).await;
    assert_eq!((&going["status"]["phase"], &going["spec"]["finalizers"]), (&json!("Terminating"), &json!(["kubernetes"])));
    let (code, status) = cluster.post("/api/v1/namespaces/team/configmaps", &map("late")).await;
    assert_eq!((code, status["details"]["causes"][0]["reason"].as_str()), (403, Some("NamespaceTerminating")));
    let mut finalized = going.clone();
    finalized["spec"] = json!({"finalizers": []});
    assert_eq!(cluster.put("/api/v1/namespaces/team/finalize", &finalized).await.0, 200);
    assert_eq!(cluster.get("/api/v1/namespaces/team").await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn an_eviction_is_a_graceful_deletion() {
    let cluster = Cluster::new();
    cluster.made(PODS, &bound_pod("p", "n")).await;
    let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}});
    assert_eq!(cluster.post(&format!("{PODS}/p/eviction"), &eviction).await.0, 201);
    assert_eq!(cluster.get(&format!("{PODS}/p")).await.1["metadata"]["deletionGracePeriodSeconds"], 30);
}
