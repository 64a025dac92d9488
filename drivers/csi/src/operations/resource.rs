//! The custom resource as it lies in the API server, and its way to and from a [`Record`].

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kubernetes_client::{Declaration, Declared, declare};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::record::{Carried, Operation, OperationStatus, Record};

/// The volume of a record, where the API server can select by it. Upstream's records have no such label.
pub(super) const VOLUME_LABEL: &str = "cns.vmware.com/volume-id";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CnsVolumeOperationRequest {
    pub api_version: String,
    pub kind: String,
    pub metadata: ObjectMeta,
    pub spec: Spec,
    #[serde(default)]
    pub status: Status,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Spec {
    pub name: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    #[serde(default, rename = "volumeID", skip_serializing_if = "String::is_empty")]
    volume_id: String,
    #[serde(default, rename = "snapshotID", skip_serializing_if = "String::is_empty")]
    snapshot_id: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    error_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_operation_details: Option<Details>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    latest_operation_details: Vec<Details>,
    /// What other drivers keep here (`capacity`, `quotaDetails`) is carried along.
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    task_invocation_timestamp: Option<Timestamp>,
    #[serde(default)]
    task_id: String,
    #[serde(default, rename = "vCenterServer", skip_serializing_if = "String::is_empty")]
    vcenter_server: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    op_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    task_status: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    error: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

declare!(
    CnsVolumeOperationRequest,
    NamespaceResourceScope,
    Declaration {
        group: "cns.vmware.com",
        version: "v1alpha1",
        kind: "CnsVolumeOperationRequest",
        plural: "cnsvolumeoperationrequests",
        singular: "cnsvolumeoperationrequest",
        namespaced: true,
    },
    schema()
);

/// Upstream's schema.
fn schema() -> Value {
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
    json!({
        "properties": {
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
    })
}

/// The object's name for a volume's name: itself where Kubernetes allows it, else a digest.
pub(super) fn object_name(name: &str) -> String {
    let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let allowed = name.len() <= 253
        && name.split('.').all(|label| {
            label.starts_with(plain) && label.ends_with(plain) && label.chars().all(|character| plain(character) || character == '-')
        });
    if allowed {
        return name.to_owned();
    }
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(20).fold("volume-".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

impl CnsVolumeOperationRequest {
    /// The object of a record, in a namespace.
    pub(super) fn of(record: &Record, namespace: &str) -> Self {
        let mut labels = record.carried.metadata.labels.clone().unwrap_or_default();
        match &record.volume_id {
            Some(id) => labels.insert(VOLUME_LABEL.to_owned(), id.clone()),
            None => labels.remove(VOLUME_LABEL),
        };
        Self {
            api_version: Self::DECLARATION.api_version(),
            kind: Self::DECLARATION.kind.to_owned(),
            metadata: ObjectMeta {
                name: Some(object_name(&record.name)),
                namespace: Some(namespace.to_owned()),
                resource_version: record.version.clone(),
                labels: Some(labels).filter(|labels| !labels.is_empty()),
                ..record.carried.metadata.clone()
            },
            spec: Spec { name: record.name.clone() },
            status: Status {
                volume_id: record.volume_id.clone().unwrap_or_default(),
                snapshot_id: record.snapshot_id.clone().unwrap_or_default(),
                error_count: record.error_count,
                first_operation_details: record.first.as_ref().map(details),
                latest_operation_details: record.latest.iter().map(details).collect(),
                rest: record.carried.status.clone(),
            },
        }
    }

    /// The record of an object.
    pub(super) fn record(&self) -> Record {
        Record {
            name: self.spec.name.clone(),
            volume_id: Some(self.status.volume_id.clone()).filter(|id| !id.is_empty()),
            snapshot_id: Some(self.status.snapshot_id.clone()).filter(|id| !id.is_empty()),
            error_count: self.status.error_count,
            first: self.status.first_operation_details.as_ref().and_then(operation),
            latest: self.status.latest_operation_details.iter().filter_map(operation).collect(),
            version: self.metadata.resource_version.clone(),
            carried: Carried { metadata: self.metadata.clone(), status: self.status.rest.clone() },
        }
    }
}

fn details(operation: &Operation) -> Details {
    let status = match operation.status {
        OperationStatus::InProgress => "InProgress",
        OperationStatus::Success => "Success",
        OperationStatus::Error => "Error",
    };
    Details {
        task_invocation_timestamp: Some(operation.invoked),
        task_id: operation.task_id.clone().unwrap_or_default(),
        vcenter_server: operation.vcenter.clone(),
        op_id: operation.operation_id.clone(),
        task_status: status.to_owned(),
        error: operation.error.clone().unwrap_or_default(),
    }
}

/// Upstream writes an empty first operation as a null timestamp: that is none.
fn operation(details: &Details) -> Option<Operation> {
    let status = match details.task_status.as_str() {
        "Success" => OperationStatus::Success,
        "Error" => OperationStatus::Error,
        // Upstream leaves out what it does not know: then nothing is known to have ended.
        _ => OperationStatus::InProgress,
    };
    Some(Operation {
        invoked: details.task_invocation_timestamp?,
        task_id: Some(details.task_id.clone()).filter(|id| !id.is_empty()),
        vcenter: details.vcenter_server.clone(),
        operation_id: details.op_id.clone(),
        status,
        error: Some(details.error.clone()).filter(|error| !error.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vsphere_types::MoRef;

    use super::*;

    fn record() -> Record {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        Record::new("pvc-1")
            .intending(at("2026-01-01T00:00:00Z"), "vc-a", "0000000a")
            .with_task(&MoRef::new("Task", "task-1"))
            .failed("no space")
            .intending(at("2026-01-01T00:00:10.5Z"), "vc-a", "0000000b")
            .with_task(&MoRef::new("Task", "task-2"))
            .succeeded("volume-id")
    }

    #[test]
    fn the_definition_is_one() {
        let definition = CnsVolumeOperationRequest::definition();
        assert_eq!(definition.metadata.name.as_deref(), Some("cnsvolumeoperationrequests.cns.vmware.com"));
        assert!(definition.spec.versions[0].schema.is_some());
        insta::assert_json_snapshot!(definition);
    }

    #[test]
    fn a_record_lies_in_the_api_server_as_upstream_has_it() {
        insta::assert_json_snapshot!(CnsVolumeOperationRequest::of(&record(), "vmware-system-csi"));
    }

    #[test]
    fn a_record_survives_its_object() {
        let object = CnsVolumeOperationRequest::of(&record(), "vmware-system-csi");
        let text = serde_json::to_string(&object).expect("it is plain data");
        let read: CnsVolumeOperationRequest = serde_json::from_str(&text).expect("it was just written");
        assert_eq!(Record { carried: Carried::default(), ..read.record() }, record());
    }

    #[test]
    fn what_other_drivers_keep_in_a_record_is_carried_along() {
        let text = r#"{"apiVersion":"cns.vmware.com/v1alpha1","kind":"CnsVolumeOperationRequest","metadata":{"name":"a","labels":{"x":"y"}},
            "spec":{"name":"a"},"status":{"capacity":7,"firstOperationDetails":{"taskInvocationTimestamp":null,"taskId":""}}}"#;
        let before: CnsVolumeOperationRequest = serde_json::from_str(text).expect("upstream may write it");
        assert_eq!(before.record().first, None);
        let after = serde_json::to_value(CnsVolumeOperationRequest::of(&before.record(), "ns")).expect("it is plain data");
        assert_eq!(after["status"]["capacity"], 7);
        assert_eq!(after["metadata"]["labels"]["x"], "y");
    }

    proptest! {
        #[test]
        fn any_name_gives_a_name_that_kubernetes_takes(name in ".{0,300}") {
            let made = object_name(&name);
            prop_assert!(!made.is_empty() && made.len() <= 253);
            prop_assert!(made.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || "-.".contains(character)));
            prop_assert_eq!(object_name(&made), made);
        }
    }
}
