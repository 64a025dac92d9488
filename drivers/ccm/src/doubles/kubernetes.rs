//! The API server, as far as this controller goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use driver_host::{Body, BoxError, HttpService, body_from, collect_body};
use futures::StreamExt;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tower::util::BoxCloneSyncService;

use super::Trace;

#[derive(Default)]
struct Store {
    /// By resource and name: `nodes`, `secrets/<namespace>`, `events/<namespace>`.
    objects: BTreeMap<(String, String), Value>,
    revision: u64,
    history: Vec<(u64, Value)>,
    watchers: Vec<mpsc::UnboundedSender<Bytes>>,
    /// Writes are refused from this one on.
    refuse_after: Option<usize>,
    writes: usize,
}

/// The API server.
#[derive(Clone)]
pub(crate) struct Cluster {
    store: Arc<Mutex<Store>>,
    trace: Trace,
}

type Answer = (StatusCode, Value);

fn status(code: StatusCode, reason: &str, message: &str) -> Answer {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": reason, "message": message, "code": code.as_u16()});
    (code, body)
}

/// RFC 7386.
fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(members), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    members.remove(key);
                } else {
                    merge(members.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

impl Cluster {
    pub(crate) fn new(trace: Trace) -> Self {
        Self { store: Arc::default(), trace }
    }

    fn open(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("nobody panicked")
    }

    /// A Node as a kubelet registers it, not ready.
    pub(crate) fn register(&self, name: &str, system_uuid: &str) {
        let node = json!({
            "kind": "Node", "apiVersion": "v1",
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
            "spec": {"taints": [{"key": "node.cloudprovider.kubernetes.io/uninitialized", "value": "true", "effect": "NoSchedule"}]},
            "status": {
                "conditions": [{"type": "Ready", "status": "False"}],
                "nodeInfo": {
                    "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "",
                    "kubeletVersion": "", "machineID": "", "operatingSystem": "linux", "osImage": "", "systemUUID": system_uuid,
                },
            },
        });
        self.open().put("nodes", name, node);
    }

    /// Changes a Node as somebody else would.
    pub(crate) fn patch(&self, name: &str, patch: &Value) {
        let mut store = self.open();
        let mut node = store.objects[&("nodes".to_owned(), name.to_owned())].clone();
        merge(&mut node, patch);
        store.put("nodes", name, node);
    }

    /// Says that a kubelet is or is not there.
    pub(crate) fn ready(&self, name: &str, ready: bool) {
        let status = if ready { "True" } else { "Unknown" };
        self.patch(name, &json!({"status": {"conditions": [{"type": "Ready", "status": status}]}}));
    }

    pub(crate) fn node(&self, name: &str) -> Option<Value> {
        self.open().objects.get(&("nodes".to_owned(), name.to_owned())).cloned()
    }

    /// A Secret with these texts.
    pub(crate) fn secret(&self, namespace: &str, name: &str, texts: &[(&str, &str)]) {
        use base64::Engine;
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let data: BTreeMap<&str, String> = texts.iter().map(|(key, text)| (*key, encode(text))).collect();
        let secret = json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}, "data": data});
        self.open().put(&format!("secrets/{namespace}"), name, secret);
    }

    pub(crate) fn remove_secret(&self, namespace: &str, name: &str) {
        self.open().objects.remove(&(format!("secrets/{namespace}"), name.to_owned()));
    }

    /// Reasons and messages of the events about a node, in order.
    pub(crate) fn events(&self, name: &str) -> Vec<String> {
        let store = self.open();
        let events = store.objects.iter().filter(|((resource, _), _)| resource == "events/default").map(|(_, event)| event);
        let mut about: Vec<&Value> = events.filter(|event| event["involvedObject"]["name"] == name).collect();
        about.sort_by_key(|event| event["metadata"]["resourceVersion"].as_str().and_then(|text| text.parse::<u64>().ok()));
        about.iter().map(|event| format!("{}: {}", event["reason"].as_str().unwrap(), event["message"].as_str().unwrap())).collect()
    }

    /// Takes this many more writes and no more.
    pub(crate) fn refuse_after(&self, writes: Option<usize>) {
        let mut store = self.open();
        (store.refuse_after, store.writes) = (writes, 0);
    }

    pub(crate) fn service(&self) -> HttpService {
        let cluster = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let cluster = cluster.clone();
            async move { cluster.answer(request).await }
        }))
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let (head, body) = request.into_parts();
        let body = collect_body(body).await?;
        let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
        if query.contains("watch=true") {
            return Ok(self.watch(&query));
        }
        let body: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        if head.method != Method::GET {
            self.trace.note(&format!("kubernetes: {} {} {}", head.method, path, shortened(&body)));
        }
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        let (code, answer) = self.open().carry_out(&head.method, &parts, &body);
        let mut response = Response::new(body_from(answer.to_string()));
        *response.status_mut() = code;
        Ok(response)
    }

    fn watch(&self, query: &str) -> Response<Body> {
        let since = query.split('&').find_map(|pair| pair.strip_prefix("resourceVersion=")).and_then(|text| text.parse().ok()).unwrap_or(0);
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut store = self.open();
        for (_, event) in store.history.iter().filter(|(revision, _)| *revision > since) {
            sender.send(line(event)).expect("the receiver is here");
        }
        store.watchers.push(sender);
        let stream = futures::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
        let frames = stream.map(|line| Ok::<_, BoxError>(http_body::Frame::data(line)));
        Response::new(StreamBody::new(frames).boxed_unsync())
    }
}

