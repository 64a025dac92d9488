//! What endpoints answer while the service behind them is stopped.
//!
//! The proxy in front of all services answers status 503 and a line of text, which is no SOAP; so it does for calls that
//! were waiting when their service went. A service that is there and misses another one answers for itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use fake_vcenter_world::{Endpoint, Outage};

use crate::VCenter;
use crate::soap::faulty;

/// The endpoint that a path belongs to.
fn endpoint(path: &str) -> Option<Endpoint> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    Some(match first {
        "sdk" => Endpoint::Vim,
        "vsanHealth" => Endpoint::Cns,
        "pbm" => Endpoint::Pbm,
        "vslm" => Endpoint::Vslm,
        "rest" | "api" => Endpoint::Rest,
        _ => return None,
    })
}

/// Stands in front of all endpoints.
pub async fn guard(State(vcenter): State<Arc<VCenter>>, request: Request, next: Next) -> Response<Body> {
    let Some(endpoint) = endpoint(request.uri().path()) else { return next.run(request).await };
    if let Some(outage) = vcenter.with_world(|world| world.outage(endpoint)) {
        return answer(outage);
    }
    let response = next.run(request).await;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && let Some(outage @ Outage::Proxy(_)) = vcenter.with_world(|world| world.outage(endpoint))
    {
        return answer(outage);
    }
    response
}

fn answer(outage: Outage) -> Response<Body> {
    match outage {
        Outage::Faulty(fault) => faulty(&fault),
        Outage::Proxy(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            response
        }
    }
}
