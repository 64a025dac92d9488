//! Checklist 12 and 13: watches.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn a_watch_begins_where_it_is_told() {
    let cluster = Cluster::new();
    let a = cluster.made(MAPS, &map("a")).await;
    let b = cluster.made(MAPS, &map("b")).await;
    let (a, b) = (version(&a).to_owned(), version(&b).to_owned());
    let all = vec![format!("ADDED a@{a}"), format!("ADDED b@{b}")];
    let end = format!("BOOKMARK -@{b} (end of initial events)");
    let with_end = [all.clone(), vec![end]].concat();
    let table = [
        ("".to_owned(), all.clone()),
        ("&resourceVersion=0".to_owned(), all.clone()),
        ("&resourceVersion=0&allowWatchBookmarks=true".to_owned(), with_end.clone()),
        (format!("&resourceVersion={a}"), vec![format!("ADDED b@{b}")]),
        (format!("&resourceVersion={b}"), vec![]),
        ("&resourceVersion=999".to_owned(), vec![]),
        ("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true".to_owned(), with_end),
        ("&sendInitialEvents=false&resourceVersionMatch=NotOlderThan".to_owned(), vec![]),
    ];
    for (query, expected) in table {
        let mut watch = cluster.watch(&format!("{MAPS}?watch=1{query}")).await;
        assert_eq!(watch.now().await, expected, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_combinations_of_options_are_refused() {
    let cluster = Cluster::new();
    let mut told = Vec::new();
    for query in [
        "sendInitialEvents=true",
        "sendInitialEvents=true&resourceVersionMatch=Exact",
        "resourceVersionMatch=NotOlderThan",
        "resourceVersion=x",
        "labelSelector=a%20b",
        "timeoutSeconds=x",
    ] {
        let (code, status) = cluster.get(&format!("{MAPS}?watch=true&{query}")).await;
        told.push(format!("{query} -> {code} {}", status["message"].as_str().unwrap()));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn history_that_is_gone_is_an_error_event() {
    let cluster = Cluster::new();
    let a = cluster.made(MAPS, &map("a")).await;
    cluster.made(MAPS, &map("b")).await;
    cluster.server.forget_history();
    let mut watch = cluster.watch(&format!("{MAPS}?watch=1&resourceVersion={}", version(&a))).await;
    let expected = format!("ERROR 410 Expired: too old resource version: {} ({})", version(&a), cluster.server.revision());
    assert_eq!(watch.now().await, [expected]);
    assert!(watch.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_object_that_enters_or_leaves_the_selection_comes_and_goes() {
    let cluster = Cluster::new();
    let mut object = map("m");
    object["metadata"]["labels"] = json!({"app": "x"});
    cluster.made(MAPS, &object).await;
    let mut watch = cluster.watch(&format!("{MAPS}?watch=1&labelSelector=app%3Dx")).await;
    assert_eq!(watch.now().await.len(), 1);
    let label = |value: Value| json!({"metadata": {"labels": {"app": value}}});
    let (_, left) = cluster.merge(&format!("{MAPS}/m"), &label("y".into())).await;
    let (_, stayed_out) = cluster.merge(&format!("{MAPS}/m"), &label("z".into())).await;
    let (_, entered) = cluster.merge(&format!("{MAPS}/m"), &label("x".into())).await;
    assert!(version(&left) < version(&stayed_out));
    assert_eq!(watch.now().await, [format!("DELETED m@{}", version(&left)), format!("ADDED m@{}", version(&entered))]);
    let mut pods = cluster.watch(&format!("{PODS}?watch=1&fieldSelector=spec.nodeName%3Dn")).await;
    cluster.made(PODS, &pod("p")).await;
    assert!(pods.now().await.is_empty());
    cluster.post(&format!("{PODS}/p/binding"), &json!({"target": {"name": "n"}})).await;
    assert_eq!(pods.now().await, [format!("ADDED p@{}", cluster.server.revision())]);
}

#[tokio::test(start_paused = true)]
async fn bookmarks_come_each_minute_and_before_the_end() {
    let cluster = Cluster::new();
    let begun = Instant::now();
    let mut watch = cluster.watch(&format!("{MAPS}?watch=1&resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=100")).await;
    cluster.made(NODES, &node("elsewhere")).await;
    let first = watch.next().await.unwrap();
    assert_eq!(
        first["object"],
        json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"resourceVersion": cluster.server.revision().to_string(), "creationTimestamp": null}})
    );
    assert!((60..62).contains(&begun.elapsed().as_secs()));
    assert_eq!(watch.next().await.unwrap()["type"], "BOOKMARK");
    assert_eq!(begun.elapsed().as_secs(), 98);
    assert!(watch.next().await.is_none());
    assert_eq!(begun.elapsed().as_secs(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_watch_without_a_limit_ends_within_an_hour() {
    let cluster = Cluster::new();
    let begun = Instant::now();
    let mut watch = cluster.watch(&format!("{MAPS}?watch=1&resourceVersion=1")).await;
    assert!(watch.next().await.is_none());
    assert!((1800..3600).contains(&begun.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_watch_sees_what_is_written_while_it_waits() {
    let cluster = Cluster::new();
    let mut watch = cluster.watch(&format!("{MAPS}?watch=1&resourceVersion=4")).await;
    let write = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        cluster.made(MAPS, &map("late")).await
    };
    let (event, made) = futures::future::join(watch.next(), write).await;
    assert_eq!(event.unwrap(), json!({"type": "ADDED", "object": made}));
}
