//! The scenario's user of Kubernetes: somebody with kubectl who tries again.
//!
//! A step acts once. Where nobody listens at the API server's address it has not acted yet, and the user tries again each second, for a
//! minute: a server that is restarted is no reason for a step to fail.

use std::time::Duration;

use driver_host::{Answering, Body, BoxError, HttpService, body_from, collect_body, send};
use http::{Request, Response};
use seatrial_wires::{Network, is_not_sent};

/// The process that acts for the scenario.
const USER: &str = "user";
/// How often is tried, and after how long again.
const TRIES: u32 = 60;
const AGAIN: Duration = Duration::from_secs(1);

/// A client of the user's, for the server at this address.
pub(super) fn client(network: &Network, address: &str) -> kube::Client {
    let wire = network.process(USER).connect(address);
    let patient = tower::service_fn(move |request: Request<Body>| -> Answering { Box::pin(ask(wire.clone(), request)) });
    driver_host::kubernetes_client(HttpService::new(patient))
}

async fn ask(wire: HttpService, request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let (head, body) = request.into_parts();
    let body = collect_body(body).await?;
    let mut tries = 0;
    loop {
        tries += 1;
        match send(wire.clone(), Request::from_parts(head.clone(), body_from(body.clone()))).await {
            Err(error) if tries < TRIES && is_not_sent(&*error) => tokio::time::sleep(AGAIN).await,
            answer => return answer,
        }
    }
}
