//! Serves an empty cluster on loopback, to point `kubectl` at: `cargo run -p seatrial-kubernetes --example serve -- 8001`.
//!
//! Plain HTTP, no authentication, wall-clock time; for trying things out only.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use driver_host::HttpService;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use seatrial_journal::{Clock, Elapsed, Journal, Seed};
use seatrial_kubernetes::api::ApiServer;
use tower::ServiceExt;

struct RunClock(tokio::time::Instant);

impl Clock for RunClock {
    fn elapsed(&self) -> Elapsed {
        self.0.elapsed().into()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(8001), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, serve(port))
}

async fn serve(port: u16) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Arc::new(RunClock(tokio::time::Instant::now()));
    let server = ApiServer::new(clock.clone(), Seed::new(1), Journal::new(clock));
    let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = server.service();
        tokio::task::spawn_local(async move {
            let answer = service_fn(move |request| answer(service.clone(), request));
            // A connection that breaks is the client's business.
            let _ended = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(
    service: HttpService,
    request: http::Request<hyper::body::Incoming>,
) -> Result<http::Response<driver_host::Body>, driver_host::BoxError> {
    let request = request.map(|body| http_body_util::BodyExt::boxed_unsync(http_body_util::BodyExt::map_err(body, Into::into)));
    service.oneshot(request).await
}
