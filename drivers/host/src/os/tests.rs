//! The operating system's host against real sockets and real files.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use ring::digest;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use super::OperatingSystem;
use crate::{Host, Machine, Peer, Trust, body_from, collect_body};

/// A directory of its own for each test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("driver-host-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An HTTPS server with a certificate of its own that answers each connection once; port, certificate, PEM.
#[allow(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
async fn server() -> (u16, CertificateDer<'static>, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let certificate = cert.der().clone();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("they fit");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ =
                stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    (port, certificate, cert.pem())
}

fn thumbprint(algorithm: &'static digest::Algorithm, certificate: &CertificateDer<'_>) -> String {
    digest::digest(algorithm, certificate).as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// Asks the server; the answer's body, or the whole chain of errors.
async fn ask(port: u16, trust: Trust) -> Result<String, String> {
    let peer = Peer::VCenter { host: "localhost".into(), port, trust };
    let service = OperatingSystem::default().connect(&peer).await.map_err(|error| error.to_string())?;
    let request = http::Request::builder().uri("https://localhost/sdk").body(body_from("x")).expect("a request");
    let response = service.oneshot(request).await.map_err(|error| format!("{error:?}"))?;
    assert_eq!(response.status(), 302, "redirects are the caller's");
    let body = collect_body(response.into_body()).await.map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_certificate_is_judged_as_configured() {
    let scratch = Scratch::new("tls");
    let (port, certificate, pem) = server().await;
    let file = scratch.0.join("ca.pem");
    std::fs::write(&file, pem).expect("there is room");
    let good = [
        Trust::Anything,
        Trust::CaFile(file.display().to_string()),
        Trust::Thumbprint(thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate)),
        Trust::Thumbprint(thumbprint(&digest::SHA256, &certificate).to_lowercase()),
    ];
    for trust in good {
        assert_eq!(ask(port, trust.clone()).await.as_deref(), Ok("ok"), "{trust:?}");
    }
    let other = thumbprint(&digest::SHA256, &CertificateDer::from(vec![1, 2, 3]));
    let refused = ask(port, Trust::Thumbprint(other)).await.expect_err("it is another certificate");
    assert!(refused.contains("not the configured one"), "{refused}");
    assert!(ask(port, Trust::System).await.is_err(), "nobody vouches for it");
}

#[tokio::test]
async fn a_trust_that_cannot_be_read_is_told_at_once() {
    let scratch = Scratch::new("ca");
    let empty = scratch.0.join("empty.pem");
    std::fs::write(&empty, "").expect("there is room");
    for trust in [Trust::CaFile("/nowhere/ca.pem".into()), Trust::CaFile(empty.display().to_string()), Trust::Thumbprint("AA".into())] {
        let told = ask(443, trust.clone()).await.expect_err("it cannot be used");
        assert!(told.starts_with("failed to connect to vCenter localhost:443:"), "{told}");
    }
}

#[tokio::test]
async fn a_socket_is_served_called_and_taken_over_from_the_dead() {
    let scratch = Scratch::new("socket");
    let path = scratch.0.join("csi.sock");
    // What a process that was killed leaves behind.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("it is free"));
    let host = OperatingSystem::default();
    let endpoint = format!("unix://{}", path.display());
    host.listen(&endpoint, tonic::service::Routes::default()).await.expect("the socket is stale");
    let service = host.connect(&Peer::Socket(path.display().to_string())).await.expect("a socket needs no preparation");
    let request = http::Request::builder().method("POST").uri("http://localhost/none.Such/Call").body(body_from("")).expect("a request");
    let response = service.oneshot(request).await.expect("it is served");
    assert_eq!(response.headers()["grpc-status"], "12");
    let taken = host.listen(&endpoint, tonic::service::Routes::default()).await.expect_err("it is served already");
    assert!(taken.to_string().ends_with("another process serves it"));
    assert!(host.listen("tcp://0.0.0.0:1", tonic::service::Routes::default()).await.is_err());
}

#[tokio::test]
async fn a_blank_device_is_told_from_one_with_data() {
    let scratch = Scratch::new("disk");
    let machine = OperatingSystem::default().machine;
    let device = scratch.0.join("disk");
    std::fs::write(&device, vec![0; 16 * 1024 * 1024]).expect("there is room");
    if super::commands::run("blkid", &["-V"]).await.is_err() || super::commands::run("mkfs.ext4", &["-V"]).await.is_err() {
        eprintln!("blkid or mkfs.ext4 is not installed here: nothing to try");
        return;
    }
    assert_eq!(machine.filesystem_on(&device).await.expect("it can be read"), None);
    machine.make_filesystem(&device, "ext4").await.expect("it is blank");
    assert_eq!(machine.filesystem_on(&device).await.expect("it can be read").as_deref(), Some("ext4"));
    assert!(machine.filesystem_on(&scratch.0.join("none")).await.is_err(), "a device that is not there is not blank");
    // A partition table, as fdisk writes it: an entry of type 0x83 and the signature.
    let mut table = vec![0; 1024 * 1024];
    table[446..462].copy_from_slice(&[0, 2, 0, 0, 0x83, 3, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0]);
    table[510..512].copy_from_slice(&[0x55, 0xaa]);
    std::fs::write(&device, table).expect("there is room");
    assert_eq!(machine.filesystem_on(&device).await.expect("it can be read").as_deref(), Some("a dos partition table"));
}

#[tokio::test]
async fn files_and_directories_come_and_go() {
    let scratch = Scratch::new("paths");
    let machine = OperatingSystem::default().machine;
    let (directory, file) = (scratch.0.join("a/b"), scratch.0.join("c/d"));
    for _ in 0..2 {
        machine.make_directory(&directory).await.expect("it may be there");
        machine.make_file(&file).await.expect("it may be there");
    }
    assert!(machine.exists(&directory).await.expect("it can be seen"));
    let (total, free, available) = machine.filesystem_usage(&directory).await.expect("it can be measured");
    assert!(total >= free && free >= available);
    for _ in 0..2 {
        machine.remove(&directory).await.expect("it may be gone");
        machine.remove(&file).await.expect("it may be gone");
    }
    assert!(!machine.exists(&file).await.expect("it can be seen"));
    assert!(machine.mounts().await.expect("Linux lists them").iter().any(|mount| mount.target == std::path::Path::new("/")));
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
async fn the_api_server_of_a_kubeconfig_is_called_with_its_credentials() {
    let scratch = Scratch::new("kubeconfig");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody calls");
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.expect("it says something");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.expect("it listens");
        String::from_utf8_lossy(&request[..length]).to_lowercase()
    });
    let path = scratch.0.join("config");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{{name: a, cluster: {{server: 'http://127.0.0.1:{port}'}}}}]\n\
         users: [{{name: a, user: {{token: sesame}}}}]\ncontexts: [{{name: a, context: {{cluster: a, user: a}}}}]\n"
    );
    std::fs::write(&path, text).expect("there is room");
    let host = OperatingSystem { kubeconfig: Some(path), ..OperatingSystem::default() };
    let service = host.connect(&Peer::Kubernetes).await.expect("the file is right");
    let asked = http::Request::builder().uri("/api/v1/nodes").body(body_from("")).expect("a request");
    let response = service.oneshot(asked).await.expect("it is served");
    assert_eq!(collect_body(response.into_body()).await.expect("a body"), "{}");
    let request = request.await.expect("the server ends");
    assert!(request.starts_with("get /api/v1/nodes http/1.1") && request.contains("authorization: bearer sesame"), "{request}");
}

#[tokio::test]
async fn a_kubeconfig_that_is_missing_is_told_with_its_path() {
    let host = OperatingSystem { kubeconfig: Some("/nowhere/config".into()), ..OperatingSystem::default() };
    let told = host.connect(&Peer::Kubernetes).await.map(drop).expect_err("there is none").to_string();
    assert!(told.contains("/nowhere/config"), "{told}");
}
