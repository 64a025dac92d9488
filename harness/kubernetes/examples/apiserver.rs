//! The embedded API server on loopback TLS, in wall time, with the control loops that need no driver: something to point
//! `kubectl` at. Whoever connects may do everything; with a user (and groups) after the port, it is that user who connects.
//!
//! ```console
//! $ cargo run -p seatrial-kubernetes --example apiserver -- 6443
//! KUBECONFIG=/tmp/seatrial-apiserver-6443/kubeconfig
//! $ cargo run -p seatrial-kubernetes --example apiserver -- 6444 system:node:worker-1 system:nodes
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use driver_host::HttpService;
use seatrial_journal::{Border, Journal};
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_kubernetes::loops::{self, Rules};
use seatrial_seed::{Seed, stamps};
use seatrial_wires::{Certificate, Identity, Network, Progress, VirtualClock, serve_tls};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().unwrap_or_else(|| "6443".to_owned()).parse()?;
    let identity = arguments.next().map(|name| Identity { name, groups: arguments.collect() });
    // Under a clock that is not paused this is wall time.
    let clock = Arc::new(VirtualClock::start(Progress::default()));
    let network = Network::new(Journal::new(stamps(clock.clone())), clock, Seed::new(1));
    let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
    server.install_policy();
    network.process("kube-apiserver").listen(API_SERVER, Border::Kubernetes, server.service(), ApiServer::describe());
    loops::start_controller_manager(&network.process("kube-controller-manager"), Rules::default());
    loops::start_scheduler(&network.process("kube-scheduler"), Rules::default());
    let certificate = Certificate::self_signed(&["localhost", "127.0.0.1"])?;
    let authority = certificate.pem.clone();
    let live = serve_tls(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), certificate, identified(server.service(), identity)).await?;
    println!("KUBECONFIG={}", write_kubeconfig(live.address, &authority)?.display());
    std::future::pending().await
}

/// The service as it sees everybody who connects.
fn identified(service: HttpService, identity: Option<Identity>) -> HttpService {
    HttpService::new(tower::service_fn(move |mut request: http::Request<driver_host::Body>| {
        if let Some(identity) = identity.clone() {
            request.extensions_mut().insert(identity);
        }
        driver_host::send(service.clone(), request)
    }))
}

fn write_kubeconfig(address: SocketAddr, authority: &str) -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("seatrial-apiserver-{}", address.port()));
    std::fs::create_dir_all(&folder)?;
    let cluster = json!({"server": format!("https://{address}"), "certificate-authority-data": STANDARD.encode(authority)});
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "seatrial",
        "clusters": [{"name": "seatrial", "cluster": cluster}],
        // Without any credentials kubectl would ask for some; these are not looked at.
        "users": [{"name": "seatrial", "user": {"username": "seatrial", "password": "unused"}}],
        "contexts": [{"name": "seatrial", "context": {"cluster": "seatrial", "user": "seatrial"}}],
    });
    let path = folder.join("kubeconfig");
    std::fs::write(&path, kubeconfig.to_string())?;
    Ok(path)
}
