//! Checklist 1 and 2: what a new object looks like.

use serde_json::{Value, json};

use crate::support::*;

/// Creates an object and compares some of its parts.
async fn check(cluster: &Cluster, path: &str, object: &Value, expected: &[(&str, Value)]) {
    let created = cluster.made(path, object).await;
    assert_eq!(created["metadata"]["uid"].as_str().unwrap().len(), 36);
    for (pointer, value) in expected {
        assert_eq!(created.pointer(pointer).unwrap_or(&Value::Null), value, "{path} {pointer}");
    }
}

#[tokio::test(start_paused = true)]
async fn new_volumes_claims_and_attachments_get_finalizers_and_a_phase() {
    let cluster = Cluster::new();
    cluster.made(CLASSES, &json!({"metadata": {"name": "silver", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}, "provisioner": "p"})).await;
    let mut finished = volume("v");
    finished["status"] = json!({"phase": "Bound"});
    let expected = [
        ("/metadata/finalizers", json!(["kubernetes.io/pv-protection"])),
        ("/metadata/generation", Value::Null),
        ("/spec/persistentVolumeReclaimPolicy", json!("Retain")),
        ("/spec/volumeMode", json!("Filesystem")),
        ("/status", json!({"phase": "Pending", "lastPhaseTransitionTime": "2030-01-01T00:00:00Z"})),
    ];
    check(&cluster, VOLUMES, &finished, &expected).await;
    let mut unclassed = claim("unclassed");
    unclassed["spec"].as_object_mut().unwrap().remove("storageClassName");
    let expected = [
        ("/metadata/finalizers", json!(["kubernetes.io/pvc-protection"])),
        ("/metadata/generation", Value::Null),
        ("/spec/storageClassName", json!("silver")),
        ("/spec/volumeMode", json!("Filesystem")),
        ("/status", json!({"phase": "Pending"})),
    ];
    check(&cluster, CLAIMS, &unclassed, &expected).await;
    let mut attached = attachment("a");
    attached["status"] = json!({"attached": true});
    let expected = [("/metadata/finalizers", Value::Null), ("/metadata/generation", Value::Null), ("/status", json!({"attached": false}))];
    check(&cluster, ATTACHMENTS, &attached, &expected).await;
    check(&cluster, CLASSES, &class("gold"), &[("/reclaimPolicy", json!("Delete")), ("/volumeBindingMode", json!("Immediate"))]).await;
    let spec = json!({"attachRequired": true, "podInfoOnMount": false, "volumeLifecycleModes": ["Persistent"], "storageCapacity": false,
                      "fsGroupPolicy": "ReadWriteOnceWithFSType", "requiresRepublish": false, "seLinuxMount": false});
    check(&cluster, "/apis/storage.k8s.io/v1/csidrivers", &json!({"metadata": {"name": "d"}, "spec": {}}), &[("/spec", spec)]).await;
}

