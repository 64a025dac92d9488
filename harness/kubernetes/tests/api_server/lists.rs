//! Checklist 14 and 15: pages, versions, selectors.

use std::time::Duration;

use serde_json::Value;

use crate::support::*;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

async fn five_maps(cluster: &Cluster) {
    for name in ["a", "b", "c", "d", "e"] {
        cluster.made(MAPS, &map(name)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn pages_show_one_state_whatever_happens_meanwhile() {
    let cluster = Cluster::new();
    five_maps(&cluster).await;
    let (_, first) = cluster.get(&format!("{MAPS}?limit=2")).await;
    assert_eq!((names(&first), &first["metadata"]["remainingItemCount"]), (vec!["a", "b"], &3.into()));
    cluster.delete(&format!("{MAPS}/c"), &Value::Null).await;
    cluster.made(MAPS, &map("cc")).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    let (_, second) = cluster.get(&format!("{MAPS}?limit=2&continue={token}")).await;
    assert_eq!((names(&second), version(&second)), (vec!["c", "d"], version(&first)));
    let token = second["metadata"]["continue"].as_str().unwrap();
    let (_, third) = cluster.get(&format!("{MAPS}?limit=2&continue={token}")).await;
    assert_eq!(
        (names(&third), &third["metadata"]["continue"], &third["metadata"]["remainingItemCount"]),
        (vec!["e"], &Value::Null, &Value::Null)
    );
    let (_, selected) = cluster.get(&format!("{MAPS}?limit=1&fieldSelector=metadata.name!%3Da")).await;
    assert_eq!((names(&selected), &selected["metadata"]["remainingItemCount"]), (vec!["b"], &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn an_expired_page_offers_an_inconsistent_rest() {
    let cluster = Cluster::new();
    five_maps(&cluster).await;
    let (_, first) = cluster.get(&format!("{MAPS}?limit=2")).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    cluster.delete(&format!("{MAPS}/c"), &Value::Null).await;
    cluster.server.forget_history();
    let (code, status) = cluster.get(&format!("{MAPS}?limit=2&continue={token}")).await;
    assert_eq!((code, status["reason"].as_str()), (410, Some("Expired")));
    let fresh = status["metadata"]["continue"].as_str().unwrap();
    let (code, rest) = cluster.get(&format!("{MAPS}?limit=9&continue={fresh}")).await;
    assert_eq!((code, names(&rest)), (200, vec!["d", "e"]));
    assert_eq!(cluster.get(&format!("{MAPS}?continue=nonsense")).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn versions_of_lists_are_exact_no_older_or_not_yet() {
    let cluster = Cluster::new();
    let first = cluster.made(MAPS, &map("a")).await;
    let asked = version(&first);
    cluster.made(MAPS, &map("b")).await;
    let future = cluster.server.revision() + 1;
    let table = [
        (String::new(), 200, 2),
        ("?resourceVersion=0".to_owned(), 200, 2),
        (format!("?resourceVersion={asked}"), 200, 2),
        (format!("?resourceVersion={asked}&resourceVersionMatch=NotOlderThan"), 200, 2),
        (format!("?resourceVersion={asked}&resourceVersionMatch=Exact"), 200, 1),
        ("?resourceVersion=x".to_owned(), 400, 0),
        ("?resourceVersionMatch=Exact".to_owned(), 422, 0),
        ("?resourceVersion=0&resourceVersionMatch=Exact".to_owned(), 422, 0),
        ("?sendInitialEvents=true".to_owned(), 422, 0),
    ];
    for (query, expected, count) in table {
        let (code, list) = cluster.get(&format!("{MAPS}{query}")).await;
        assert_eq!(code, expected, "{query}");
        assert_eq!(list["items"].as_array().map_or(0, Vec::len), count, "{query}");
    }
    let begun = tokio::time::Instant::now();
    let (code, status) = cluster.get(&format!("{MAPS}?resourceVersion={future}")).await;
    assert_eq!((code, begun.elapsed().as_secs()), (504, 3));
    insta::assert_json_snapshot!(status);
    let path = format!("{MAPS}?resourceVersion={future}");
    let soon = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cluster.made(MAPS, &map("c")).await
    };
    let ((code, _), _) = futures::future::join(cluster.get(&path), soon).await;
    assert_eq!(code, 200, "a version that comes within three seconds is waited for");
}

/// A collection, a field selector, and the names that it selects or the text that refuses it.
type Case = (&'static str, &'static str, Result<&'static [&'static str], &'static str>);

#[tokio::test(start_paused = true)]
async fn unknown_fields_are_refused_with_their_two_texts() {
    let cluster = Cluster::new();
    cluster.made(PODS, &bound_pod("on-n", "n")).await;
    cluster.made(PODS, &pod("waiting")).await;
    cluster.made(NODES, &node("x")).await;
    let table: [Case; 9] = [
        (PODS, "spec.nodeName=n", Ok(&["on-n"])),
        (PODS, "spec.nodeName=", Ok(&["waiting"])),
        (PODS, "spec.nodeName!=n,metadata.namespace=default", Ok(&["waiting"])),
        (PODS, "status.phase!=Succeeded,status.phase!=Failed", Ok(&["on-n", "waiting"])),
        (NODES, "spec.unschedulable=false", Ok(&["x"])),
        (PODS, "spec.color=red", Err("field label not supported: spec.color")),
        (VOLUMES, "spec.color=red", Err("\"spec.color\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")),
        (SETS, "status.x=1", Err("\"status.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")),
        (NODES, "metadata.namespace=x", Err("field label not supported: metadata.namespace")),
    ];
    for (path, selector, expected) in table {
        let (code, answer) = cluster.get(&format!("{path}?fieldSelector={}", selector.replace('=', "%3D"))).await;
        match expected {
            Ok(expected) => assert_eq!((code, names(&answer)), (200, expected.to_vec()), "{selector}"),
            Err(text) => assert_eq!((code, answer["message"].as_str()), (400, Some(text)), "{selector}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_found_by_what_they_are_about() {
    let cluster = Cluster::new();
    let events = "/api/v1/namespaces/default/events";
    let event = serde_json::json!({"metadata": {"name": "e.1"}, "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}, "reason": "R", "source": {"component": "s"}, "type": "Normal"});
    cluster.made(events, &event).await;
    for (selector, count) in [
        ("involvedObject.name%3Dp,involvedObject.kind%3DPod", 1),
        ("source%3Ds,type%3DNormal,reason%3DR", 1),
        ("involvedObject.uid%3Du", 0),
    ] {
        let (_, list) = cluster.get(&format!("{events}?fieldSelector={selector}")).await;
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{selector}");
    }
}
