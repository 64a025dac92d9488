//! What the claim's status tells of a change of attributes.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::Resizer;
use crate::client::now;
use crate::loops::support::{During, LoopError};

const MODIFYING: &str = "ModifyingVolume";
const ERROR: &str = "ModifyVolumeError";

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its class is not there.
    Pending,
    /// The driver has been called, or is about to be.
    InProgress,
    /// The driver will not take the parameters.
    Infeasible,
    /// The driver has failed for now; nothing is under way.
    Failed,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Pending | Self::Failed => "Pending",
            Self::InProgress => "InProgress",
            Self::Infeasible => "Infeasible",
        }
    }
}

impl Resizer {
    /// Writes how far the change has come; answers the claim as it is then.
    pub(super) async fn set_stage(
        &self,
        claim: &PersistentVolumeClaim,
        target: &str,
        stage: Stage,
        why: Option<&str>,
    ) -> Result<PersistentVolumeClaim, LoopError> {
        let error = matches!(stage, Stage::Infeasible | Stage::Failed);
        let condition = json!({
            "type": if error { ERROR } else { MODIFYING }, "status": "True", "message": why, "lastTransitionTime": now(&self.process),
        });
        let status = json!({
            "modifyVolumeStatus": {"targetVolumeAttributesClassName": target, "status": stage.word()},
            "conditions": self.conditions(claim, &[condition]),
        });
        self.write(claim, status).await
    }

    /// Writes that the volume has the class's attributes: first on the volume, then on the claim.
    pub(super) async fn complete(&self, claim: &PersistentVolumeClaim, volume: &PersistentVolume, class: &str) -> Result<(), LoopError> {
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let patch = Patch::Merge(json!({"spec": {"volumeAttributesClassName": class}}));
        let name = volume.name_any();
        let written = api.patch(&name, &PatchParams::default(), &patch).await;
        self.volumes.remember(written.during(|| format!("write the attributes class of volume {name}"))?);
        let status = json!({
            "currentVolumeAttributesClassName": class, "modifyVolumeStatus": null, "conditions": self.conditions(claim, &[]),
        });
        self.write(claim, status).await.map(drop)
    }

    /// The claim's other conditions, and `ours`; null where there are none. One that stays keeps its time.
    fn conditions(&self, claim: &PersistentVolumeClaim, ours: &[Value]) -> Value {
        let known: Vec<_> = claim.status.iter().flat_map(|status| status.conditions.iter().flatten()).collect();
        let mut all: Vec<Value> = known
            .iter()
            .filter(|condition| condition.type_ != MODIFYING && condition.type_ != ERROR)
            .map(|condition| json!(condition))
            .collect();
        for condition in ours {
            let same = known
                .iter()
                .find(|known| condition["type"] == known.type_.as_str() && condition["message"].as_str() == known.message.as_deref());
            all.push(same.map_or_else(|| condition.clone(), |same| json!(same)));
        }
        if all.is_empty() { Value::Null } else { Value::Array(all) }
    }

    async fn write(&self, claim: &PersistentVolumeClaim, status: Value) -> Result<PersistentVolumeClaim, LoopError> {
        let name = claim.name_any();
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        // The version guards what others have written meanwhile.
        let patch = Patch::Merge(json!({"metadata": {"resourceVersion": claim.resource_version()}, "status": status}));
        let written = api.patch_status(&name, &PatchParams::default(), &patch).await;
        let written = written.during(|| format!("write the status of claim {name}"))?;
        self.claims.remember(written.clone());
        Ok(written)
    }
}
