//! Asking a real API server: services over a kubeconfig's connection, and a small runtime by the wall's clock for what
//! happens before and after the world.

use driver_host::{BoxError, HttpService, collect_body, empty_body, send};
use http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::util::BoxCloneSyncService;

/// A service that sends to the API server of a configuration.
pub(super) fn service(config: &kube::Config) -> Result<HttpService, kube::Error> {
    let mut config = config.clone();
    // The clock may be the world's: whoever waits decides for how long.
    (config.connect_timeout, config.read_timeout, config.write_timeout) = (None, None, None);
    config.default_retry = false;
    let client = kube::Client::try_from(config)?;
    Ok(BoxCloneSyncService::new(tower::service_fn(move |request: Request<driver_host::Body>| {
        let client = client.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = kube::client::Body::from(collect_body(body).await?);
            let response = client.send(Request::from_parts(head, body)).await?;
            Ok::<_, BoxError>(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        }
    })))
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
    let service = service(config).ok()?;
    let (_, answer) = by_the_wall(async { get(&service, "/version").await.ok() }).ok()??;
    Some(answer.get("gitVersion")?.as_str()?.to_owned())
}
