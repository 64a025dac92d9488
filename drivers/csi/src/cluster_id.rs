//! What CNS knows the cluster by, where the configuration does not say.
//!
//! As upstream has it: an id is made once and kept in the immutable ConfigMap `vsphere-csi-cluster-id` of the driver's
//! namespace, by the key `clusterID`. Volumes carry it, so an id that is configured later would make strangers of them.

use std::collections::BTreeMap;
use std::time::Duration;

use driver_host::{Host, tried_for};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, PostParams};
use kubernetes_client::reason_of;

/// The ConfigMap, by upstream's name.
const NAME: &str = "vsphere-csi-cluster-id";
const KEY: &str = "clusterID";

/// Between two tries while the API server does not answer, and how long it is waited for.
const POLL: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(300);

/// There is no id.
#[derive(Debug, thiserror::Error)]
pub enum ClusterIdError {
    /// It can neither be read nor kept.
    #[error(
        "vsphere.conf has no cluster-id, and ConfigMap {namespace}/{NAME}, where one is kept, cannot be used after {} s: {reason}",
        PATIENCE.as_secs()
    )]
    Kept {
        /// The driver's namespace.
        namespace: String,
        /// What the API server says.
        reason: String,
    },
    /// Volumes carry another one.
    #[error(
        "vsphere.conf has the cluster-id {configured}, and the volumes of this cluster carry {kept}, which was made before: remove \
         cluster-id from vsphere.conf, or delete ConfigMap {namespace}/{NAME} if there are no such volumes"
    )]
    Another {
        /// The driver's namespace.
        namespace: String,
        /// What the configuration says.
        configured: String,
        /// What was made.
        kept: String,
    },
}

/// The id that is kept, if one is.
async fn kept(maps: &Api<ConfigMap>) -> kube::Result<Option<String>> {
    let found = maps.get_opt(NAME).await?;
    Ok(found.and_then(|map| map.data?.get(KEY).cloned()).filter(|id| !id.is_empty()))
}

/// The id that is configured, or else the one that is kept; made when there is none.
///
/// # Errors
/// [`ClusterIdError`] when it can neither be read nor kept, or differs from the one that is configured.
pub(crate) async fn cluster_id(
    client: &kube::Client,
    namespace: &str,
    host: &dyn Host,
    configured: Option<&str>,
) -> Result<String, ClusterIdError> {
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let Some(configured) = configured else { return found_or_made(&maps, namespace, host).await };
    // Where this cannot be read, nothing is known of another one: the configuration counts.
    match kept(&maps).await {
        Ok(Some(kept)) if kept != configured => {
            Err(ClusterIdError::Another { namespace: namespace.to_owned(), configured: configured.to_owned(), kept })
        }
        _ => Ok(configured.to_owned()),
    }
}

async fn found_or_made(maps: &Api<ConfigMap>, namespace: &str, host: &dyn Host) -> Result<String, ClusterIdError> {
    let made = uuid(host);
    let (id, how) = tried_for(PATIENCE, POLL, || attempt(maps, namespace, &made))
        .await
        .map_err(|error| ClusterIdError::Kept { namespace: namespace.to_owned(), reason: reason_of(&error) })?;
    host.log(&format!("vsphere.conf has no cluster-id: {id} {how} ConfigMap {namespace}/{NAME}"));
    Ok(id)
}

async fn attempt(maps: &Api<ConfigMap>, namespace: &str, made: &str) -> kube::Result<(String, &'static str)> {
    if let Some(id) = kept(maps).await? {
        return Ok((id, "is taken from"));
    }
    let map = ConfigMap {
        metadata: ObjectMeta { name: Some(NAME.to_owned()), namespace: Some(namespace.to_owned()), ..ObjectMeta::default() },
        data: Some(BTreeMap::from([(KEY.to_owned(), made.to_owned())])),
        immutable: Some(true),
        ..ConfigMap::default()
    };
    // Another controller may be faster; its id is then read at the next attempt.
    maps.create(&PostParams::default(), &map).await?;
    Ok((made.to_owned(), "was made and is kept in"))
}

