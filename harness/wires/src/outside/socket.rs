//! An address of the world on a unix socket that one process is given: what a program sends there goes over that process's
//! own wire.
//!
//! So a sidecar that somebody else wrote calls a driver that somebody else wrote, and the calls are delayed, failed and
//! recorded as if either were ours. Whose socket it is says who calls; no other process is told of it.

use std::io;
use std::path::Path;

use driver_host::{BoxError, HttpService};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::{Breaking, BreakingAnswer, ServeError};
use crate::process::Process;

/// Puts `address` on a socket at `path` for what `caller` sends, for as long as `caller` lives. A socket that an earlier
/// incarnation left there goes.
///
/// # Errors
/// [`ServeError::UnixSocket`] when something else lies there, or the folder cannot be written.
pub fn open_socket(caller: &Process, path: &Path, address: &str) -> Result<(), ServeError> {
    let failed = |source| ServeError::UnixSocket { path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    let (process, address) = (caller.clone(), address.to_owned());
    caller.spawn("socket", async move {
        let mut connections = JoinSet::new();
        // An accept error is the one connection's, not the listener's.
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, process.clone(), address.clone()));
            }
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(())
}

/// A service that calls the gRPC server that a program outside has at `path`; for the one who stands for it in the network.
pub fn dial_socket(process: &Process, path: &Path) -> HttpService {
    let (network, path) = (process.network().clone(), path.to_owned());
    driver_host::os::dialed(move || {
        let (network, path) = (network.clone(), path.clone());
        async move {
            // The listener hears of it at once.
            network.touch();
            Ok(network.outside(driver_host::os::dial(&path).await?))
        }
    })
}

async fn serve(stream: UnixStream, caller: Process, address: String) {
    let stream = caller.network().outside(stream);
    let breaking = Breaking::default();
    let broken = breaking.clone();
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let request = request.map(|body| body.map_err(BoxError::from).boxed_unsync());
        BreakingAnswer::new(driver_host::send(caller.connect(&address), request), &breaking)
    });
    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
    // A client that breaks off has nobody to tell.
    broken.run(builder.serve_connection(TokioIo::new(stream), service)).await;
}
