//! HTTPS to the API server, as a kubeconfig or the pod's service account says.

use std::path::Path;

use http_body_util::BodyExt;
use kube::config::{KubeConfigOptions, Kubeconfig};

use super::service_fn;
use crate::{HostError, HttpService, collect_body};

/// A service that sends to the cluster's API server, with the account's credentials.
pub(super) async fn connect(kubeconfig: Option<&Path>) -> Result<HttpService, HostError> {
    let mut config = match kubeconfig {
        Some(path) => {
            let failed = |reason: String| HostError::Connect { peer: format!("Kubernetes by {}", path.display()), reason };
            let file = Kubeconfig::read_from(path).map_err(|error| failed(error.to_string()))?;
            let options = KubeConfigOptions::default();
            kube::Config::from_custom_kubeconfig(file, &options).await.map_err(|error| failed(error.to_string()))?
        }
        None => kube::Config::incluster()
            .map_err(|error| failed(format!("not in a pod with a service account ({error}); set KUBECONFIG to run outside")))?,
    };
    // One retry layer, and it is the caller's.
    config.default_retry = false;
    let client = kube::Client::try_from(config).map_err(|error| failed(error.to_string()))?;
    Ok(service_fn(move |request| {
        let client = client.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = kube::client::Body::from(collect_body(body).await?);
            let response = client.send(http::Request::from_parts(head, body)).await?;
            Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        }
    }))
}

fn failed(reason: String) -> HostError {
    HostError::Connect { peer: "Kubernetes".to_owned(), reason }
}