/// A random uuid.
fn uuid(host: &dyn Host) -> String {
    let (first, second) = (host.random(), host.random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        first >> 32,
        (first >> 16) & 0xffff,
        first & 0x0fff,
        0x8000 | (second >> 48) & 0x3fff,
        second & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use driver_host::{Body, BoxError, HttpService, body_from, collect_body, kubernetes_client};
    use http::{Method, Request, Response, StatusCode};
    use serde_json::{Value, json};

    use super::*;
    use crate::controller::doubles::{Crash, TestWorld};

    /// An API server that holds one ConfigMap, and fails so often before it answers.
    #[derive(Clone, Default)]
    struct Server {
        map: Arc<Mutex<Option<Value>>>,
        failures: Arc<Mutex<usize>>,
    }

    impl Server {
        fn client(&self) -> kube::Client {
            let server = self.clone();
            kubernetes_client(HttpService::new(tower::service_fn(move |request| {
                let server = server.clone();
                async move { server.answer(request).await }
            })))
        }

        fn kept(&self) -> Option<Value> {
            self.map.lock().expect("nobody panics").clone()
        }

        async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
            let (head, body) = request.into_parts();
            let body = collect_body(body).await?;
            let status = |code: u16, reason: &str| {
                (
                    code,
                    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": reason, "message": reason, "code": code}),
                )
            };
            let mut failures = self.failures.lock().expect("nobody panics");
            let mut map = self.map.lock().expect("nobody panics");
            let (code, answer) = match (&head.method, &*map) {
                _ if *failures > 0 => {
                    *failures -= 1;
                    status(403, "Forbidden")
                }
                (&Method::GET, Some(map)) => (200, map.clone()),
                (&Method::POST, None) => {
                    let made: Value = serde_json::from_slice(&body)?;
                    *map = Some(made.clone());
                    (201, made)
                }
                (&Method::POST, Some(_)) => status(409, "AlreadyExists"),
                _ => status(404, "NotFound"),
            };
            let mut response = Response::new(body_from(answer.to_string()));
            *response.status_mut() = StatusCode::from_u16(code)?;
            Ok(response)
        }
    }

    async fn id(server: &Server, configured: Option<&str>) -> Result<String, ClusterIdError> {
        cluster_id(&server.client(), "vmware-system-csi", &TestWorld::new("8.0.3", Crash::Never), configured).await
    }

    #[tokio::test(start_paused = true)]
    async fn an_id_is_made_once_and_kept_where_it_cannot_be_changed() {
        let server = Server { failures: Arc::new(Mutex::new(3)), ..Server::default() };
        let made = id(&server, None).await.expect("the API server answers in the end");
        assert_eq!(made.len(), 36);
        let kept = server.kept().expect("it is kept");
        assert_eq!((kept["data"]["clusterID"].as_str(), kept["immutable"].as_bool()), (Some(made.as_str()), Some(true)));
        assert_eq!(kept["metadata"]["name"], "vsphere-csi-cluster-id");
        // Whatever is drawn by the next controller.
        *server.map.lock().expect("nobody panics") =
            Some(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME}, "data": {"clusterID": "older"}}));
        assert_eq!(id(&server, None).await.expect("it is there"), "older");
    }

    #[tokio::test(start_paused = true)]
    async fn a_configured_id_counts_unless_volumes_carry_another() {
        let server = Server::default();
        assert_eq!(id(&server, Some("shop-1")).await.expect("there is none to differ from"), "shop-1");
        assert_eq!(server.kept(), None);
        *server.map.lock().expect("nobody panics") =
            Some(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME}, "data": {"clusterID": "shop-1"}}));
        assert_eq!(id(&server, Some("shop-1")).await.expect("it is the same"), "shop-1");
        let another = id(&server, Some("shop-2")).await.expect_err("volumes carry another one");
        insta::assert_snapshot!(another);
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_that_may_not_keep_an_id_says_why() {
        let server = Server { failures: Arc::new(Mutex::new(usize::MAX)), ..Server::default() };
        let refused = id(&server, None).await.expect_err("it is forbidden");
        insta::assert_snapshot!(refused);
    }
}
