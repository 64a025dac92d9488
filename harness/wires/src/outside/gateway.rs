//! An address of the world on a real socket: what arrives over TLS goes on over the caller's own wire.
//!
//! So a program's call is delayed, failed and recorded where one within the process is, and under the same names. The socket belongs to
//! the server's process: when that is killed, the connections break, and nobody listens until it is back.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use driver_host::{BoxError, HttpService};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::authority::Authority;
use super::callers::Callers;
use super::{Breaking, BreakingAnswer, ServeError};
use crate::identity::Identity;
use crate::process::Process;

/// The process that whoever is no child of the run is taken for: a person with kubectl or govc.
pub const OUTSIDE: &str = "outside";

/// A socket in front of an address of the world.
pub struct Gateway {
    socket: SocketAddr,
    address: String,
    authority: Authority,
    acceptor: TlsAcceptor,
    callers: Callers,
}

impl Gateway {
    /// Takes a port of `socket`'s (0 for any) for the world's `address`; [`Gateway::open`] opens it.
    ///
    /// # Errors
    /// [`ServeError::Bind`] when the port is taken, [`ServeError::Certificate`].
    pub fn new(socket: SocketAddr, address: &str, authority: &Authority, callers: &Callers) -> Result<Self, ServeError> {
        let bind = |source| ServeError::Bind { address: socket, source };
        let bound = TcpListener::bind(socket).and_then(|listener| listener.local_addr()).map_err(bind)?;
        let names = [bound.ip().to_string(), "localhost".to_owned()];
        let acceptor = authority.acceptor(&names)?;
        Ok(Self { socket: bound, address: address.to_owned(), authority: authority.clone(), acceptor, callers: callers.clone() })
    }

    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// Listens for as long as `server` lives.
    ///
    /// # Errors
    /// [`ServeError::Bind`] when somebody else took the port in the meantime.
    pub fn open(self: Arc<Self>, server: &Process) -> Result<(), ServeError> {
        let bind = |source| ServeError::Bind { address: self.socket, source };
        let listener = TcpListener::bind(self.socket).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(bind)?;
        let server_process = server.clone();
        server.spawn("gateway", async move {
            let listener = listener;
            // Whoever waits to be accepted when it closes is turned away.
            let _closing = server_process.network().outside(());
            let mut connections = JoinSet::new();
            // An accept error is the one connection's (a reset before the handshake), not the listener's.
            loop {
                if let Ok((stream, peer)) = listener.accept().await {
                    connections.spawn(Arc::clone(&self).serve(stream, peer, server_process.clone()));
                }
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(())
    }

    async fn serve(self: Arc<Self>, stream: tokio::net::TcpStream, peer: SocketAddr, server: Process) {
        let local = stream.local_addr().unwrap_or(self.socket);
        let caller = self.callers.at(peer, local);
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        // A client that breaks off, in the handshake or later, has nobody to tell.
        let Ok(stream) = self.acceptor.accept(server.network().outside(stream)).await else { return };
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let identity = certificate.and_then(|certificate| self.authority.holder(certificate));
        let breaking = Breaking::default();
        let broken = breaking.clone();
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let wire = wire(&server, caller.as_deref(), &self.address);
            let mut request = request.map(|body| body.map_err(BoxError::from).boxed_unsync());
            request.extensions_mut().insert(identity.clone().unwrap_or_else(anonymous));
            BreakingAnswer::new(driver_host::send(wire, request), &breaking)
        });
        let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        broken.run(builder.serve_connection(TokioIo::new(stream), service)).await;
    }
}

/// The caller's wire; a child that the network does not know any more is about to end, and finds nobody.
fn wire(server: &Process, caller: Option<&str>, address: &str) -> HttpService {
    let network = server.network();
    match network.alive(caller.unwrap_or(OUTSIDE)) {
        Some(process) => process.connect(address),
        None => HttpService::new(tower::service_fn(|_| async { Err("the caller is gone".into()) })),
    }
}

/// Who shows no certificate, in Kubernetes' words.
fn anonymous() -> Identity {
    Identity { name: "system:anonymous".to_owned(), groups: vec!["system:unauthenticated".to_owned()] }
}
