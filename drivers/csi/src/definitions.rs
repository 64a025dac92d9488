//! Definitions of custom resources: made at the driver's start, then waited for.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, PostParams};
use serde::de::DeserializeOwned;

/// How often the API server is asked whether it serves the resource.
const POLL: Duration = Duration::from_secs(1);

/// How long a start waits for the API server before it is given up; whoever started the driver starts it again.
const PATIENCE: Duration = Duration::from_secs(300);

/// A custom resource cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the custom resource {resource} is not served after {} s: {reason}", PATIENCE.as_secs())]
pub struct DefinitionError {
    resource: String,
    reason: String,
}

/// Makes the definition unless it is there, and waits until the API server serves the resource: until `objects` can be
/// listed.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub(crate) async fn ensure<K>(client: &kube::Client, definition: &CustomResourceDefinition, objects: &Api<K>) -> Result<(), DefinitionError>
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let Err(reason) = attempt(client, definition, objects).await else { return Ok(()) };
        if tokio::time::Instant::now() >= deadline {
            let resource = definition.metadata.name.clone().unwrap_or_default();
            return Err(DefinitionError { resource, reason });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// One look: the definition is made if it is missing, then the resource is listed, which is the proof.
async fn attempt<K>(client: &kube::Client, definition: &CustomResourceDefinition, objects: &Api<K>) -> Result<(), String>
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let name = definition.metadata.name.as_deref().unwrap_or_default();
    if definitions.get_opt(name).await.map_err(|error| words_of(&error))?.is_none() {
        match definitions.create(&PostParams::default(), definition).await {
            Ok(_) => {}
            // Another controller was faster.
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            Err(error) => return Err(words_of(&error)),
        }
    }
    objects.list(&ListParams::default().limit(1)).await.map(drop).map_err(|error| words_of(&error))
}

/// What the API server says of a call that failed, without what only programs read.
pub(crate) fn words_of(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}
