//! etcd and kube-apiserver as children of the run: loopback ports, certificates of their own authority, RBAC.
//!
//! The admission plugin `ServiceAccount` is off: nobody plays the token controller, so no pod would be admitted. All others
//! are as the server has them by default. etcd does not wait for the disk: its data goes with the run.
//! Both are started through `seatrial driver leashed`, so that they die with the run however it ends.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use seatrial_wires::{Authority, ClientCertificate, Identity, ServeError};
use tempfile::TempDir;

use super::binaries::Binaries;
use super::probe::{by_the_wall, get, service};
use crate::world::processes::{PREFIX, kubeconfig, last_words};

/// How often it is looked whether the server is ready, and how often at most: two minutes.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: u32 = 600;
/// How many of a log's last lines an error tells.
const LAST_LINES: usize = 8;

/// Why the programs did not come up.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// A file or folder of theirs.
    #[error("failed to make {path}: {source}; set TMPDIR to a place where it can be made")]
    File {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] ServeError),
    /// No port to be had.
    #[error("failed to find a free port on 127.0.0.1: {0}")]
    Port(#[source] std::io::Error),
    /// It could not be started.
    #[error("failed to start {program}: {source}")]
    Start {
        /// Which.
        program: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// It ended before it was ready.
    #[error("{program} ended with {status} before the API server was ready; the last lines of its log:\n{log}")]
    Ended {
        /// Which.
        program: PathBuf,
        /// How.
        status: String,
        /// What it said.
        log: String,
    },
    /// It is never ready.
    #[error("{program} was not ready after {} seconds; the last lines of its log:\n{log}", (LOOK * LOOKS).as_secs())]
    NotReady {
        /// Which.
        program: PathBuf,
        /// What it said.
        log: String,
    },
    /// The configuration that we wrote is no good.
    #[error("failed to read the kubeconfig that was written for kube-apiserver: {0}")]
    Kubeconfig(#[from] KubeconfigError),
    /// No way to ask it.
    #[error("failed to ask kube-apiserver whether it is ready: {0}")]
    Client(#[from] kube::Error),
}

/// A child with its log.
struct Running {
    program: PathBuf,
    log: PathBuf,
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The running programs; they end before their folder goes.
pub(super) struct Assets {
    pub(super) config: kube::Config,
    _running: [Running; 2],
    _folder: TempDir,
}

impl Assets {
    /// Starts both and waits until the server is ready. Their logs go into the folder `logs`, or into one that goes with them.
    pub(super) fn start(binaries: &Binaries, leash: &Path, logs: Option<&Path>) -> Result<Self, AssetsError> {
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let made = tempfile::Builder::new().prefix(&prefix).tempdir();
        let folder = made.map_err(|source| AssetsError::File { path: std::env::temp_dir(), source })?;
        let papers = Papers::write(folder.path())?;
        let logs = logs.unwrap_or(folder.path());
        let etcd = launch(leash, &binaries.etcd, &etcd(papers.etcd, papers.peer), folder.path(), logs)?;
        let server = launch(leash, &binaries.api_server, &api_server(papers.etcd, papers.port), folder.path(), logs)?;
        let mut running = [etcd, server];
        let (file, options) = (Kubeconfig::read_from(&papers.kubeconfig)?, KubeConfigOptions::default());
        let io = |source| AssetsError::Start { program: binaries.api_server.clone(), source };
        let config = by_the_wall(async {
            let config = kube::Config::from_custom_kubeconfig(file, &options).await?;
            until_ready(&config, &mut running).await?;
            Ok::<_, AssetsError>(config)
        })
        .map_err(io)??;
        Ok(Self { config, _running: running, _folder: folder })
    }
}

/// What the programs are given.
struct Papers {
    kubeconfig: PathBuf,
    etcd: u16,
    peer: u16,
    port: u16,
}

impl Papers {
    fn write(folder: &Path) -> Result<Self, AssetsError> {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).map(|()| path.clone()).map_err(|source| AssetsError::File { path, source })
        };
        let pair = |name: &str, pair: &ClientCertificate| {
            Ok::<_, AssetsError>((write(&format!("{name}.pem"), &pair.certificate)?, write(&format!("{name}.key"), &pair.key)?))
        };
        let authority = Authority::new("seatrial-cluster")?;
        let ca = write("ca.pem", authority.pem())?;
        pair("server", &authority.server(&["127.0.0.1".to_owned(), "localhost".to_owned()])?)?;
        // The key that signs tokens of accounts; its public half is read from a certificate.
        pair("accounts", &authority.server(&["accounts".to_owned()])?)?;
        let administrator = Identity { name: "kubernetes-admin".to_owned(), groups: vec!["system:masters".to_owned()] };
        let (certificate, key) = pair("admin", &authority.client(&administrator)?)?;
        let [etcd, peer, port] = free_ports().map_err(AssetsError::Port)?;
        let text = kubeconfig(Some(([127, 0, 0, 1], port).into()), &ca, &certificate, &key);
        Ok(Self { kubeconfig: write("kubeconfig", &text)?, etcd, peer, port })
    }
}

/// Ports that are free now. Between here and the program's start somebody may take one: then the program says so.
fn free_ports() -> std::io::Result<[u16; 3]> {
    let bind = || TcpListener::bind("127.0.0.1:0");
    let listeners = [bind()?, bind()?, bind()?];
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

fn etcd(client: u16, peer: u16) -> Vec<String> {
    let mut arguments = ["--data-dir=etcd", "--unsafe-no-fsync", "--client-cert-auth", "--log-level=warn"].map(str::to_owned).to_vec();
    arguments.extend(["--trusted-ca-file=ca.pem", "--cert-file=server.pem", "--key-file=server.key"].map(str::to_owned));
    arguments.extend([
        format!("--listen-client-urls=https://127.0.0.1:{client}"),
        format!("--advertise-client-urls=https://127.0.0.1:{client}"),
        format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
        format!("--initial-advertise-peer-urls=http://127.0.0.1:{peer}"),
        format!("--initial-cluster=default=http://127.0.0.1:{peer}"),
    ]);
    arguments
}

fn api_server(etcd: u16, port: u16) -> Vec<String> {
    let mut arguments = vec![format!("--etcd-servers=https://127.0.0.1:{etcd}"), format!("--secure-port={port}")];
    let fixed = [
        "--etcd-cafile=ca.pem",
        "--etcd-certfile=admin.pem",
        "--etcd-keyfile=admin.key",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--client-ca-file=ca.pem",
        "--tls-cert-file=server.pem",
        "--tls-private-key-file=server.key",
        "--service-account-key-file=accounts.pem",
        "--service-account-signing-key-file=accounts.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount",
    ];
    arguments.extend(fixed.map(str::to_owned));
    arguments
}

fn launch(leash: &Path, program: &Path, arguments: &[String], folder: &Path, logs: &Path) -> Result<Running, AssetsError> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let log = logs.join(format!("{name}.1.log"));
    let file = |path: &Path| File::create(path).map_err(|source| AssetsError::File { path: path.to_owned(), source });
    let output = file(&log)?;
    let errors = output.try_clone().map_err(|source| AssetsError::File { path: log.clone(), source })?;
    let mut command = Command::new(leash);
    command.args(["driver", "leashed", "--"]).arg(program).args(arguments).current_dir(folder);
    // A person's proxies and etcd settings are not meant for this one. The folder marks it as the run's.
    command.env_clear().env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let child = command.spawn().map_err(|source| AssetsError::Start { program: program.to_owned(), source })?;
    Ok(Running { program: program.to_owned(), log, child })
}

/// Waits until the server is ready and has its first namespace.
async fn until_ready(config: &kube::Config, running: &mut [Running; 2]) -> Result<(), AssetsError> {
    let service = service(config)?;
    for _ in 0..LOOKS {
        for one in running.iter_mut() {
            if let Ok(Some(status)) = one.child.try_wait() {
                return Err(AssetsError::Ended { program: one.program.clone(), status: status.to_string(), log: last_lines(&one.log) });
            }
        }
        let mut ready = true;
        for path in ["/readyz", "/api/v1/namespaces/default"] {
            let asked = tokio::time::timeout(Duration::from_secs(5), get(&service, path)).await;
            ready &= matches!(asked, Ok(Ok((200, _))));
        }
        if ready {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    let [_, server] = running;
    Err(AssetsError::NotReady { program: server.program.clone(), log: last_lines(&server.log) })
}

fn last_lines(log: &Path) -> String {
    let lines: Vec<String> = last_words(log, LAST_LINES).iter().map(|line| format!("  {line}")).collect();
    if lines.is_empty() { "  (it is empty)".to_owned() } else { lines.join("\n") }
}
