//! HTTPS to a vCenter.

use std::time::Duration;

use http_body_util::BodyExt;

use super::{service_fn, tls};
use crate::{HostError, HttpService, Trust, authority, collect_body};

/// How long a connection may take to be made; what comes after is the caller's to limit.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A service that sends to this host, whatever authority a request names.
pub(super) fn connect(host: &str, port: u16, trust: &Trust) -> Result<HttpService, HostError> {
    let failed = |reason: String| HostError::Connect { peer: format!("vCenter {host}:{port}"), reason };
    let tls = tls::client_config(trust).map_err(|error| failed(error.to_string()))?;
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // A vCenter is named in the configuration: neither a proxy of the environment nor a redirect changes where the
        // password is sent.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let authority: http::uri::Authority = authority(host, port).parse().map_err(|_| failed("this is no host name".to_owned()))?;
    Ok(service_fn(move |request| {
        let (client, authority) = (client.clone(), authority.clone());
        async move {
            let (mut head, body) = request.into_parts();
            let mut uri = head.uri.into_parts();
            uri.scheme = Some(http::uri::Scheme::HTTPS);
            uri.authority = Some(authority);
            head.uri = http::Uri::from_parts(uri)?;
            let body = reqwest::Body::from(collect_body(body).await?);
            let request = reqwest::Request::try_from(http::Request::from_parts(head, body))?;
            let response: http::Response<reqwest::Body> = client.execute(request).await?.into();
            Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        }
    }))
}
