//! What etcd and kube-apiserver are given: certificates of an authority of their own, loopback ports, flags.
//!
//! The admission plugin `ServiceAccount` is off: nobody plays the token controller, so no pod would be admitted. All others
//! are as the server has them by default. etcd does not wait for the disk: its data goes with the run. Events stay for a week, not for
//! an hour: one that goes because it is old would be a write in a world that is left alone.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use kube::config::{KubeConfigOptions, Kubeconfig};
use seatrial_wires::{Authority, ClientCertificate, Identity};
use tempfile::TempDir;

use super::assets::AssetsError;
use crate::folders::{PREFIX, kubeconfig};

/// The folder of the programs, and how they are told of it; it goes with this.
pub(super) struct Papers {
    folder: TempDir,
    kubeconfig: PathBuf,
    ports: Ports,
}

/// Where the programs listen, on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    etcd: u16,
    peer: u16,
    server: u16,
}

impl Ports {
    /// etcd's usual ones, and the one beside the API server's usual one: for a network in which nobody else is.
    pub(super) const USUAL: Self = Self { etcd: 2379, peer: 2380, server: 6444 };

    /// Ports that are free now. Between here and the program's start somebody may take one: then the program says so.
    pub(super) fn free() -> Result<Self, AssetsError> {
        let bind = || TcpListener::bind("127.0.0.1:0").map_err(AssetsError::Port);
        let listeners = [bind()?, bind()?, bind()?];
        let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port()).map_err(AssetsError::Port);
        Ok(Self { etcd: port(&listeners[0])?, peer: port(&listeners[1])?, server: port(&listeners[2])? })
    }
}

impl Papers {
    /// Makes the folder, and writes what the programs are given.
    pub(super) fn write(ports: Ports) -> Result<Self, AssetsError> {
        let folder = make_folder(&std::env::temp_dir())?;
        let kubeconfig = write_into(folder.path(), ports)?;
        Ok(Self { folder, kubeconfig, ports })
    }

    /// Where they lie.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How an administrator gets at the server.
    pub(super) async fn config(&self) -> Result<kube::Config, AssetsError> {
        let (file, options) = (Kubeconfig::read_from(&self.kubeconfig)?, KubeConfigOptions::default());
        Ok(kube::Config::from_custom_kubeconfig(file, &options).await?)
    }

    /// etcd's arguments.
    pub(super) fn etcd(&self, data: &Path) -> Vec<String> {
        let Ports { etcd: client, peer, .. } = self.ports;
        let mut arguments = ["--unsafe-no-fsync", "--client-cert-auth", "--log-level=warn"].map(str::to_owned).to_vec();
        arguments.extend(["--trusted-ca-file=ca.pem", "--cert-file=server.pem", "--key-file=server.key"].map(str::to_owned));
        arguments.extend([
            format!("--data-dir={}", data.display()),
            format!("--listen-client-urls=https://127.0.0.1:{client}"),
            format!("--advertise-client-urls=https://127.0.0.1:{client}"),
            format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
            format!("--initial-advertise-peer-urls=http://127.0.0.1:{peer}"),
            format!("--initial-cluster=default=http://127.0.0.1:{peer}"),
        ]);
        arguments
    }

    /// kube-apiserver's arguments.
    pub(super) fn api_server(&self) -> Vec<String> {
        let Ports { etcd, server, .. } = self.ports;
        let mut arguments = vec![format!("--etcd-servers=https://127.0.0.1:{etcd}"), format!("--secure-port={server}")];
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
            "--event-ttl=168h",
        ];
        arguments.extend(fixed.map(str::to_owned));
        arguments
    }
}

/// A folder of this run's in another.
pub(super) fn make_folder(within: &Path) -> Result<TempDir, AssetsError> {
    let made = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir_in(within);
    made.map_err(|source| AssetsError::File { path: within.to_owned(), source })
}

/// Answers where the administrator's kubeconfig is.
fn write_into(folder: &Path, ports: Ports) -> Result<PathBuf, AssetsError> {
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
    write("kubeconfig", &kubeconfig(Some(([127, 0, 0, 1], ports.server).into()), &ca, &certificate, &key))
}
