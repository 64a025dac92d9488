//! Custom resources: definitions, pruning, defaults, generation, status.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::*;

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const THINGS: &str = "/apis/example.com/v1/namespaces/default/things";

fn definition() -> Value {
    let schema = json!({"type": "object", "properties": {
        "spec": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}, "mode": {"type": "string", "default": "fast"}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}});
    json!({"metadata": {"name": "things.example.com"}, "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing", "shortNames": ["th"]},
        "versions": [
            {"name": "v1beta1", "served": true, "storage": false, "schema": {"openAPIV3Schema": schema}},
            {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}},
             "selectableFields": [{"jsonPath": ".spec.mode"}]}]}})
}

fn thing(name: &str) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": name}, "spec": {"size": 1, "unknown": true}, "status": {"x": 1}})
}

#[tokio::test(start_paused = true)]
async fn a_definition_is_named_then_established_then_served() {
    let cluster = Cluster::new();
    assert_eq!(cluster.get(THINGS).await.0, 404);
    cluster.made(DEFINITIONS, &definition()).await;
    let mut watch = cluster.watch(&format!("{DEFINITIONS}?watch=1&resourceVersion=4")).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let event = watch.next().await.unwrap();
        let conditions = event["object"]["status"]["conditions"].as_array().unwrap();
        seen.push(conditions.iter().map(|condition| condition["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(","));
    }
    assert_eq!(seen, ["", "NamesAccepted", "NamesAccepted,Established"]);
    let (code, list) = cluster.get(THINGS).await;
    assert_eq!((code, &list["kind"], &list["apiVersion"]), (200, &json!("ThingList"), &json!("example.com/v1")));
    let (_, groups) = cluster.get("/apis/example.com").await;
    assert_eq!(groups["preferredVersion"]["version"], "v1");
    let (_, resources) = cluster.get("/apis/example.com/v1").await;
    assert_eq!(resources["resources"][0]["shortNames"], json!(["th"]));
    assert_eq!(resources["resources"][1]["name"], "things/status");
}

#[tokio::test(start_paused = true)]
async fn custom_objects_are_pruned_defaulted_and_counted() {
    let cluster = Cluster::new();
    cluster.made(DEFINITIONS, &definition()).await;
    let made = cluster.made(THINGS, &thing("t")).await;
    assert_eq!(
        (&made["spec"], &made["status"], &made["metadata"]["generation"]),
        (&json!({"size": 1, "mode": "fast"}), &Value::Null, &json!(1))
    );
    let path = format!("{THINGS}/t");
    let (_, status) = cluster
        .merge(&format!("{path}/status"), &json!({"metadata": {"labels": {"l": "1"}}, "spec": {"size": 9}, "status": {"ready": true}}))
        .await;
    assert_eq!(
        (&status["status"], &status["spec"]["size"], &status["metadata"]["labels"], &status["metadata"]["generation"]),
        (&json!({"ready": true}), &json!(1), &Value::Null, &json!(1))
    );
    let (_, bigger) = cluster.merge(&path, &json!({"spec": {"size": 2}, "status": {"ready": false}})).await;
    assert_eq!((&bigger["metadata"]["generation"], &bigger["status"]), (&json!(2), &json!({"ready": true})));
    let (code, refused) = cluster.merge(&path, &json!({"spec": {"size": "two"}})).await;
    assert_eq!(
        (code, refused["message"].as_str()),
        (422, Some("Thing.example.com \"t\" is invalid: spec.size: Invalid value: \"two\": must be of type integer: \"string\""))
    );
    let (code, _) = cluster.call("PATCH", &path, "application/strategic-merge-patch+json", &json!({})).await;
    assert_eq!(code, 415);
    let (_, older) = cluster.get("/apis/example.com/v1beta1/namespaces/default/things/t").await;
    assert_eq!(older["apiVersion"], "example.com/v1beta1");
    assert_eq!(cluster.get(&format!("{THINGS}?fieldSelector=spec.mode%3Dfast")).await.1["items"].as_array().unwrap().len(), 1);
    assert_eq!(cluster.get(&format!("{THINGS}?fieldSelector=spec.size%3D1")).await.0, 400);
    assert_eq!(cluster.put(&path, &thing("t")).await.0, 422, "a custom object is not replaced without its version");
}

#[tokio::test(start_paused = true)]
async fn nulls_that_may_not_be_are_dropped_or_defaulted_on_every_way_in() {
    let cluster = Cluster::new();
    let mut nullable = definition();
    let properties = &mut nullable["spec"]["versions"][1]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    properties["vcenters"] = json!({"type": "array", "items": {"type": "string"}});
    properties["note"] = json!({"type": "string", "nullable": true});
    cluster.made(DEFINITIONS, &nullable).await;
    let sent = json!({"size": 1, "mode": null, "vcenters": null, "note": null});
    let expected = json!({"size": 1, "mode": "fast", "note": null});
    let mut object = thing("t");
    object["spec"] = sent.clone();
    assert_eq!(cluster.made(THINGS, &object).await["spec"], expected);
    let path = format!("{THINGS}/t");
    object["metadata"]["resourceVersion"] = cluster.get(&path).await.1["metadata"]["resourceVersion"].clone();
    assert_eq!(cluster.put(&path, &object).await.1["spec"], expected);
    let add = json!([{"op": "add", "path": "/spec/vcenters", "value": null}]);
    assert_eq!(cluster.call("PATCH", &path, "application/json-patch+json", &add).await.1["spec"], expected);
    object["metadata"] = json!({"name": "u"});
    let (code, applied) = cluster.call("PATCH", &format!("{THINGS}/u?fieldManager=m"), "application/apply-patch+yaml", &object).await;
    assert_eq!((code, &applied["spec"]), (201, &expected));
    let listed = json!({"spec": {"vcenters": [null]}});
    assert_eq!(cluster.merge(&path, &listed).await.0, 422, "no element of a list goes");
}

#[tokio::test(start_paused = true)]
async fn a_definition_takes_its_objects_with_it() {
    let cluster = Cluster::new();
    cluster.made(DEFINITIONS, &definition()).await;
    cluster.made(THINGS, &thing("t")).await;
    let mut watch = cluster.watch(&format!("{THINGS}?watch=1")).await;
    assert_eq!(cluster.delete(&format!("{DEFINITIONS}/things.example.com"), &Value::Null).await.0, 200);
    let told: Vec<Value> = [watch.next().await, watch.next().await].into_iter().flatten().collect();
    assert_eq!((told[0]["type"].as_str(), told[1]["type"].as_str()), (Some("ADDED"), Some("DELETED")));
    assert!(watch.next().await.is_none());
    assert_eq!(cluster.get(THINGS).await.0, 404);
    cluster.made(DEFINITIONS, &definition()).await;
    assert_eq!(cluster.get(THINGS).await.1["items"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_first_custom_object_is_held_until_two_seconds_have_passed() {
    let cluster = Cluster::new();
    cluster.made(DEFINITIONS, &definition()).await;
    tokio::time::advance(Duration::from_millis(500)).await;
    let begun = Instant::now();
    cluster.made(THINGS, &thing("a")).await;
    assert_eq!(begun.elapsed().as_millis(), 1500);
    cluster.made(THINGS, &thing("b")).await;
    assert_eq!(begun.elapsed().as_millis(), 1500);
}

#[tokio::test(start_paused = true)]
async fn a_definition_cannot_take_the_place_of_a_built_in_kind() {
    let cluster = Cluster::new();
    let mut theirs = definition();
    theirs["metadata"]["name"] = "statefulsets.apps".into();
    theirs["spec"]["group"] = "apps".into();
    theirs["spec"]["names"] = json!({"plural": "statefulsets", "kind": "StatefulSet"});
    cluster.made(DEFINITIONS, &theirs).await;
    cluster.made(SETS, &set("s")).await;
    cluster.delete(&format!("{DEFINITIONS}/statefulsets.apps"), &Value::Null).await;
    assert_eq!(cluster.get(&format!("{SETS}/s")).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_definition_says_what_kubectl_prints() {
    let cluster = Cluster::new();
    let mut printed = definition();
    printed["spec"]["names"]["categories"] = json!(["all"]);
    printed["spec"]["versions"][1]["additionalPrinterColumns"] = json!([
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}, {"name": "Mode", "type": "string", "jsonPath": ".spec.mode", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]);
    cluster.made(DEFINITIONS, &printed).await;
    cluster.made(THINGS, &thing("t")).await;
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    let request = http::Request::builder().uri(THINGS).header("accept", accept).body(driver_host::body_from(Vec::new())).unwrap();
    let response = tower::ServiceExt::oneshot(cluster.server.service(), request).await.unwrap();
    let table: Value = serde_json::from_slice(&driver_host::collect_body(response.into_body()).await.unwrap()).unwrap();
    let columns: Vec<String> = table["columnDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| format!("{} {} {}", column["name"], column["type"], column["priority"]))
        .collect();
    assert_eq!(columns, [r#""Name" "string" 0"#, r#""Size" "integer" 0"#, r#""Mode" "string" 1"#, r#""Age" "date" 0"#]);
    assert_eq!(table["rows"][0]["cells"], json!(["t", 1, "fast", "0s"]));
    assert_eq!(cluster.get("/apis/example.com/v1").await.1["resources"][0]["categories"], json!(["all"]));
}
