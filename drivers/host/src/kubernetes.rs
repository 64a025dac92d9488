//! kube's client over any [`HttpService`].

use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::http_service::HttpService;

/// A Kubernetes client that sends over `service`, with `default` as its namespace.
///
/// kube's own retry layer jitters by a random hash and is not part of it; retries are the caller's.
pub fn kubernetes_client(service: HttpService) -> kube::Client {
    let service =
        service.map_request(|request: http::Request<kube::client::Body>| request.map(|body| body.map_err(Into::into).boxed_unsync()));
    kube::Client::new(service, "default")
}
