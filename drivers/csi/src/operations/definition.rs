//! The definition of the custom resource.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::Api;
use serde_json::json;

use super::resource::{CnsVolumeOperationRequest, GROUP, KIND, PLURAL, VERSION};
use crate::definitions::{DefinitionError, ensure};

/// Makes the definition unless it is there, and waits until the API server serves the resource.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub async fn ensure_definition(client: &kube::Client, namespace: &str) -> Result<(), DefinitionError> {
    let records: Api<CnsVolumeOperationRequest> = Api::namespaced(client.clone(), namespace);
    ensure(client, &definition(), &records).await
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
