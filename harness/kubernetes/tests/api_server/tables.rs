//! Checklist 16: the columns that `kubectl get` prints.

use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::*;

async fn table(cluster: &Cluster, path: &str) -> Value {
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    let request = Request::builder().uri(path).header("accept", accept).body(driver_host::empty_body()).unwrap();
    let response = cluster.server.service().oneshot(request).await.unwrap();
    serde_json::from_slice(&driver_host::collect_body(response.into_body()).await.unwrap()).unwrap()
}

fn print(table: &Value) -> String {
    assert_eq!((table["kind"].as_str(), table["apiVersion"].as_str()), (Some("Table"), Some("meta.k8s.io/v1")));
    let head = |column: &Value| format!("{}{}", column["name"].as_str().unwrap(), if column["priority"] == 0 { "" } else { "*" });
    let heads: Vec<String> = table["columnDefinitions"].as_array().unwrap().iter().map(head).collect();
    let mut lines = vec![heads.join(" | ")];
    for row in table["rows"].as_array().unwrap() {
        assert_eq!(row["object"]["kind"], "PartialObjectMetadata");
        let cells: Vec<String> =
            row["cells"].as_array().unwrap().iter().map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned)).collect();
        lines.push(cells.join(" | "));
    }
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn tables_have_the_real_columns() {
    let cluster = Cluster::new();
    cluster.made(VOLUMES, &volume("v")).await;
    cluster.made(CLAIMS, &claim("c")).await;
    cluster.merge(&format!("{CLAIMS}/c"), &json!({"spec": {"volumeName": "v"}})).await;
    let bound = json!({"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany", "ReadWriteOnce"]}});
    cluster.merge(&format!("{CLAIMS}/c/status"), &bound).await;
    cluster.made(PODS, &bound_pod("p", "n")).await;
    cluster.delete(&format!("{PODS}/p"), &Value::Null).await;
    let mut cordoned = node("n");
    cordoned["spec"] = json!({"unschedulable": true});
    cluster.made(NODES, &cordoned).await;
    cluster.made(ATTACHMENTS, &attachment("a")).await;
    cluster
        .made(
            CLASSES,
            &json!({"metadata": {"name": "s", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}, "provisioner": "p"}),
        )
        .await;
    cluster.made(CSI_NODES, &csi_node("n")).await;
    cluster.made("/apis/storage.k8s.io/v1/csidrivers", &json!({"metadata": {"name": "d"}, "spec": {}})).await;
    cluster.made(SETS, &set("w")).await;
    cluster.made(MAPS, &map("m")).await;
    tokio::time::advance(std::time::Duration::from_secs(150)).await;
    let mut printed = Vec::new();
    for path in [
        VOLUMES,
        CLAIMS,
        PODS,
        NODES,
        ATTACHMENTS,
        CLASSES,
        CSI_NODES,
        "/apis/storage.k8s.io/v1/csidrivers",
        SETS,
        MAPS,
        "/api/v1/namespaces/default",
    ] {
        printed.push(print(&table(&cluster, path).await));
    }
    insta::assert_snapshot!(printed.join("\n\n"));
}

#[tokio::test(start_paused = true)]
async fn rows_hold_what_is_asked_of_them() {
    const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    let asked = async |query: &str| {
        let request =
            Request::builder().uri(format!("{MAPS}{query}")).header("accept", TABLE).body(driver_host::body_from(Vec::new())).unwrap();
        let response = ServiceExt::oneshot(cluster.server.service(), request).await.unwrap();
        let bytes = driver_host::collect_body(response.into_body()).await.unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let row = |table: &Value| table["rows"][0]["object"].clone();
    let whole = row(&asked("?includeObject=Object").await);
    assert_eq!((&whole["kind"], &whole["apiVersion"], &whole["data"]["k"]), (&"ConfigMap".into(), &"v1".into(), &"v".into()));
    for query in ["", "?includeObject=Metadata"] {
        let partial = row(&asked(query).await);
        assert_eq!((&partial["kind"], &partial["data"]), (&"PartialObjectMetadata".into(), &Value::Null));
    }
    assert_eq!(row(&asked("?includeObject=None").await), Value::Null);
    let refused = asked("?includeObject=All").await;
    let told =
        "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty";
    assert_eq!((&refused["code"], &refused["message"]), (&400.into(), &told.into()));
}
