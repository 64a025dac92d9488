//! gRPC on a unix socket: served, and called.

use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};

use super::service_fn;
use crate::{BoxError, HostError, HttpService};

/// The path of `unix:///csi/csi.sock`, `unix:/csi/csi.sock` or `/csi/csi.sock`.
fn socket_path(endpoint: &str) -> Option<PathBuf> {
    let path = endpoint.strip_prefix("unix://").or_else(|| endpoint.strip_prefix("unix:")).unwrap_or(endpoint);
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// Binds the socket and serves it for as long as the process lives.
#[allow(clippy::disallowed_methods, reason = "this is the host that the others are told to ask")]
pub(super) fn listen(endpoint: &str, routes: tonic::service::Routes) -> Result<(), HostError> {
    let failed = |reason: String| HostError::Listen { endpoint: endpoint.to_owned(), reason };
    let path = socket_path(endpoint).ok_or_else(|| failed("it is not a unix socket; write unix:///csi/csi.sock".to_owned()))?;
    remove_stale(&path).map_err(|error| failed(error.to_string()))?;
    let listener = UnixListener::bind(&path).map_err(|error| failed(error.to_string()))?;
    tokio::spawn(accept(listener, routes.prepare()));
    Ok(())
}

/// Why a path is not free to be served.
#[derive(Debug, thiserror::Error)]
enum TakenError {
    /// It cannot be looked at.
    #[error(transparent)]
    Look(io::Error),
    /// Whatever it is, it is not ours to remove.
    #[error("something that is no socket lies there")]
    NoSocket,
    /// Somebody listens.
    #[error("another process serves it")]
    Served,
    /// Nobody listens, but it stays.
    #[error("failed to remove the socket of a process that is gone: {0}")]
    Remove(#[source] io::Error),
}

/// Removes the socket of a process that is gone; leaves everything else alone.
fn remove_stale(path: &Path) -> Result<(), TakenError> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(TakenError::Look(error)),
        Ok(found) if !found.file_type().is_socket() => Err(TakenError::NoSocket),
        Ok(_) if std::os::unix::net::UnixStream::connect(path).is_ok() => Err(TakenError::Served),
        Ok(_) => std::fs::remove_file(path).map_err(TakenError::Remove),
    }
}

/// Takes connections one by one, each in a task of its own.
#[allow(clippy::disallowed_methods, reason = "this is the host that the others are told to ask")]
async fn accept(listener: UnixListener, routes: tonic::service::Routes) {
    let service = TowerToHyperService::new(routes.into_axum_router());
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, as a rule: it passes.
                eprintln!("failed to accept a connection: {error}");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                continue;
            }
        };
        let service = service.clone();
        tokio::spawn(async move {
            // A connection that breaks off concerns nobody but its caller.
            let _ = Builder::new(TokioExecutor::new()).http2_only().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A service that calls the gRPC server on the unix socket at `path`.
pub(super) fn connect(path: &str) -> HttpService {
    let path = socket_path(path).unwrap_or_else(|| PathBuf::from(path));
    dialed(move || {
        let path = path.clone();
        async move { dial(&path).await }
    })
}

/// Connects to the unix socket at `path`.
///
/// # Errors
/// The system's, with the path in its words.
pub async fn dial(path: &Path) -> io::Result<UnixStream> {
    let failed = |error: io::Error| io::Error::new(error.kind(), format!("failed to connect to {}: {error}", path.display()));
    UnixStream::connect(path).await.map_err(failed)
}

/// A service that calls the gRPC server at the other end of what `dial` opens; each request opens its own connection, so that a
/// server that restarts is reached again.
#[allow(clippy::disallowed_methods, reason = "this is the host that the others are told to ask")]
pub fn dialed<D, F, S>(dial: D) -> HttpService
where
    D: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = io::Result<S>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    service_fn(move |request| {
        let dialing = dial();
        async move {
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(dialing.await?)).await?;
            tokio::spawn(connection);
            let (mut head, body) = request.into_parts();
            let mut uri = head.uri.into_parts();
            uri.scheme = Some(http::uri::Scheme::HTTP);
            uri.authority = Some(http::uri::Authority::from_static("localhost"));
            head.uri = http::Uri::from_parts(uri)?;
            let response = sender.send_request(http::Request::from_parts(head, body)).await?;
            Ok::<_, BoxError>(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        }
    })
}
