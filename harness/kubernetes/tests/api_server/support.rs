//! A server, raw requests to it, and the objects that the tables use.

use std::sync::Arc;
use std::time::Duration;

use driver_host::{Body, body_from, collect_body};
use http::{Request, Response};
use http_body_util::BodyExt;
use seatrial_journal::{Elapsed, Journal, MemorySink};
use seatrial_kubernetes::api::ApiServer;
use seatrial_seed::{Clock, Seed, stamps};
use serde_json::{Value, json};
use tokio::time::Instant;
use tower::ServiceExt;

/// Virtual time as the paused runtime keeps it.
pub struct TokioClock(Instant);

impl Clock for TokioClock {
    fn elapsed(&self) -> Elapsed {
        self.0.elapsed().into()
    }
}

/// A server and its journal.
pub struct Cluster {
    pub server: Arc<ApiServer>,
    pub journal: MemorySink,
}

impl Cluster {
    pub fn new() -> Self {
        let clock = Arc::new(TokioClock(Instant::now()));
        let journal = Journal::new(stamps(clock.clone()));
        let sink = MemorySink::default();
        journal.add_sink(sink.clone());
        Self { server: ApiServer::new(clock, Seed::new(7), journal), journal: sink }
    }

    pub fn client(&self) -> kube::Client {
        driver_host::kubernetes_client(self.server.service())
    }

    pub async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Response<Body> {
        let request = Request::builder().method(method).uri(path).header("content-type", kind).body(body_from(body)).unwrap();
        self.server.service().oneshot(request).await.unwrap()
    }

    pub async fn call(&self, method: &str, path: &str, kind: &str, body: &Value) -> (u16, Value) {
        let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        let response = self.send(method, path, kind, bytes).await;
        let code = response.status().as_u16();
        let bytes = collect_body(response.into_body()).await.unwrap();
        (code, serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into()))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, "", &Value::Null).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, "application/json", body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("PUT", path, "application/json", body).await
    }

    pub async fn merge(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("PATCH", path, "application/merge-patch+json", body).await
    }

    pub async fn delete(&self, path: &str, options: &Value) -> (u16, Value) {
        self.call("DELETE", path, "application/json", options).await
    }

    /// Creates, and expects it to be taken.
    pub async fn made(&self, path: &str, body: &Value) -> Value {
        let (code, object) = self.post(path, body).await;
        assert_eq!(code, 201, "{object}");
        object
    }

    pub async fn watch(&self, path: &str) -> Watch {
        let response = self.send("GET", path, "", Vec::new()).await;
        assert_eq!(response.status(), 200);
        Watch(response.into_body())
    }
}

/// A watch that is read event by event.
pub struct Watch(Body);

impl Watch {
    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        let frame = self.0.frame().await?;
        Some(serde_json::from_slice(&frame.unwrap().into_data().unwrap()).unwrap())
    }

    /// The events that are there within a moment, as `TYPE name@version`.
    pub async fn now(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(1), self.next()).await {
            told.push(tell(&event));
        }
        told
    }
}

pub fn tell(event: &Value) -> String {
    let object = &event["object"];
    let kind = event["type"].as_str().unwrap();
    if kind == "ERROR" {
        return format!("ERROR {} {}: {}", object["code"], object["reason"].as_str().unwrap(), object["message"].as_str().unwrap());
    }
    let name = object["metadata"]["name"].as_str().unwrap_or("-");
    let end = if object["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true" { " (end of initial events)" } else { "" };
    format!("{kind} {name}@{}{end}", version(object))
}

pub fn version(object: &Value) -> &str {
    object["metadata"]["resourceVersion"].as_str().unwrap_or("none")
}

pub const PODS: &str = "/api/v1/namespaces/default/pods";
pub const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";
pub const VOLUMES: &str = "/api/v1/persistentvolumes";
pub const NODES: &str = "/api/v1/nodes";
pub const MAPS: &str = "/api/v1/namespaces/default/configmaps";
pub const CLASSES: &str = "/apis/storage.k8s.io/v1/storageclasses";
pub const ATTACHMENTS: &str = "/apis/storage.k8s.io/v1/volumeattachments";
pub const CSI_NODES: &str = "/apis/storage.k8s.io/v1/csinodes";
pub const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
pub const SETS: &str = "/apis/apps/v1/namespaces/default/statefulsets";

pub fn map(name: &str) -> Value {
    json!({"metadata": {"name": name}, "data": {"k": "v"}})
}

pub fn pod(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "busybox"}]}})
}

pub fn bound_pod(name: &str, node: &str) -> Value {
    let mut pod = pod(name);
    pod["spec"]["nodeName"] = node.into();
    pod
}

pub fn claim(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gold", "resources": {"requests": {"storage": "1Gi"}}}})
}

pub fn volume(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {
        "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
        "csi": {"driver": "csi.vsphere.vmware.com", "volumeHandle": "h"}}})
}

pub fn class(name: &str) -> Value {
    json!({"metadata": {"name": name}, "provisioner": "csi.vsphere.vmware.com"})
}

pub fn attachment(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"attacher": "csi.vsphere.vmware.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}}})
}

pub fn csi_node(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"drivers": [{"name": "d", "nodeID": "i", "topologyKeys": [], "allocatable": {"count": 1}}]}})
}

pub fn node(name: &str) -> Value {
    json!({"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

pub fn set(name: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {
        "serviceName": "s", "selector": {"matchLabels": {"app": "a"}},
        "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "busybox:1"}]}}}})
}
