//! The items.

use serde_json::{Value, json};

use crate::server::Server;

const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";
const VOLUMES: &str = "/api/v1/persistentvolumes";
const NODES: &str = "/api/v1/nodes";
const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const PODS: &str = "/api/v1/namespaces/default/pods";
const ATTACHMENTS: &str = "/apis/storage.k8s.io/v1/volumeattachments";
const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

/// All items, one after the other on one cluster; each uses names of its own.
pub async fn all(server: &Server) {
    creation(server).await;
    generated_names(server).await;
    stale_versions(server).await;
    no_effect(server).await;
    finalizers(server).await;
    pods(server).await;
    status_of_attachments(server).await;
    json_patches(server).await;
    strategic_merge(server).await;
    apply(server).await;
    lists(server).await;
    field_selectors(server).await;
    forms(server).await;
}

fn claim(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gold", "resources": {"requests": {"storage": "1Gi"}}}})
}

fn volume(name: &str) -> Value {
    json!({"metadata": {"name": name}, "status": {"phase": "Bound"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "csi": {"driver": "csi.vsphere.vmware.com", "volumeHandle": "h"}}})
}

fn map(name: &str) -> Value {
    json!({"metadata": {"name": name}, "data": {"k": "v"}})
}

fn pod(name: &str, node: &str) -> Value {
    let mut pod = json!({"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "busybox"}]}});
    if !node.is_empty() {
        pod["spec"]["nodeName"] = node.into();
    }
    pod
}

/// 1: finalizers, defaults, phases; a status is dropped, a Node's is kept.
async fn creation(server: &Server) {
    let made = server.made(VOLUMES, &volume("i1")).await;
    assert_eq!(made["metadata"]["finalizers"], json!(["kubernetes.io/pv-protection"]));
    assert_eq!((&made["status"]["phase"], &made["spec"]["persistentVolumeReclaimPolicy"]), (&json!("Pending"), &json!("Retain")));
    assert_eq!((&made["spec"]["volumeMode"], &made["metadata"]["generation"]), (&json!("Filesystem"), &Value::Null));
    let made = server.made(CLAIMS, &claim("i1")).await;
    assert_eq!((&made["metadata"]["finalizers"], &made["status"]["phase"]), (&json!(["kubernetes.io/pvc-protection"]), &json!("Pending")));
    let node = json!({"metadata": {"name": "i1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let made = server.made(NODES, &node).await;
    assert_eq!(made["status"]["conditions"][0]["status"], "True");
}

/// 2: a base is cut to 58 characters, five are added.
async fn generated_names(server: &Server) {
    let made = server.made(MAPS, &json!({"metadata": {"generateName": "a".repeat(70)}})).await;
    assert_eq!(made["metadata"]["name"].as_str().unwrap().len(), 63);
    server.made(MAPS, &map("i2")).await;
    let (code, refused) = server.post(MAPS, &map("i2")).await;
    assert_eq!((code, &refused["message"]), (409, &json!("configmaps \"i2\" already exists")));
}

/// 3: stale versions; where a version must be sent.
async fn stale_versions(server: &Server) {
    let text = "Operation cannot be fulfilled on configmaps \"i3\": the object has been modified; please apply your changes to the latest version and try again";
    server.made(MAPS, &map("i3")).await;
    let mut stale = map("i3");
    stale["metadata"]["resourceVersion"] = "1".into();
    let one = format!("{MAPS}/i3");
    for (method, kind) in
        [("PUT", "application/json"), ("PATCH", "application/merge-patch+json"), ("PATCH", "application/strategic-merge-patch+json")]
    {
        let (code, refused) = server.call(method, &one, kind, &stale).await;
        assert_eq!((code, refused["message"].as_str()), (409, Some(text)), "{kind}");
    }
    assert_eq!(server.put(&one, &map("i3")).await.0, 200);
    let lease = json!({"metadata": {"name": "i3"}, "spec": {"holderIdentity": "x"}});
    assert_eq!(server.put(&format!("{LEASES}/i3"), &lease).await.0, 201, "a PUT creates a Lease");
    let (code, refused) = server.put(&format!("{LEASES}/i3"), &lease).await;
    assert_eq!(code, 422);
    assert!(
        refused["message"].as_str().unwrap().contains("metadata.resourceVersion: Invalid value: 0: must be specified for an update"),
        "{refused}"
    );
}

/// 4: what changes nothing keeps its version.
async fn no_effect(server: &Server) {
    let made = server.made(MAPS, &map("i4")).await;
    let (_, again) = server.merge(&format!("{MAPS}/i4"), &json!({"data": {"k": "v"}})).await;
    assert_eq!(again["metadata"]["resourceVersion"], made["metadata"]["resourceVersion"]);
}

/// 5: the life of a finalizer.
async fn finalizers(server: &Server) {
    let mut object = map("i5");
    object["metadata"]["finalizers"] = json!(["a.b/c"]);
    server.made(MAPS, &object).await;
    let one = format!("{MAPS}/i5");
    let (code, going) = server.delete(&one, &Value::Null).await;
    assert_eq!((code, going["metadata"]["deletionGracePeriodSeconds"].as_i64()), (200, Some(0)));
    let (code, refused) = server.post(MAPS, &map("i5")).await;
    assert_eq!((code, &refused["message"]), (409, &json!("object is being deleted: configmaps \"i5\" already exists")));
    let (code, _) = server.merge(&one, &json!({"metadata": {"finalizers": ["a.b/c", "d.e/f"]}})).await;
    assert_eq!(code, 422);
    assert_eq!(server.merge(&one, &json!({"metadata": {"finalizers": null}})).await.0, 200);
    assert_eq!(server.get(&one).await.0, 404);
}

/// 6: grace of pods.
async fn pods(server: &Server) {
    server.made(PODS, &pod("i6-free", "")).await;
    server.delete(&format!("{PODS}/i6-free"), &Value::Null).await;
    assert_eq!(server.get(&format!("{PODS}/i6-free")).await.0, 404, "nobody runs it");
    server.made(PODS, &pod("i6", "i1")).await;
    let one = format!("{PODS}/i6");
    for (asked, grace) in [(Value::Null, 30), (json!({"gracePeriodSeconds": 10}), 10), (json!({"gracePeriodSeconds": 60}), 10)] {
        let (code, going) = server.delete(&one, &asked).await;
        assert_eq!((code, going["metadata"]["deletionGracePeriodSeconds"].as_i64()), (200, Some(grace)), "{asked}");
    }
    let (code, _) = server.delete(&one, &json!({"gracePeriodSeconds": 0, "preconditions": {"uid": "other"}})).await;
    assert_eq!(code, 409);
    server.delete(&one, &json!({"gracePeriodSeconds": 0})).await;
    assert_eq!(server.get(&one).await.0, 404);
}

/// 7: `/status` of an attachment ignores metadata, that of a Node keeps it.
async fn status_of_attachments(server: &Server) {
    let attachment =
        json!({"metadata": {"name": "i7"}, "spec": {"attacher": "d", "nodeName": "n", "source": {"persistentVolumeName": "v"}}});
    server.made(ATTACHMENTS, &attachment).await;
    let patch = json!({"metadata": {"annotations": {"a": "b"}}, "status": {"attached": true}});
    let (code, after) = server.merge(&format!("{ATTACHMENTS}/i7/status"), &patch).await;
    assert_eq!((code, &after["status"]["attached"], &after["metadata"]["annotations"]), (200, &json!(true), &Value::Null));
    let (_, after) = server
        .merge(&format!("{NODES}/i1/status"), &json!({"metadata": {"annotations": {"a": "b"}}, "status": {"phase": "Running"}}))
        .await;
    assert_eq!(after["metadata"]["annotations"]["a"], "b");
}

/// 8: what JSON patches may do here.
async fn json_patches(server: &Server) {
    server.made(MAPS, &map("i8")).await;
    let table = [
        (json!([{"op": "replace", "path": "/metadata/annotations", "value": {"a": "b"}}]), 200),
        (json!([{"op": "test", "path": "/metadata/finalizers", "value": null}]), 200),
        (json!([{"op": "remove", "path": "/data/absent"}]), 422),
        (json!([{"op": "test", "path": "/data/k", "value": "other"}]), 422),
    ];
    for (patch, expected) in table {
        let (code, answer) = server.call("PATCH", &format!("{MAPS}/i8"), "application/json-patch+json", &patch).await;
        assert_eq!(code, expected, "{patch}: {answer}");
    }
}

/// 9: lists under strategic merge.
async fn strategic_merge(server: &Server) {
    let smp = "application/strategic-merge-patch+json";
    let node =
        json!({"metadata": {"name": "i9", "finalizers": ["a.b/1", "a.b/2"]}, "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}});
    server.made(NODES, &node).await;
    let patch =
        json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a.b/1"]}, "spec": {"taints": [{"key": "b", "effect": "NoExecute"}]}});
    let (_, after) = server.call("PATCH", &format!("{NODES}/i9"), smp, &patch).await;
    assert_eq!(
        (&after["metadata"]["finalizers"], &after["spec"]["taints"]),
        (&json!(["a.b/2"]), &json!([{"key": "b", "effect": "NoExecute"}]))
    );
    let status = |patch: Value| async move { server.call("PATCH", &format!("{NODES}/i9/status"), smp, &patch).await.1["status"].clone() };
    status(json!({"status": {"conditions": [{"type": "A", "status": "True"}], "addresses": [{"type": "Hostname", "address": "h"}]}})).await;
    let after = status(json!({"status": {"conditions": [{"type": "B", "status": "True"}], "addresses": [{"$patch": "replace"}, {"type": "InternalIP", "address": "1.2.3.4"}]}})).await;
    let kinds: std::collections::BTreeSet<&str> =
        after["conditions"].as_array().unwrap().iter().filter_map(|condition| condition["type"].as_str()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<&str>>(), ["A", "B"]);
    assert_eq!(after["addresses"], json!([{"type": "InternalIP", "address": "1.2.3.4"}]));
}

/// 10: server-side apply.
async fn apply(server: &Server) {
    let apply = |query: &'static str, data: Value| async move {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "i10"}, "data": data});
        server.call("PATCH", &format!("{MAPS}/i10?{query}"), "application/apply-patch+yaml", &object).await
    };
    assert_eq!(apply("fieldManager=a", json!({"k": "v", "j": "1"})).await.0, 201);
    let (code, refused) = apply("fieldManager=b", json!({"k": "w"})).await;
    assert_eq!((code, &refused["message"]), (409, &json!("Apply failed with 1 conflict: conflict with \"a\": .data.k")));
    assert_eq!(refused["details"]["causes"][0]["reason"], "FieldManagerConflict");
    assert_eq!(apply("fieldManager=b&force=true", json!({"k": "w"})).await.0, 200);
    let (_, after) = apply("fieldManager=a", json!({})).await;
    assert_eq!(after["data"], json!({"k": "w"}));
    assert_eq!(apply("", json!({})).await.0, 422);
}

/// 12 to 14: versions, pages, and options that do not go together.
async fn lists(server: &Server) {
    let of = |query: &str| format!("{MAPS}?{query}");
    let (code, refused) = server.get(&of("resourceVersion=99999999")).await;
    assert_eq!((code, &refused["details"]["causes"][0]["reason"]), (504, &json!("ResourceVersionTooLarge")));
    assert_eq!(server.get(&of("resourceVersion=x")).await.0, 400);
    assert_eq!(server.get(&of("sendInitialEvents=true")).await.0, 422);
    assert_eq!(server.get(&of("watch=1&sendInitialEvents=true")).await.0, 422);
    assert_eq!(server.get(&of("continue=broken")).await.0, 400);
    let (_, whole) = server.get(MAPS).await;
    let (_, page) = server.get(&of("limit=1")).await;
    let left = whole["items"].as_array().unwrap().len() - 1;
    assert_eq!(page["metadata"]["remainingItemCount"].as_u64(), Some(left as u64));
    let (_, rest) = server.get(&of(&format!("limit=500&continue={}", page["metadata"]["continue"].as_str().unwrap()))).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), left);
}

/// 15: the two texts for fields that cannot be selected by.
async fn field_selectors(server: &Server) {
    let (code, refused) = server.get(&format!("{PODS}?fieldSelector=spec.nothing%3Dx")).await;
    assert_eq!((code, refused["message"].as_str().unwrap().contains("field label not supported: spec.nothing")), (400, true), "{refused}");
    let (code, refused) = server.get(&format!("{MAPS}?fieldSelector=data%3Dx")).await;
    assert!(
        code == 400
            && refused["message"]
                .as_str()
                .unwrap()
                .contains("is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
        "{refused}"
    );
}

/// 18: forms that are not spoken.
async fn forms(server: &Server) {
    assert_eq!(server.call("PATCH", &format!("{MAPS}/i8"), "text/plain", &json!({})).await.0, 415);
    assert_eq!(server.call("POST", MAPS, "text/plain", &json!({})).await.0, 415);
}
