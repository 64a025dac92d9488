//! A Kubernetes client that says what it is forbidden.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use http::{Response, StatusCode};
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams};

use driver_host::{Body, BoxError, Host, HostError, HttpService, Machine, Peer, Task, body_from, reporting_kubernetes_client};

/// A host that only keeps what is logged.
#[derive(Default)]
struct LogHost(Mutex<Vec<String>>);

#[async_trait]
impl Host for LogHost {
    fn calendar(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn random(&self) -> u64 {
        0
    }

    fn spawn(&self, _name: &str, _task: Task) {}

    fn log(&self, line: &str) {
        self.0.lock().expect("nobody panics").push(line.to_owned());
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        Err(HostError::Absent { path: path.display().to_string() })
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        Err(HostError::Connect { peer: format!("{peer:?}"), reason: "there is nothing here".to_owned() })
    }

    async fn listen(&self, endpoint: &str, _routes: tonic::service::Routes) -> Result<(), HostError> {
        Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "nobody calls here".to_owned() })
    }

    fn machine(&self) -> Arc<dyn Machine> {
        unreachable!("nobody asks for it")
    }
}

/// An API server that forbids everything.
fn forbidding() -> HttpService {
    HttpService::new(tower::service_fn(|request: http::Request<Body>| async move {
        let verb = if request.uri().query().is_some_and(|query| query.contains("limit")) { "list" } else { "get" };
        let message =
            format!("nodes is forbidden: User \"nobody\" cannot {verb} resource \"nodes\" in API group \"\" at the cluster scope");
        let status = serde_json::json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Forbidden", "code": 403, "message": message});
        let mut response = Response::new(body_from(status.to_string()));
        *response.status_mut() = StatusCode::FORBIDDEN;
        Ok::<_, BoxError>(response)
    }))
}

#[tokio::test]
async fn what_is_forbidden_is_said_at_once_and_each_thing_once() {
    let host = Arc::new(LogHost::default());
    let client = reporting_kubernetes_client(forbidding(), Arc::clone(&host) as Arc<dyn Host>, "ClusterRole of-the-program");
    let nodes: Api<Node> = Api::all(client);
    for _ in 0..3 {
        let error = nodes.get("a").await.expect_err("it is forbidden");
        assert!(matches!(error, kube::Error::Api(status) if status.code == 403), "the caller hears of it as before");
        nodes.list(&ListParams::default().limit(1)).await.expect_err("it is forbidden");
    }
    let said = host.0.lock().expect("nobody panics").clone();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("nobody may not get nodes in the cluster") && said[0].contains("ClusterRole of-the-program"), "{said:?}");
}
