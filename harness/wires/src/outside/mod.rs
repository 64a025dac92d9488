//! Where the wires of a world meet programs outside of it: the same service behind TLS on a socket, and the time that both keep.
//!
//! [`world_time_run`] and [`wall_time_run`] keep the time of a world with programs outside; a [`Gateway`] puts an address of it on a
//! socket; [`serve_tls`] serves a service that is in no world.

mod authority;
mod callers;
mod dial;
mod gateway;
mod socket;
mod time;

pub use authority::{Authority, ClientCertificate};
pub use callers::Callers;
pub use dial::{Dialed, Dialer};
pub use gateway::{Gateway, OUTSIDE};
pub use socket::{dial_socket, open_socket};
pub use time::{TimeError, wall_time_run, world_time_run};

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use driver_host::{Answering, Body, BoxError, HttpService};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Why nobody can be served on a socket.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No certificate could be made for these names.
    #[error("failed to make a certificate for {names:?}: {source}")]
    Certificate {
        /// The names asked for.
        names: Vec<String>,
        /// What stood in the way.
        source: rcgen::Error,
    },
    /// The TLS configuration was refused.
    #[error("failed to set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// A unix socket could not be bound.
    #[error("failed to listen on {path}: {source}")]
    UnixSocket {
        /// Where.
        path: std::path::PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// The socket could not be bound.
    #[error("failed to listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What stood in the way.
        source: std::io::Error,
    },
}

/// A self-signed certificate and its key.
pub struct Certificate {
    /// The certificate in PEM: what a client trusts.
    pub pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// A certificate for these names and addresses.
    ///
    /// # Errors
    /// [`ServeError::Certificate`] when a name is not one.
    pub fn self_signed(names: &[&str]) -> Result<Self, ServeError> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names.clone()).map_err(|source| ServeError::Certificate { names, source })?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        Ok(Self { pem: made.cert.pem(), certificate: made.cert.der().clone(), key: key.into() })
    }

    fn acceptor(self) -> Result<TlsAcceptor, ServeError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], self.key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// A server on a socket; dropping it closes the socket and its connections.
pub struct TlsServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Held for its end: dropping a set aborts its tasks.
    _tasks: JoinSet<()>,
}

/// Serves HTTP/1.1 over TLS on `address` (port 0 for any).
///
/// # Errors
/// See [`ServeError`].
pub async fn serve_tls(address: SocketAddr, certificate: Certificate, service: HttpService) -> Result<TlsServer, ServeError> {
    let acceptor = certificate.acceptor()?;
    let bind = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let bound = listener.local_addr().map_err(bind)?;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        // An accept error is the one connection's (a reset before the handshake), not the listener's.
        loop {
            if let Ok((socket, _)) = listener.accept().await {
                connections.spawn(serve_connection(acceptor.clone(), socket, service.clone()));
            }
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(TlsServer { address: bound, _tasks: tasks })
}

/// A concrete error around a [`BoxError`], which hyper's bounds do not take as it is.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct BodyError(BoxError);

/// Breaks a connection as a whole when a call on it breaks: what a process that dies, or a network that fails, does to a connection.
/// A stream that is reset alone would be an answer to its caller: gRPC calls it Internal, and sidecars take that for a driver's word.
#[derive(Clone, Default)]
struct Breaking(Arc<Notify>);

impl Breaking {
    /// Serves until the connection ends, or is to break.
    async fn run(self, connection: impl Future) {
        tokio::select! {
            biased;
            () = self.0.notified() => {}
            _ = connection => {}
        }
    }

    fn of(&self, error: BoxError) -> BodyError {
        self.0.notify_one();
        BodyError(error)
    }
}

/// A body whose error is concrete.
struct BreakingBody {
    body: Body,
    breaking: Breaking,
}

impl http_body::Body for BreakingBody {
    type Data = bytes::Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, BodyError>>> {
        let breaking = self.breaking.clone();
        Pin::new(&mut self.body).poll_frame(context).map_err(|error| breaking.of(error))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// An answer whose error is concrete.
struct BreakingAnswer {
    answering: Answering,
    breaking: Breaking,
}

impl BreakingAnswer {
    fn new(answering: Answering, breaking: &Breaking) -> Self {
        Self { answering, breaking: breaking.clone() }
    }
}

impl Future for BreakingAnswer {
    type Output = Result<http::Response<BreakingBody>, BodyError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let breaking = self.breaking.clone();
        self.answering.as_mut().poll(context).map(|answer| match answer {
            Ok(response) => Ok(response.map(|body| BreakingBody { body, breaking })),
            Err(error) => Err(breaking.of(error)),
        })
    }
}

async fn serve_connection(acceptor: TlsAcceptor, socket: tokio::net::TcpStream, service: HttpService) {
    // A client that breaks off, in the handshake or later, has nobody to tell.
    let Ok(stream) = acceptor.accept(socket).await else { return };
    let breaking = Breaking::default();
    let broken = breaking.clone();
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let request = request.map(|body| body.map_err(BoxError::from).boxed_unsync());
        BreakingAnswer::new(driver_host::send(service.clone(), request), &breaking)
    });
    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    broken.run(builder.serve_connection(TokioIo::new(stream), service)).await;
}
