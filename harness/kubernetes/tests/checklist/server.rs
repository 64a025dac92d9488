//! A server to ask: the embedded one in process, or a real one as a child process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use driver_host::os::OperatingSystem;
use driver_host::{Host, HttpService, Peer, Trust, body_from, collect_body};
use http::Request;
use seatrial_journal::Journal;
use seatrial_kubernetes::api::ApiServer;
use seatrial_seed::{Seed, stamps};
use seatrial_wires::{Progress, VirtualClock};
use serde_json::Value;
use tower::ServiceExt;

/// The programs of a real server.
pub struct Binaries {
    etcd: PathBuf,
    api_server: PathBuf,
}

impl Binaries {
    #[expect(clippy::disallowed_methods, reason = "a test asks where the programs are")]
    pub fn find() -> Option<Self> {
        let folders: Vec<PathBuf> = ["KUBEBUILDER_ASSETS", "PATH"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .flat_map(|paths| paths.split(':').map(PathBuf::from).collect::<Vec<PathBuf>>())
            .collect();
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        Some(Self { etcd: find("etcd")?, api_server: find("kube-apiserver")? })
    }
}

/// Child processes and their folder; both go with it.
struct Children(Vec<Child>, PathBuf);

impl Drop for Children {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.1);
    }
}

/// A server with an empty cluster.
pub struct Server {
    service: HttpService,
    _children: Option<Children>,
}

impl Server {
    pub fn embedded() -> Self {
        let clock = Arc::new(VirtualClock::start(Progress::default()));
        let server = ApiServer::new(clock.clone(), Seed::new(7), Journal::new(stamps(clock)));
        Self { service: server.service(), _children: None }
    }

    pub async fn real(binaries: &Binaries) -> Self {
        let folder = std::env::temp_dir().join(format!("seatrial-checklist-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tokens.csv"), "secret,admin,1,\"system:masters\"\n").unwrap();
        // The key that signs tokens of accounts; its public half is read from a certificate only.
        let signing = rcgen::generate_simple_self_signed(vec!["accounts".to_owned()]).unwrap();
        std::fs::write(folder.join("accounts.key"), signing.signing_key.serialize_pem()).unwrap();
        std::fs::write(folder.join("accounts.crt"), signing.cert.pem()).unwrap();
        let (client, peer, port) = (free_port(), free_port(), free_port());
        let (client, peer) = (format!("http://127.0.0.1:{client}"), format!("http://127.0.0.1:{peer}"));
        let etcd = [
            "--data-dir=etcd",
            &format!("--listen-client-urls={client}"),
            &format!("--advertise-client-urls={client}"),
            &format!("--listen-peer-urls={peer}"),
        ]
        .map(str::to_owned);
        let api_server = [
            format!("--etcd-servers={client}"),
            format!("--secure-port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=127.0.0.1".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--cert-dir=certificates".to_owned(),
            "--service-account-key-file=accounts.crt".to_owned(),
            "--service-account-signing-key-file=accounts.key".to_owned(),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            "--token-auth-file=tokens.csv".to_owned(),
            "--authorization-mode=RBAC".to_owned(),
            // The embedded server takes pods before their namespace has an account, too.
            "--disable-admission-plugins=ServiceAccount".to_owned(),
        ];
        let children = vec![start(&binaries.etcd, &etcd, &folder), start(&binaries.api_server, &api_server, &folder)];
        let host = OperatingSystem::default();
        let peer = Peer::VCenter { host: "127.0.0.1".to_owned(), port, trust: Trust::Anything };
        let service = host.connect(&peer).await.unwrap();
        let server = Self { service, _children: Some(Children(children, folder)) };
        for _ in 0..300 {
            if server.try_call("GET", "/readyz", "", &Value::Null).await.is_some_and(|(code, _)| code == 200) {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("kube-apiserver is not ready after a minute");
    }

    async fn try_call(&self, method: &str, path: &str, kind: &str, body: &Value) -> Option<(u16, Value)> {
        let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        let mut request = Request::builder().method(method).uri(path);
        if self._children.is_some() {
            request = request.header("authorization", "Bearer secret");
        }
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        let response = self.service.clone().oneshot(request.body(body_from(bytes)).unwrap()).await.ok()?;
        let code = response.status().as_u16();
        let bytes = collect_body(response.into_body()).await.ok()?;
        Some((code, serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into())))
    }

    pub async fn call(&self, method: &str, path: &str, kind: &str, body: &Value) -> (u16, Value) {
        self.try_call(method, path, kind, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, "", &Value::Null).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, "application/json", body).await
    }

    pub async fn made(&self, path: &str, body: &Value) -> Value {
        let (code, object) = self.post(path, body).await;
        assert_eq!(code, 201, "{object}");
        object
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
}

fn start(program: &Path, arguments: &[String], folder: &Path) -> Child {
    Command::new(program).args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
