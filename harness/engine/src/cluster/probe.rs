//! Asking a real API server: services over a kubeconfig's connection, and a small runtime by the wall's clock for what
//! happens before and after the world.

use driver_host::{BoxError, HttpService, collect_body, empty_body, send};
use http::Request;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use kube::client::ConfigExt;
use seatrial_wires::{Dialer, Network};
use serde_json::Value;
use tower::util::BoxCloneSyncService;

/// A service that sends to the API server of a configuration.
pub(super) fn service(config: &kube::Config) -> Result<HttpService, kube::Error> {
    let mut config = config.clone();
    // The clock may be the world's: whoever waits decides for how long.
    (config.connect_timeout, config.read_timeout, config.write_timeout) = (None, None, None);
    config.default_retry = false;
    Ok(sending(kube::Client::try_from(config)?))
}

/// A service that sends to the API server of a configuration, which is a program in the world's time. Who asks is told by a
/// certificate, or not at all.
pub(super) fn service_in(network: &Network, config: &kube::Config) -> Result<HttpService, kube::Error> {
    let connector = config.rustls_https_connector_with_connector(Dialer::new(network))?;
    // The pool would ask the wall for how long a connection has been idle.
    let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(None).build(connector);
    let stack = tower::ServiceBuilder::new().layer(config.base_uri_layer()).service(client);
    Ok(sending(kube::Client::new(stack, "default")))
}

fn sending(client: kube::Client) -> HttpService {
    BoxCloneSyncService::new(tower::service_fn(move |request: Request<driver_host::Body>| {
        let client = client.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = kube::client::Body::from(collect_body(body).await?);
            let response = client.send(Request::from_parts(head, body)).await?;
            Ok::<_, BoxError>(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        }
    }))
}

/// Runs to the end, by the wall's clock.
pub(super) fn by_the_wall<Answer>(ask: impl Future<Output = Answer>) -> std::io::Result<Answer> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(ask))
}

/// One request without a body; the code and the answer.
pub(super) async fn get(service: &HttpService, path: &str) -> Result<(u16, Value), BoxError> {
    call(service, "GET", path, &Value::Null).await
}

/// One request; the code and the answer. A patch is a merge patch.
pub(super) async fn call(service: &HttpService, method: &str, path: &str, body: &Value) -> Result<(u16, Value), BoxError> {
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    let sent = if body.is_null() { empty_body() } else { driver_host::body_from(serde_json::to_vec(body)?) };
    let response = send(service.clone(), request.body(sent)?).await?;
    let code = response.status().as_u16();
    let bytes = collect_body(response.into_body()).await?;
    Ok((code, serde_json::from_slice(&bytes).unwrap_or_default()))
}

/// Which version the API server of a configuration says it has.
pub(super) fn version(config: &kube::Config) -> Option<String> {
    by_the_wall(async { version_by(&service(config).ok()?).await }).ok()?
}

/// Which version the API server at the other end says it has.
pub(super) async fn version_by(service: &HttpService) -> Option<String> {
    let (_, answer) = get(service, "/version").await.ok()?;
    Some(answer.get("gitVersion")?.as_str()?.to_owned())
}