#[tokio::test(start_paused = true)]
async fn new_nodes_pods_and_sets_get_taints_tolerations_and_a_generation() {
    let cluster = Cluster::new();
    let expected = [
        ("/status/conditions/0/status", json!("True")),
        ("/spec/taints", json!([{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}])),
        ("/metadata/generation", Value::Null),
    ];
    check(&cluster, NODES, &node("n"), &expected).await;
    let mut running = pod("p");
    running["status"] = json!({"phase": "Running"});
    let toleration = |key: &str| json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
    let expected = [
        ("/metadata/generation", json!(1)),
        ("/status", json!({"phase": "Pending", "qosClass": "BestEffort"})),
        ("/spec/terminationGracePeriodSeconds", json!(30)),
        ("/spec/containers/0/imagePullPolicy", json!("Always")),
        ("/spec/tolerations", json!([toleration("not-ready"), toleration("unreachable")])),
    ];
    check(&cluster, PODS, &running, &expected).await;
    let expected = [
        ("/metadata/generation", json!(1)),
        ("/spec/podManagementPolicy", json!("OrderedReady")),
        ("/spec/replicas", json!(1)),
        ("/spec/persistentVolumeClaimRetentionPolicy", json!({"whenDeleted": "Retain", "whenScaled": "Retain"})),
        ("/spec/updateStrategy", json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})),
        ("/status", json!({"replicas": 0, "availableReplicas": 0})),
    ];
    check(&cluster, SETS, &set("s"), &expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_default_class_is_the_newest_and_an_empty_one_is_kept() {
    let cluster = Cluster::new();
    let default = |name: &str| json!({"metadata": {"name": name, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}, "provisioner": "p"});
    for name in ["a", "c"] {
        cluster.made(CLASSES, &default(name)).await;
    }
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    cluster.made(CLASSES, &default("b")).await;
    let mut unclassed = claim("x");
    unclassed["spec"].as_object_mut().unwrap().remove("storageClassName");
    assert_eq!(cluster.made(CLAIMS, &unclassed).await["spec"]["storageClassName"], "b");
    let mut empty = claim("y");
    empty["spec"]["storageClassName"] = "".into();
    assert_eq!(cluster.made(CLAIMS, &empty).await["spec"]["storageClassName"], "");
}

#[tokio::test(start_paused = true)]
async fn a_generated_name_has_58_characters_of_its_base_and_five_more() {
    let cluster = Cluster::new();
    let base = "b".repeat(80);
    let created = cluster.made(MAPS, &json!({"metadata": {"generateName": base}})).await;
    let name = created["metadata"]["name"].as_str().unwrap();
    assert_eq!(name.len(), 63);
    assert_eq!(&name[..58], &base[..58]);
    assert!(!name[58..].contains(['a', 'e', 'i', 'o', 'u', '0', '1', '3']));
    let named = cluster.made(MAPS, &json!({"metadata": {"generateName": "x-", "name": "given"}})).await;
    assert_eq!(named["metadata"]["name"], "given");
    let (code, status) = cluster.post(MAPS, &map("given")).await;
    assert_eq!((code, status["reason"].as_str()), (409, Some("AlreadyExists")));
}

#[tokio::test(start_paused = true)]
async fn creation_is_refused_with_the_real_texts() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("a")).await;
    let mut versioned = map("versioned");
    versioned["metadata"]["resourceVersion"] = "5".into();
    let mut elsewhere = map("elsewhere");
    elsewhere["metadata"]["namespace"] = "other".into();
    let mut typed_wrong = set("s");
    typed_wrong["spec"]["replicas"] = "three".into();
    let table = vec![
        (MAPS, map("a")),
        (MAPS, json!({"data": {}})),
        (MAPS, map("Upper")),
        (MAPS, versioned),
        (MAPS, elsewhere),
        (MAPS, json!({"kind": "Pod", "metadata": {"name": "b"}})),
        (MAPS, json!([])),
        ("/api/v1/namespaces/absent/configmaps", map("a")),
        (SETS, typed_wrong),
        (CLAIMS, json!({"metadata": {"name": "c"}, "spec": {}})),
        (VOLUMES, json!({"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "0"}}})),
        (PODS, json!({"metadata": {"name": "p"}, "spec": {}})),
        (ATTACHMENTS, json!({"metadata": {"name": "va"}, "spec": {"attacher": "x"}})),
        ("/apis/storage.k8s.io/v1/namespaces/default/csistoragecapacities", json!({"metadata": {"name": "c"}, "storageClassName": "%"})),
    ];
    let mut told = Vec::new();
    for (path, object) in table {
        let (code, status) = cluster.post(path, &object).await;
        told.push(format!("{code} {} {}", status["reason"].as_str().unwrap_or("-"), status["message"].as_str().unwrap()));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_stores_nothing() {
    let cluster = Cluster::new();
    let before = cluster.server.revision();
    let (code, object) = cluster.post(&format!("{MAPS}?dryRun=All"), &map("a")).await;
    assert_eq!((code, version(&object)), (201, "none"));
    assert!(object["metadata"]["uid"].is_string());
    assert_eq!(cluster.server.revision(), before);
    assert_eq!(cluster.get(&format!("{MAPS}/a")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn secrets_are_stored_but_not_told_to_the_journal() {
    let cluster = Cluster::new();
    let secrets = "/api/v1/namespaces/default/secrets";
    let secret = cluster.made(secrets, &json!({"metadata": {"name": "s"}, "stringData": {"password": "hunter2"}})).await;
    assert_eq!(secret["data"]["password"], "aHVudGVyMg==");
    let journal = serde_json::to_string(&cluster.journal.entries()).unwrap();
    assert!(journal.contains("secrets/default/s"));
    assert!(!journal.contains("hunter2") && !journal.contains("aHVudGVyMg"));
}

#[tokio::test(start_paused = true)]
async fn unknown_fields_are_dropped_with_a_warning_or_refused() {
    let cluster = Cluster::new();
    let mut misspelt = pod("p");
    misspelt["spec"]["containers"][0]["imagee"] = "x".into();
    let (code, status) = cluster.post(&format!("{PODS}?fieldValidation=Strict"), &misspelt).await;
    let text = "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.containers[0].imagee\"";
    assert_eq!((code, status["message"].as_str()), (400, Some(text)));
    for (validation, warnings) in [("Warn", 1), ("Ignore", 0)] {
        let response = cluster
            .send("POST", &format!("{PODS}?fieldValidation={validation}&dryRun=All"), "application/json", misspelt.to_string().into())
            .await;
        assert_eq!(response.status(), 201);
        let told: Vec<_> = response.headers().get_all("warning").iter().collect();
        assert_eq!(told.len(), warnings);
        assert!(told.iter().all(|warning| *warning == "299 - \"unknown field \\\"spec.containers[0].imagee\\\"\""));
    }
    cluster.made(PODS, &pod("p")).await;
    let (code, status) = cluster.merge(&format!("{PODS}/p?fieldValidation=Strict"), &json!({"spec": {"color": 1}})).await;
    assert_eq!((code, status["reason"].as_str()), (422, Some("Invalid")));
    assert!(status["message"].as_str().unwrap().ends_with("strict decoding error: unknown field \"spec.color\""));
    assert_eq!(cluster.post(&format!("{MAPS}?fieldValidation=Loud"), &map("m")).await.0, 422);
}
