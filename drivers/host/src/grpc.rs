//! tonic's generated clients over any [`HttpService`].

use std::task::{Context, Poll};

use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

use crate::http_service::{Body, BoxError, HttpService};

/// What a tonic client is made of: `ControllerClient::new(GrpcClient::new(service))`.
#[derive(Clone)]
pub struct GrpcClient(HttpService);

impl GrpcClient {
    /// Sends gRPC over `service`.
    pub fn new(service: HttpService) -> Self {
        Self(service)
    }
}

impl Service<http::Request<tonic::body::Body>> for GrpcClient {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // The inner service is driven to readiness by `oneshot`.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let service = self.0.clone();
        Box::pin(service.oneshot(request.map(|body| body.map_err(Into::into).boxed_unsync())))
    }
}
