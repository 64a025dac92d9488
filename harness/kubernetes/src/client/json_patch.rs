//! JSON patches (RFC 6902) as bytes; kube's own type for them is a feature that nothing else here needs.

use kube::Resource;
use kubernetes_client::ObjectKey;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Sends a JSON patch: `operations` is the array of operations.
///
/// # Errors
/// What the API server refused with.
pub async fn json_patch<K>(client: &kube::Client, key: &ObjectKey, operations: &Value) -> Result<K, kube::Error>
where
    K: Resource<DynamicType = ()> + DeserializeOwned,
{
    let namespace = Some(key.namespace.as_str()).filter(|namespace| !namespace.is_empty());
    let path = format!("{}/{}", K::url_path(&(), namespace), key.name);
    let request = http::Request::patch(path)
        .header(http::header::CONTENT_TYPE, "application/json-patch+json")
        .header(http::header::ACCEPT, "application/json")
        .body(operations.to_string().into_bytes())
        .map_err(kube::Error::HttpError)?;
    client.request(request).await
}