/// Of a body what tells one write from another.
fn shortened(body: &Value) -> String {
    match body["kind"].as_str() {
        Some("Node") => {
            let labels = body["metadata"]["labels"].as_object().map(serde_json::Map::len).unwrap_or_default();
            let taints: Vec<&str> =
                body["spec"]["taints"].as_array().into_iter().flatten().filter_map(|taint| taint["key"].as_str()).collect();
            format!("providerID={} labels={labels} taints={taints:?}", body["spec"]["providerID"].as_str().unwrap_or("none"))
        }
        Some("Event") => format!("{} {}", body["type"].as_str().unwrap(), body["reason"].as_str().unwrap()),
        _ => body.to_string(),
    }
}

impl Store {
    fn put(&mut self, resource: &str, name: &str, mut object: Value) -> Value {
        self.revision += 1;
        let key = (resource.to_owned(), name.to_owned());
        let before = self.objects.get(&key).map(|before| before["metadata"]["uid"].clone());
        let kind = if before.is_some() { "MODIFIED" } else { "ADDED" };
        object["metadata"]["uid"] = before.unwrap_or_else(|| json!(format!("uid-{}", self.revision)));
        object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        self.objects.insert(key, object.clone());
        if resource == "nodes" {
            self.notify(kind, &object);
        }
        object
    }

    fn notify(&mut self, kind: &str, object: &Value) {
        let event = json!({"type": kind, "object": object});
        let line = line(&event);
        self.history.push((self.revision, event));
        self.watchers.retain(|watcher| watcher.send(line.clone()).is_ok());
    }

    fn carry_out(&mut self, method: &Method, parts: &[&str], body: &Value) -> Answer {
        if *method != Method::GET {
            if self.refuse_after.is_some_and(|most| self.writes >= most) {
                return status(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "no more writes");
            }
            self.writes += 1;
        }
        match (method.as_str(), parts) {
            ("GET", ["nodes"]) => {
                let nodes: Vec<&Value> =
                    self.objects.iter().filter(|((resource, _), _)| resource == "nodes").map(|(_, node)| node).collect();
                let revision = self.revision.to_string();
                (StatusCode::OK, json!({"kind": "NodeList", "apiVersion": "v1", "metadata": {"resourceVersion": revision}, "items": nodes}))
            }
            ("GET", ["nodes", name]) => self.get("nodes", name),
            ("GET", ["namespaces", namespace, "secrets", name]) => self.get(&format!("secrets/{namespace}"), name),
            ("PUT", ["nodes", name]) => self.replace(name, body),
            ("PATCH", ["nodes", name, "status"]) => self.patch_status(name, body),
            ("DELETE", ["nodes", name]) => self.delete(name, body),
            ("POST", ["namespaces", namespace, "events"]) => {
                let name = body["metadata"]["name"].as_str().unwrap().to_owned();
                (StatusCode::CREATED, self.put(&format!("events/{namespace}"), &name, body.clone()))
            }
            _ => status(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", &format!("{method} {parts:?} is not played here")),
        }
    }

    fn get(&self, resource: &str, name: &str) -> Answer {
        let found = self.objects.get(&(resource.to_owned(), name.to_owned()));
        found.map_or_else(
            || status(StatusCode::NOT_FOUND, "NotFound", &format!("{name} not found")),
            |object| (StatusCode::OK, object.clone()),
        )
    }

    fn replace(&mut self, name: &str, body: &Value) -> Answer {
        let (code, mut held) = self.get("nodes", name);
        if code != StatusCode::OK {
            return (code, held);
        }
        if held["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"] {
            return status(StatusCode::CONFLICT, "Conflict", "the object has been modified");
        }
        // The status has an endpoint of its own.
        let status_held = held["status"].clone();
        held = body.clone();
        held["status"] = status_held;
        (StatusCode::OK, self.put("nodes", name, held))
    }

    fn patch_status(&mut self, name: &str, body: &Value) -> Answer {
        let (code, mut held) = self.get("nodes", name);
        if code != StatusCode::OK {
            return (code, held);
        }
        if held["metadata"]["uid"] != body["metadata"]["uid"] {
            return status(StatusCode::CONFLICT, "Conflict", "the uid differs");
        }
        merge(&mut held["status"], &body["status"]);
        (StatusCode::OK, self.put("nodes", name, held))
    }

    fn delete(&mut self, name: &str, body: &Value) -> Answer {
        let (code, held) = self.get("nodes", name);
        if code != StatusCode::OK {
            return (code, held);
        }
        let conditions = &body["preconditions"];
        if ["uid", "resourceVersion"].iter().any(|key| !conditions[*key].is_null() && conditions[*key] != held["metadata"][*key]) {
            return status(StatusCode::CONFLICT, "Conflict", "a precondition failed");
        }
        self.objects.remove(&("nodes".to_owned(), name.to_owned()));
        self.revision += 1;
        let mut gone = held;
        gone["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        self.notify("DELETED", &gone);
        (StatusCode::OK, gone)
    }
}

/// An event of a watch: the type first, as servers write it.
fn line(event: &Value) -> Bytes {
    Bytes::from(format!("{{\"type\":{},\"object\":{}}}\n", event["type"], event["object"]))
}
