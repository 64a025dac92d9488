//! Server-side apply: what kube-apiserver v1.36.2 answered to the same requests.

use serde_json::{Value, json};

use crate::support::*;

const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/default/deployments/d";

async fn apply(cluster: &Cluster, path: &str, query: &str, body: &Value) -> (u16, Value) {
    cluster.call("PATCH", &format!("{path}?{query}"), "application/apply-patch+yaml", body).await
}

#[expect(clippy::needless_pass_by_value, reason = "so that cases read as one literal")]
fn map_with(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": data})
}

/// Who owns what, a line each.
fn owners(object: &Value) -> Vec<String> {
    let entries = object["metadata"]["managedFields"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| format!("{} {} {}", entry["manager"].as_str().unwrap(), entry["operation"].as_str().unwrap(), entry["fieldsV1"]))
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "so that cases read as one literal")]
fn deployment(containers: Value, rest: Value) -> Value {
    let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {
        "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": containers}}}});
    seatrial_journal::merge_patch(&mut object, &rest);
    object
}

#[tokio::test(start_paused = true)]
async fn fields_have_owners_and_change_hands_by_force_only() {
    let cluster = Cluster::new();
    let one = format!("{MAPS}/m");
    let (code, made) = apply(&cluster, &one, "fieldManager=a", &map_with(json!({"k": "v", "j": "1"}))).await;
    assert_eq!((code, owners(&made)), (201, vec![r#"a Apply {"f:data":{"f:j":{},"f:k":{}}}"#.to_owned()]));
    let (code, refused) = apply(&cluster, &one, "fieldManager=b", &map_with(json!({"k": "w"}))).await;
    assert_eq!((code, &refused["message"]), (409, &json!("Apply failed with 1 conflict: conflict with \"a\": .data.k")));
    let cause = json!([{"reason": "FieldManagerConflict", "message": "conflict with \"a\"", "field": ".data.k"}]);
    assert_eq!(refused["details"], json!({"causes": cause}));
    let (_, forced) = apply(&cluster, &one, "fieldManager=b&force=true", &map_with(json!({"k": "w"}))).await;
    assert_eq!(owners(&forced), [r#"a Apply {"f:data":{"f:j":{}}}"#, r#"b Apply {"f:data":{"f:k":{}}}"#]);
    // The same once more changes nothing.
    let (_, again) = apply(&cluster, &one, "fieldManager=b", &map_with(json!({"k": "w"}))).await;
    assert_eq!(version(&again), version(&forced));
    // Whoever writes plainly owns it, alone.
    let (_, edited) = cluster.merge(&format!("{one}?fieldManager=edit"), &json!({"data": {"j": "2"}})).await;
    assert_eq!(owners(&edited), [r#"b Apply {"f:data":{"f:k":{}}}"#, r#"edit Update {"f:data":{"f:j":{}}}"#]);
    let (_, refused) = apply(&cluster, &one, "fieldManager=a", &map_with(json!({"j": "1"}))).await;
    assert_eq!(refused["message"], "Apply failed with 1 conflict: conflict with \"edit\" using v1: .data.j");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_stated_goes_unless_somebody_else_holds_it() {
    let cluster = Cluster::new();
    let containers =
        json!([{"name": "c", "image": "i", "args": ["x"], "env": [{"name": "E", "value": "1"}], "ports": [{"containerPort": 80}]}]);
    let (code, made) = apply(
        &cluster,
        DEPLOYMENT,
        "fieldManager=a",
        &deployment(containers, json!({"metadata": {"finalizers": ["x.y/z"]}, "spec": {"replicas": 2}})),
    )
    .await;
    assert_eq!(code, 201, "{made}");
    let ports = &made["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"c\"}"]["f:ports"];
    assert_eq!(*ports, json!({"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}));
    let others = deployment(json!([{"name": "c", "image": "j"}, {"name": "d", "image": "k"}]), json!({"spec": {"replicas": 3}}));
    let (_, refused) = apply(&cluster, DEPLOYMENT, "fieldManager=b", &others).await;
    assert_eq!(
        refused["message"],
        "Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.replicas\n- .spec.template.spec.containers[name=\"c\"].image"
    );
    apply(&cluster, DEPLOYMENT, "fieldManager=b&force=true", &others).await;
    let (_, left) =
        apply(&cluster, DEPLOYMENT, "fieldManager=a", &deployment(json!([{"name": "c", "env": [{"name": "F", "value": "1"}]}]), json!({})))
            .await;
    let spec = &left["spec"]["template"]["spec"];
    let [first, second] = spec["containers"].as_array().unwrap().as_slice() else { panic!("{spec}") };
    assert_eq!(
        (&first["image"], &first["env"], &first["args"], &first["ports"]),
        (&json!("j"), &json!([{"name": "F", "value": "1"}]), &Value::Null, &Value::Null)
    );
    assert_eq!((&second["name"], &left["metadata"]["finalizers"], &left["spec"]["replicas"]), (&json!("d"), &Value::Null, &json!(3)));
    let (_, gone) = apply(&cluster, DEPLOYMENT, "fieldManager=b", &deployment(json!([{"name": "c", "image": "j"}]), json!({}))).await;
    assert_eq!(gone["spec"]["template"]["spec"]["containers"].as_array().unwrap().len(), 1, "nobody else holds the second");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_applied_is_refused_in_the_real_servers_words() {
    let cluster = Cluster::new();
    let typed = "failed to create typed patch object (/d; apps/v1, Kind=Deployment): .spec";
    let twice = deployment(json!([{"name": "c", "image": "i"}, {"name": "c"}]), json!({}));
    let table = [
        (
            "",
            map_with(json!({})),
            422,
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch".to_owned(),
        ),
        (
            "fieldManager=a",
            json!({"kind": "ConfigMap", "metadata": {"name": "d"}}),
            400,
            "invalid object type: /, Kind=ConfigMap".to_owned(),
        ),
        (
            "fieldManager=a",
            deployment(json!([]), json!({"metadata": {"managedFields": []}})),
            400,
            "metadata.managedFields must be nil".to_owned(),
        ),
        (
            "fieldManager=a",
            deployment(json!([]), json!({"spec": {"unknown": 1}})),
            500,
            format!("{typed}.unknown: field not declared in schema"),
        ),
        ("fieldManager=a", twice, 500, format!("{typed}.template.spec.containers: duplicate entries for key [name=\"c\"]")),
    ];
    for (query, body, code, message) in table {
        let (answered, refused) = apply(&cluster, DEPLOYMENT, query, &body).await;
        assert_eq!((answered, refused["message"].as_str().unwrap()), (code, message.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_there_before_the_first_apply_has_an_owner_too() {
    let cluster = Cluster::new();
    let made = cluster.made(MAPS, &map("m")).await;
    assert_eq!(made["metadata"]["managedFields"], Value::Null, "nobody said who they are");
    let one = format!("{MAPS}/m");
    let (_, refused) = apply(&cluster, &one, "fieldManager=a", &map_with(json!({"k": "other"}))).await;
    assert_eq!(refused["message"], "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.k");
    let (code, dry) = apply(&cluster, &one, "fieldManager=a&dryRun=All", &map_with(json!({"n": "1"}))).await;
    assert_eq!((code, &dry["data"]), (200, &json!({"k": "v", "n": "1"})));
    assert_eq!(cluster.get(&one).await.1["data"], json!({"k": "v"}));
}
