//! A cluster of etcd and kube-apiserver alone that no run has started: what `--kubernetes kubeconfig` may use.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use driver_host::os::OperatingSystem;
use driver_host::{Host, HttpService, Peer, collect_body, empty_body, send};
use serde_json::Value;
use tempfile::TempDir;

use super::command::eventually;
use crate::optional::{environment, in_path};

/// Where a program of a real API server is.
pub fn program(name: &str) -> Option<PathBuf> {
    let assets = Path::new(&environment("KUBEBUILDER_ASSETS")).join(name);
    if assets.is_absolute() && assets.is_file() { Some(assets) } else { in_path(name) }
}

/// The cluster; it goes when it is dropped.
pub struct Bare {
    pub kubeconfig: String,
    children: Vec<Child>,
    _folder: TempDir,
}

impl Drop for Bare {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Bare {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            folder.path().join(name).display().to_string()
        };
        let [client, peer, port] = [free_port(), free_port(), free_port()];
        file("tokens.csv", "secret,somebody,1,\"system:masters\"\n");
        let kubeconfig = file("kubeconfig", &kubeconfig(port));
        let store = format!("http://127.0.0.1:{client}");
        let etcd = [
            "--data-dir=etcd".to_owned(),
            "--unsafe-no-fsync".to_owned(),
            format!("--listen-client-urls={store}"),
            format!("--advertise-client-urls={store}"),
            format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
        ];
        // A key for the tokens of accounts; the server reads its public half from it.
        let pair = seatrial_wires::Authority::new("bare").unwrap().server(&["accounts".to_owned()]).unwrap();
        file("accounts.pem", &pair.certificate);
        file("accounts.key", &pair.key);
        let server = [
            format!("--etcd-servers={store}"),
            format!("--secure-port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=127.0.0.1".to_owned(),
            "--endpoint-reconciler-type=none".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--cert-dir=certificates".to_owned(),
            "--service-account-key-file=accounts.pem".to_owned(),
            "--service-account-signing-key-file=accounts.key".to_owned(),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            "--token-auth-file=tokens.csv".to_owned(),
            "--authorization-mode=RBAC".to_owned(),
            "--disable-admission-plugins=ServiceAccount".to_owned(),
        ];
        let children = vec![start("etcd", &etcd, folder.path()), start("kube-apiserver", &server, folder.path())];
        let bare = Self { kubeconfig, children, _folder: folder };
        eventually("the bare cluster has its first namespace", || bare.get("/api/v1/namespaces/default").is_some());
        // The server makes its own roles after it began to serve; these are the last of them.
        let bindings = "/apis/rbac.authorization.k8s.io/v1/rolebindings";
        eventually("the bare cluster has its roles", || bare.get(bindings).is_some_and(|list| list["items"][0].is_object()));
        bare
    }

    /// The names of all objects of a path.
    pub fn names(&self, path: &str) -> Vec<String> {
        let list = self.get(path).unwrap();
        list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Makes an object.
    pub fn make(&self, path: &str, object: &Value) {
        assert!(self.ask("POST", path, object).is_some(), "{path}");
    }

    fn get(&self, path: &str) -> Option<Value> {
        self.ask("GET", path, &Value::Null)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let system = OperatingSystem { kubeconfig: Some(self.kubeconfig.clone().into()), ..OperatingSystem::default() };
        runtime.block_on(async {
            let service: HttpService = system.connect(&Peer::Kubernetes).await.ok()?;
            let sent = if body.is_null() { empty_body() } else { driver_host::body_from(body.to_string()) };
            let request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
            let response = send(service, request.body(sent).unwrap()).await.ok()?;
            let good = response.status().is_success();
            let bytes = collect_body(response.into_body()).await.ok()?;
            serde_json::from_slice(&bytes).ok().filter(|_| good)
        })
    }
}

fn kubeconfig(port: u16) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: bare\n\
         clusters:\n- {{name: bare, cluster: {{server: 'https://127.0.0.1:{port}', insecure-skip-tls-verify: true}}}}\n\
         users:\n- {{name: somebody, user: {{token: secret}}}}\n\
         contexts:\n- {{name: bare, context: {{cluster: bare, user: somebody}}}}\n"
    )
}

fn start(name: &str, arguments: &[String], folder: &Path) -> Child {
    let mut command = Command::new(program(name).unwrap());
    command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
