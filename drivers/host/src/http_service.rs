//! The one shape that requests and answers have on both sides of every HTTP border.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

/// Any error of a layer.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body of bytes; may be a stream that goes on.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// A service that sends HTTP requests: in memory, or over a socket.
pub type HttpService = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, BoxError>;

/// An answer that is on its way.
pub type Answering = std::pin::Pin<Box<dyn Future<Output = Result<http::Response<Body>, BoxError>> + Send>>;

/// Sends one request. (`oneshot` called inside an async block trips the compiler over the lifetimes in [`BoxError`].)
pub fn send(service: HttpService, request: http::Request<Body>) -> Answering {
    Box::pin(service.oneshot(request))
}

/// A body with these bytes; its size is known.
pub fn body_from(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body without bytes.
pub fn empty_body() -> Body {
    body_from(Bytes::new())
}

/// Reads a body to its end.
///
/// # Errors
/// What the connection failed with.
pub async fn collect_body<B>(body: B) -> Result<Bytes, BoxError>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    Ok(body.collect().await.map_err(Into::into)?.to_bytes())
}
