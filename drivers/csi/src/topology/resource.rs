//! `csinodetopologies.cns.vmware.com`, as upstream has it: cluster-scoped, named like the node.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::Api;
use kubernetes_client::{Declaration, Declared, DefinitionError, declare, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::segments::Segments;

/// How many volumes have slots on the node's machine. Upstream's object has no room for it.
const SLOTS: &str = "seatrial.dev/volume-slots";

/// Where a node is, asked by its plugin and answered by the controller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CsiNodeTopology {
    pub api_version: String,
    pub kind: String,
    pub metadata: ObjectMeta,
    pub spec: Spec,
    #[serde(default)]
    pub status: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// The node's name.
    #[serde(rename = "nodeID")]
    pub node_id: String,
    /// The BIOS uuid of its machine.
    #[serde(default, rename = "nodeuuid", skip_serializing_if = "String::is_empty")]
    pub node_uuid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// Empty, `Success` or `Error`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topology_labels: Vec<Label>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub error_message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    pub key: String,
    pub value: String,
}

impl CsiNodeTopology {
    /// What a node asks.
    pub(super) fn asking(metadata: ObjectMeta, node: &str, uuid: &str) -> Self {
        Self {
            api_version: Self::DECLARATION.api_version(),
            kind: Self::DECLARATION.kind.to_owned(),
            metadata,
            spec: Spec { node_id: node.to_owned(), node_uuid: uuid.to_owned() },
            status: Answer::default(),
        }
    }

    /// How many volumes have slots, once the controller has said it.
    pub(super) fn slots(&self) -> Option<i64> {
        self.metadata.annotations.as_ref()?.get(SLOTS)?.parse().ok()
    }

    /// With the controller's answer.
    pub(super) fn answered(mut self, answer: Answer, slots: Option<usize>) -> Self {
        let annotations = self.metadata.annotations.get_or_insert_default();
        match slots {
            Some(slots) => drop(annotations.insert(SLOTS.to_owned(), slots.to_string())),
            None => drop(annotations.remove(SLOTS)),
        }
        if annotations.is_empty() {
            self.metadata.annotations = None;
        }
        self.status = answer;
        self
    }
}

impl Answer {
    pub(super) fn success(segments: &Segments) -> Self {
        let label = |(key, value): (&String, &String)| Label { key: key.clone(), value: value.clone() };
        Self { status: "Success".to_owned(), topology_labels: segments.iter().map(label).collect(), error_message: String::new() }
    }

    pub(super) fn error(message: &str) -> Self {
        Self { status: "Error".to_owned(), topology_labels: Vec::new(), error_message: message.to_owned() }
    }

    /// The segments, when the answer is one.
    pub(super) fn segments(&self) -> Option<Segments> {
        let labels = || self.topology_labels.iter().map(|label| (label.key.clone(), label.value.clone())).collect();
        (self.status == "Success").then(labels)
    }
}

declare!(
    CsiNodeTopology,
    ClusterResourceScope,
    Declaration {
        group: "cns.vmware.com",
        version: "v1alpha1",
        kind: "CSINodeTopology",
        plural: "csinodetopologies",
        singular: "csinodetopology",
        namespaced: false,
    },
    schema()
);

/// Makes the definition unless it is there, and waits until the API server serves the resource.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub(crate) async fn ensure_resource(client: &kube::Client) -> Result<(), DefinitionError> {
    ensure::<CsiNodeTopology>(client, &Api::all(client.clone())).await
}

fn schema() -> Value {
    let text = || json!({"type": "string"});
    let label = json!({"type": "object", "required": ["key", "value"], "properties": {"key": text(), "value": text()}});
    json!({
        "required": ["spec"],
        "properties": {
            "spec": {"type": "object", "required": ["nodeID"], "properties": {"nodeID": text(), "nodeuuid": text()}},
            "status": {"type": "object", "properties": {
                "status": text(),
                "errorMessage": text(),
                "topologyLabels": {"type": "array", "items": label},
            }},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_one() {
        let definition = CsiNodeTopology::definition();
        assert_eq!(definition.metadata.name.as_deref(), Some("csinodetopologies.cns.vmware.com"));
        assert!(definition.spec.versions[0].schema.is_some());
        insta::assert_json_snapshot!(definition);
    }
}
