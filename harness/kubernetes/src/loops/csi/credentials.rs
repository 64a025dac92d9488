//! What a Secret holds that a volume's call needs.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Secret, SecretReference};
use kube::api::Api;

/// The Secret's content; nothing where none is named.
pub(super) async fn credentials(
    client: &kube::Client,
    reference: Option<&SecretReference>,
) -> Result<BTreeMap<String, String>, kube::Error> {
    let Some(reference) = reference else { return Ok(BTreeMap::new()) };
    let (name, namespace) = words(reference);
    let secret: Secret = Api::namespaced(client.clone(), namespace).get(name).await?;
    let data = secret.data.unwrap_or_default().into_iter();
    Ok(data.map(|(key, value)| (key, String::from_utf8_lossy(&value.0).into_owned())).collect())
}

/// Its name and namespace.
pub(super) fn words(reference: &SecretReference) -> (&str, &str) {
    (reference.name.as_deref().unwrap_or_default(), reference.namespace.as_deref().unwrap_or_default())
}
