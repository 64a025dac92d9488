//! A socket in front of the endpoints: plain HTTP or TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::certificate::Certificate;
use crate::error::ProgramError;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub SocketAddr);

/// A server on a socket; dropping it closes the socket and its connections.
pub struct Listening {
    /// Where it listens.
    pub address: SocketAddr,
    /// Held for its end: dropping a set aborts its tasks.
    tasks: JoinSet<()>,
}

impl Listening {
    /// Lets something run for as long as the server does.
    pub fn beside(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }
}

/// Listens on `address` (port 0 for any that is free), with TLS where there is a certificate.
///
/// # Errors
/// The address cannot be had, or certificate and key do not fit.
pub async fn listen(address: SocketAddr, certificate: Option<Certificate>, endpoints: Router) -> Result<Listening, ProgramError> {
    let acceptor = certificate.map(acceptor).transpose()?;
    let listener = TcpListener::bind(address).await.map_err(|source| ProgramError::bind(address, source))?;
    let bound = listener.local_addr().map_err(|source| ProgramError::bind(address, source))?;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        // An accept error is the one connection's (a reset before the handshake), not the listener's.
        loop {
            if let Ok((socket, client)) = listener.accept().await {
                connections.spawn(connection(acceptor.clone(), socket, Client(client), endpoints.clone()));
            }
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Listening { address: bound, tasks })
}

fn acceptor(certificate: Certificate) -> Result<TlsAcceptor, ProgramError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificate.chain, certificate.key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn connection(acceptor: Option<TlsAcceptor>, socket: TcpStream, client: Client, endpoints: Router) {
    // Small answers to small questions: waiting to fill a packet would only slow them down. A socket that does not take it is slower.
    let _ = socket.set_nodelay(true);
    match acceptor {
        None => serve(socket, client, endpoints).await,
        // A client that breaks off, in the handshake or later, has nobody to tell.
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(socket).await {
                serve(stream, client, endpoints).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, client: Client, endpoints: Router) {
    let service = endpoints.map_request(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(client);
        request.map(Body::new)
    });
    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).await;
}
