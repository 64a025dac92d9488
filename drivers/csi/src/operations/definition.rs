//! The definition of the custom resource: made at the driver's start, then waited for.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use super::resource::{CnsVolumeOperationRequest, GROUP, KIND, PLURAL, VERSION};

/// How often the API server is asked whether it serves the resource.
const POLL: Duration = Duration::from_secs(1);

/// How long a start waits for the API server before it is given up; whoever started the driver starts it again.
const PATIENCE: Duration = Duration::from_secs(300);

/// The records cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the custom resource {PLURAL}.{GROUP} is not served after {} s: {reason}", PATIENCE.as_secs())]
pub struct DefinitionError {
    reason: String,
}

/// Makes the definition unless it is there, and waits until the API server serves the resource.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub async fn ensure_definition(client: &kube::Client, namespace: &str) -> Result<(), DefinitionError> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let Err(reason) = attempt(client, namespace).await else { return Ok(()) };
        if tokio::time::Instant::now() >= deadline {
            return Err(DefinitionError { reason });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// One look: the definition is made if it is missing, then the resource is listed, which is the proof.
async fn attempt(client: &kube::Client, namespace: &str) -> Result<(), String> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let found = definitions.get_opt(&format!("{PLURAL}.{GROUP}")).await.map_err(|error| error.to_string())?;
    if found.is_none() {
        match definitions.create(&PostParams::default(), &definition()).await {
            Ok(_) => {}
            // Another controller was faster.
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let records: Api<CnsVolumeOperationRequest> = Api::namespaced(client.clone(), namespace);
    records.list(&ListParams::default().limit(1)).await.map(drop).map_err(|error| error.to_string())
}

/// The definition, with upstream's schema.
fn definition() -> CustomResourceDefinition {
    let operation = json!({
        "type": "object",
        "required": ["taskId", "taskInvocationTimestamp"],
        "properties": {
            "taskInvocationTimestamp": {"type": "string", "format": "date-time"},
            "taskId": {"type": "string"},
            "vCenterServer": {"type": "string"},
            "opId": {"type": "string"},
            "taskStatus": {"type": "string"},
            "error": {"type": "string"},
        },
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "status": {"type": "object", "properties": {
                "volumeID": {"type": "string"},
                "snapshotID": {"type": "string"},
                "capacity": {"type": "integer", "format": "int64"},
                "errorCount": {"type": "integer"},
                "quotaDetails": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "firstOperationDetails": operation,
                "latestOperationDetails": {"type": "array", "items": operation},
            }},
        },
    });
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{PLURAL}.{GROUP}")},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": KIND, "listKind": format!("{KIND}List"), "plural": PLURAL, "singular": "cnsvolumeoperationrequest"},
            "versions": [{"name": VERSION, "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    });
    serde_json::from_value(definition).expect("the definition is written above and a test reads it")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_one() {
        let definition = super::definition();
        assert_eq!(definition.metadata.name.as_deref(), Some("cnsvolumeoperationrequests.cns.vmware.com"));
        assert!(definition.spec.versions[0].schema.is_some());
    }
}
