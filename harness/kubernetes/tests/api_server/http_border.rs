//! The border itself: bad bodies, unknown paths, forms of answers, the journal.

use http::Request;
use seatrial_journal::{ChangeKind, EffectMark, Event, Flow};
use seatrial_kubernetes::api::ApiServer;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt;

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn whatever_is_sent_is_answered() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    let one = format!("{MAPS}/m");
    let table: Vec<(&str, &str, &str, Vec<u8>, u16)> = vec![
        ("POST", MAPS, "application/json", b"{".to_vec(), 400),
        ("POST", MAPS, "application/json", Vec::new(), 400),
        ("POST", MAPS, "application/json", b"[1]".to_vec(), 400),
        ("POST", MAPS, "application/json", br#"{"metadata": 5}"#.to_vec(), 400),
        ("POST", MAPS, "application/vnd.kubernetes.protobuf", b"k8s\0".to_vec(), 400),
        ("POST", MAPS, "application/cbor", b"k8s\0".to_vec(), 415),
        ("POST", MAPS, "application/json", vec![b' '; (3 << 20) + 1], 413),
        ("PATCH", &one, "application/merge-patch+json", b"nope".to_vec(), 400),
        ("PATCH", &one, "application/merge-patch+json", b"[]".to_vec(), 400),
        ("PATCH", &one, "application/merge-patch+json", br#"{"metadata": 1}"#.to_vec(), 400),
        ("PATCH", &one, "application/merge-patch+json", br#"{"metadata": {"labels": 1}}"#.to_vec(), 400),
        ("PATCH", &one, "application/strategic-merge-patch+json", br#"{"metadata": null}"#.to_vec(), 400),
        ("PATCH", &one, "application/strategic-merge-patch+json", br#"{"$patch": "dance"}"#.to_vec(), 400),
        ("PATCH", &one, "application/json-patch+json", br#"[{"op": "replace", "path": "", "value": 7}]"#.to_vec(), 400),
        ("PUT", &one, "application/json", br#"{"metadata": {"name": "other"}}"#.to_vec(), 400),
        ("PUT", MAPS, "application/json", b"{}".to_vec(), 405),
        ("POST", &one, "application/json", b"{}".to_vec(), 405),
        ("TRACE", &one, "", Vec::new(), 405),
        ("GET", "/api/v1/namespaces/default/nothings", "", Vec::new(), 404),
        ("GET", "/apis/nobody.io/v1", "", Vec::new(), 404),
        ("GET", "/%ff/..//", "", Vec::new(), 404),
        ("GET", "/api/v1/configmaps/m", "", Vec::new(), 404),
        ("GET", "/api/v1/namespaces/default/nodes", "", Vec::new(), 404),
        ("DELETE", &one, "application/json", b"{\"propagationPolicy\": \"Sideways\"}".to_vec(), 422),
        ("GET", "/healthz", "", Vec::new(), 200),
        ("GET", "/readyz?verbose", "", Vec::new(), 200),
        ("GET", "/version", "", Vec::new(), 200),
        ("GET", "/openapi/v3/apis/apps/v1", "", Vec::new(), 200),
    ];
    for (method, path, kind, body, expected) in table {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(cluster.send(method, path, kind, body).await.status().as_u16(), expected, "{method} {path} {kind} {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn metadata_alone_can_be_asked_for() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    let ask = |path: String, form: &str| {
        let accept = format!("application/json;as={form};g=meta.k8s.io;v=v1,application/json");
        Request::builder().uri(path).header("accept", accept).body(driver_host::empty_body()).unwrap()
    };
    for (path, form, items) in [(format!("{MAPS}/m"), "PartialObjectMetadata", false), (MAPS.to_owned(), "PartialObjectMetadataList", true)]
    {
        let response = cluster.server.service().oneshot(ask(path, form)).await.unwrap();
        let answer: Value = serde_json::from_slice(&driver_host::collect_body(response.into_body()).await.unwrap()).unwrap();
        assert_eq!((answer["kind"].as_str(), answer["apiVersion"].as_str()), (Some(form), Some("meta.k8s.io/v1")));
        let object = if items { &answer["items"][0] } else { &answer };
        assert_eq!(
            (&object["kind"], &object["metadata"]["name"], &object["data"]),
            (&json!("PartialObjectMetadata"), &json!("m"), &Value::Null)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn changes_go_to_the_journal_with_their_cause() {
    let cluster = Cluster::new();
    cluster.made(MAPS, &map("m")).await;
    cluster.merge(&format!("{MAPS}/m"), &json!({"data": {"k": null, "j": "1"}})).await;
    cluster.delete(&format!("{MAPS}/m"), &Value::Null).await;
    let changes: Vec<_> = cluster
        .journal
        .entries()
        .into_iter()
        .filter_map(|entry| if let Event::Change(change) = entry.event { Some(change) } else { None })
        .collect();
    let [.., added, changed, removed] = changes.as_slice() else { panic!("three changes") };
    for change in [added, changed, removed] {
        assert_eq!((change.store.as_str(), change.object.as_str()), ("kubernetes", "configmaps/default/m"));
    }
    assert_eq!(
        (added.kind, added.cause.as_deref(), &added.patch["data"]),
        (ChangeKind::Added, Some("create configmaps"), &json!({"k": "v"}))
    );
    assert_eq!((changed.kind, &changed.patch["data"]), (ChangeKind::Changed, &json!({"j": "1", "k": null})));
    assert_eq!((removed.kind, removed.cause.as_deref(), &removed.patch), (ChangeKind::Removed, Some("delete configmaps"), &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn effects_are_marked_when_the_store_commits() {
    let cluster = Cluster::new();
    for (method, path, body) in [
        ("POST", MAPS, map("m").to_string()),
        ("GET", MAPS, String::new()),
        ("GET", "/api/v1/configmaps?watch=1", String::new()),
        ("GET", "/apis", String::new()),
    ] {
        let marks = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&marks);
        let mut request = Request::builder().method(method).uri(path).body(driver_host::body_from(body)).unwrap();
        request.extensions_mut().insert(EffectMark::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        }));
        let _response = cluster.server.service().oneshot(request).await.unwrap();
        assert_eq!(marks.load(Ordering::Relaxed), 1, "{method} {path}");
    }
}

#[test]
fn calls_are_read_for_the_journal() {
    let border = ApiServer::describe();
    let table = [
        ("GET", "/api/v1/namespaces/a/pods/p", "", "", "get pods | a/p | Unary | null"),
        ("GET", "/api/v1/pods?limit=500", "", "", "list pods | - | Unary | {\"limit\":\"500\"}"),
        ("GET", "/api/v1/namespaces/a/pods?watch=true&resourceVersion=7", "", "", "watch pods | a | Stream | {\"resourceVersion\":\"7\"}"),
        (
            "POST",
            "/api/v1/namespaces/a/secrets",
            "application/json",
            "{\"metadata\":{\"generateName\":\"x-\"},\"data\":{\"k\":\"hidden\"}}",
            "create secrets | a/x-* | Unary | {\"bytes\":56}",
        ),
        (
            "POST",
            "/api/v1/namespaces/a/pods/p/binding",
            "",
            "{\"target\":{\"name\":\"n\"}}",
            "create pods/binding | a/p | Unary | {\"bytes\":23,\"node\":\"n\"}",
        ),
        (
            "PATCH",
            "/api/v1/nodes/n/status",
            "application/strategic-merge-patch+json",
            "{}",
            "patch nodes/status | n | Unary | {\"bytes\":2,\"type\":\"strategic-merge\"}",
        ),
        ("PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/l", "", "{}", "update leases | a/l | Unary | {\"bytes\":2}"),
        (
            "DELETE",
            "/api/v1/namespaces/a/pods/p",
            "",
            "{\"gracePeriodSeconds\":0}",
            "delete pods | a/p | Unary | {\"gracePeriodSeconds\":0}",
        ),
        ("GET", "/version", "", "", "get /version | - | Unary | null"),
    ];
    for (method, path, kind, body, expected) in table {
        let (head, ()) = Request::builder().method(method).uri(path).header("content-type", kind).body(()).unwrap().into_parts();
        let described = border.request(&head, body.as_bytes());
        let flow = if described.flow == Flow::Stream { "Stream" } else { "Unary" };
        let told = format!("{} | {} | {flow} | {}", described.method, described.target.as_deref().unwrap_or("-"), described.args);
        assert_eq!(told, expected);
    }
    let (request, ()) = Request::new(()).into_parts();
    let described = border.request(&request, b"");
    let (head, ()) = http::Response::builder().status(409).body(()).unwrap().into_parts();
    let answer = border.answer(&described, &head, br#"{"reason":"Conflict"}"#, None);
    assert_eq!((answer.status, answer.error.as_deref()), (409, Some("Conflict")));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_has_details_that_clients_look_into() {
    let cluster = Cluster::new();
    cluster.made(PODS, &pod("p")).await;
    let about = serde_json::json!({"name": "q", "kind": "pods"});
    assert_eq!(cluster.get(&format!("{PODS}/q")).await.1["details"], about);
    let nothing = serde_json::json!({});
    for (method, path, code) in [
        ("PATCH", format!("{PODS}/p/ephemeralcontainers"), 404),
        ("GET", format!("{PODS}/p/nothing"), 404),
        ("POST", format!("{PODS}/p"), 405),
    ] {
        let (answered, status) = cluster.call(method, &path, "application/merge-patch+json", &nothing).await;
        assert_eq!((answered, &status["details"]), (code, &nothing), "{method} {path}: {status}");
    }
    let (code, page) = cluster.get("/apis/unknown.example.com/v1/things").await;
    assert_eq!((code, page.as_str().unwrap()), (404, "404 page not found\n"));
}

#[tokio::test(start_paused = true)]
async fn the_older_openapi_is_one_document_without_loose_ends() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| match value.as_str() {
                Some(reference) if key == "$ref" => found.push(reference),
                _ => references(value, found),
            }),
            Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
            _ => {}
        }
    }
    let cluster = Cluster::new();
    let (code, document) = cluster.get("/openapi/v2").await;
    assert_eq!((code, &document["swagger"]), (200, &"2.0".into()));
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 500);
    for reference in found {
        let name = reference.strip_prefix("#/definitions/").unwrap();
        assert!(document["definitions"].get(name).is_some(), "{name}");
    }
    let text = document.to_string();
    assert!(!text.contains("components/schemas") && !text.contains("nullable\":true"));
    assert!(document["definitions"].get("io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler").is_some());
    let asked = async |accept: &str| {
        let request = Request::builder().uri("/openapi/v2").header("accept", accept).body(driver_host::body_from(Vec::new())).unwrap();
        let response = ServiceExt::oneshot(cluster.server.service(), request).await.unwrap();
        let code = response.status().as_u16();
        (code, driver_host::collect_body(response.into_body()).await.unwrap())
    };
    // As `protoc --decode_raw` reads it: 1: "2.0", 2 {1: "Kubernetes", 2: "v1.36.2"}.
    let (code, bytes) = asked("application/com.github.proto-openapi.spec.v2@v1.0+protobuf").await;
    assert_eq!((code, &bytes[..]), (200, &b"\x0a\x032.0\x12\x15\x0a\x0aKubernetes\x12\x07v1.36.2"[..]));
    assert_eq!(asked("text/html").await.0, 406);
}
