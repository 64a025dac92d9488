//! Checklist 8 and 9 over HTTP; the pure rules have tables of their own beside the code.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn json_patches_follow_the_loose_rules() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    let table = [
        (json!([{"op": "replace", "path": "/metadata/annotations", "value": {"a": "1"}}]), 200),
        (
            json!([{"op": "test", "path": "/metadata/finalizers", "value": null}, {"op": "add", "path": "/metadata/finalizers", "value": ["example.com/f"]}]),
            200,
        ),
        (json!([{"op": "remove", "path": "/metadata/labels"}]), 422),
        (json!([{"op": "test", "path": "/data/k", "value": "other"}]), 422),
        (json!({"op": "add"}), 400),
        (json!([{"op": "replace", "path": "/metadata/name", "value": "other"}]), 400),
        (Value::Array(vec![json!({"op": "test", "path": "/data/k", "value": "v"}); 10_001]), 413),
    ];
    for (patch, expected) in table {
        let (code, answer) = cluster.call("PATCH", &format!("{MAPS}/m"), "application/json-patch+json", &patch).await;
        assert_eq!(code, expected, "{answer}");
        if code == 422 {
            assert_eq!(
                (answer["reason"].as_str(), answer["message"].as_str()),
                (Some("Invalid"), Some("the server rejected our request due to an error in our request"))
            );
        }
    }
    let (_, after) = cluster.get(&format!("{MAPS}/m")).await;
    assert_eq!((&after["metadata"]["annotations"], &after["metadata"]["finalizers"]), (&json!({"a": "1"}), &json!(["example.com/f"])));
}

#[tokio::test(start_paused = true)]
async fn strategic_patches_merge_what_has_keys() {
    let cluster = Cluster::new();
    let mut made = node("n");
    made["metadata"]["finalizers"] = json!(["a/b", "c/d"]);
    made["status"]["addresses"] = json!([{"type": "InternalIP", "address": "10.0.0.1"}]);
    cluster.made(NODES, &made).await;
    let patch = json!({
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["a/b"]},
        "spec": {"taints": [{"key": "t", "effect": "NoExecute"}]},
        "status": {
            "conditions": [{"type": "DiskPressure", "status": "False"}],
            "addresses": [{"type": "Hostname", "address": "h"}, {"$patch": "replace"}],
        },
    });
    for path in [format!("{NODES}/n"), format!("{NODES}/n/status")] {
        let (code, answer) = cluster.call("PATCH", &path, "application/strategic-merge-patch+json", &patch).await;
        assert_eq!(code, 200, "{answer}");
    }
    let (_, after) = cluster.get(&format!("{NODES}/n")).await;
    assert_eq!(after["metadata"]["finalizers"], json!(["c/d"]));
    assert_eq!(after["spec"]["taints"], json!([{"key": "t", "effect": "NoExecute"}]));
    assert_eq!(after["status"]["addresses"], json!([{"type": "Hostname", "address": "h"}]));
    let kinds: Vec<&Value> = after["status"]["conditions"].as_array().unwrap().iter().map(|condition| &condition["type"]).collect();
    assert_eq!(kinds, ["Ready", "DiskPressure"]);
}

#[tokio::test(start_paused = true)]
async fn unknown_patch_types_are_refused_with_the_accepted_ones() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    for kind in ["application/apply-patch+cbor", "text/plain", "application/json"] {
        let (code, status) = cluster.call("PATCH", &format!("{MAPS}/m"), kind, &json!({})).await;
        assert_eq!((code, status["reason"].as_str()), (415, Some("UnsupportedMediaType")), "{kind}");
    }
}
