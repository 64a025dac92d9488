//! The definition of the custom resource, as upstream has it.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::Api;
use serde_json::json;

use super::resource::{CsiNodeTopology, GROUP, KIND, PLURAL, VERSION};
use crate::definitions::{DefinitionError, ensure};

/// Makes the definition unless it is there, and waits until the API server serves the resource.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub(crate) async fn ensure_topology_definition(client: &kube::Client) -> Result<(), DefinitionError> {
    ensure(client, &definition(), &Api::<CsiNodeTopology>::all(client.clone())).await
}

/// Status is no subresource of its own: upstream's definition has none.
fn definition() -> CustomResourceDefinition {
    let text = || json!({"type": "string"});
    let label = json!({"type": "object", "required": ["key", "value"], "properties": {"key": text(), "value": text()}});
    let schema = json!({
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": text(),
            "kind": text(),
            "metadata": {"type": "object"},
            "spec": {"type": "object", "required": ["nodeID"], "properties": {"nodeID": text(), "nodeuuid": text()}},
            "status": {"type": "object", "properties": {
                "status": text(),
                "errorMessage": text(),
                "topologyLabels": {"type": "array", "items": label},
            }},
        },
    });
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{PLURAL}.{GROUP}")},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": {"kind": KIND, "listKind": format!("{KIND}List"), "plural": PLURAL, "singular": "csinodetopology"},
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
        assert_eq!(definition.metadata.name.as_deref(), Some("csinodetopologies.cns.vmware.com"));
        assert!(definition.spec.versions[0].schema.is_some());
    }
}
