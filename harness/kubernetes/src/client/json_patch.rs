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
    send(client, &path_of::<K>(key), operations).await
}

/// Sends a JSON patch of an object's status.
///
/// # Errors
/// What the API server refused with.
pub async fn json_patch_status<K>(client: &kube::Client, key: &ObjectKey, operations: &Value) -> Result<K, kube::Error>
where
    K: Resource<DynamicType = ()> + DeserializeOwned,
{
    send(client, &format!("{}/status", path_of::<K>(key)), operations).await
}

fn path_of<K: Resource<DynamicType = ()>>(key: &ObjectKey) -> String {
    let namespace = Some(key.namespace.as_str()).filter(|namespace| !namespace.is_empty());
    format!("{}/{}", K::url_path(&(), namespace), key.name)
}

async fn send<K: DeserializeOwned>(client: &kube::Client, path: &str, operations: &Value) -> Result<K, kube::Error> {
    let request = http::Request::patch(path)
        .header(http::header::CONTENT_TYPE, "application/json-patch+json")
        .header(http::header::ACCEPT, "application/json")
        .body(operations.to_string().into_bytes())
        .map_err(kube::Error::HttpError)?;
    client.request(request).await
}
