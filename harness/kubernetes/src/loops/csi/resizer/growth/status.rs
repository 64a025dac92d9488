//! What claim and volume tell of growth.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::Growth;
use super::plan::{STORAGE, Stage};
use crate::client::{EventType, now};
use crate::loops::support::objects::has_annotation;
use crate::loops::support::{During, LoopError};

/// On a claim: its node has nothing to do.
const NOTHING_FOR_THE_NODE: &str = "volume.kubernetes.io/node-expansion-not-required";

const RESIZING: &str = "Resizing";
const PENDING: &str = "FileSystemResizePending";
const FAILED: &str = "ControllerResizeError";
const OURS: [&str; 4] = [RESIZING, PENDING, FAILED, "NodeResizeError"];

impl Growth {
    /// The driver is about to be asked for this size; a size that it was asked for before is not told anew.
    pub(super) async fn set_in_progress(
        &self,
        claim: &PersistentVolumeClaim,
        size: &Quantity,
        is_new: bool,
    ) -> Result<PersistentVolumeClaim, LoopError> {
        let mut status = json!({
            "allocatedResources": {STORAGE: size},
            "conditions": self.conditions(claim, Some((RESIZING, None)), !is_new),
        });
        if is_new {
            status["allocatedResourceStatuses"] = json!({STORAGE: Stage::ControllerInProgress.word()});
        }
        self.write(claim, status, Some(false), true).await
    }

    /// The driver will not, or has failed.
    pub(super) async fn set_failed(
        &self,
        claim: &PersistentVolumeClaim,
        infeasible: bool,
        why: &str,
    ) -> Result<PersistentVolumeClaim, LoopError> {
        let message = format!("failed to expand pvc with {why}");
        let mut status = json!({"conditions": self.conditions(claim, Some((FAILED, Some(&message))), true)});
        if infeasible {
            status["allocatedResourceStatuses"] = json!({STORAGE: Stage::ControllerInfeasible.word()});
        }
        self.write(claim, status, None, false).await
    }

    /// The volume has grown: first the volume tells.
    pub(super) async fn set_capacity(&self, volume: &PersistentVolume, size: &Quantity) -> Result<(), LoopError> {
        let api: Api<PersistentVolume> = Api::all(self.resizer.client.clone());
        let (name, patch) = (volume.name_any(), Patch::Strategic(json!({"spec": {"capacity": {STORAGE: size}}})));
        let written = api.patch(&name, &PatchParams::default(), &patch).await;
        self.resizer.volumes.remember(written.during(|| format!("update the capacity of volume {name} to {}", size.0))?);
        Ok(())
    }

    /// The node has to make what lies on the volume larger.
    pub(super) async fn set_node_pending(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let message = "Waiting for user to (re-)start a pod to finish file system resize of volume on node.";
        let status = json!({
            "allocatedResourceStatuses": {STORAGE: Stage::NodePending.word()},
            "conditions": self.conditions(claim, Some((PENDING, Some(message))), true),
        });
        let claim = self.write(claim, status, Some(false), true).await?;
        self.resizer.events.write(&claim, EventType::Normal, "FileSystemResizeRequired", "Require file system resize of volume on node");
        Ok(())
    }

    /// Nothing is left to do.
    pub(super) async fn set_finished(&self, claim: &PersistentVolumeClaim, size: &Quantity) -> Result<(), LoopError> {
        let status = json!({
            "capacity": {STORAGE: size},
            "allocatedResourceStatuses": self.without_storage(claim),
            "conditions": self.conditions(claim, None, false),
        });
        let claim = self.write(claim, status, Some(true), true).await?;
        self.resizer.events.write(&claim, EventType::Normal, "VolumeResizeSuccessful", "Resize volume succeeded");
        Ok(())
    }

    /// Other resources' statuses stay.
    fn without_storage(&self, claim: &PersistentVolumeClaim) -> Value {
        let others = claim.status.iter().flat_map(|status| status.allocated_resource_statuses.iter().flatten());
        if others.filter(|(resource, _)| *resource != STORAGE).count() == 0 { Value::Null } else { json!({STORAGE: null}) }
    }

    /// The claim's conditions with the new one in its place; those about growth stay only if they are kept.
    fn conditions(&self, claim: &PersistentVolumeClaim, new: Option<(&str, Option<&str>)>, keep: bool) -> Value {
        let mut new = new.map(
            |(kind, message)| json!({"type": kind, "status": "True", "message": message, "lastTransitionTime": now(&self.resizer.process)}),
        );
        let mut all = Vec::new();
        for condition in claim.status.iter().flat_map(|status| status.conditions.iter().flatten()) {
            match &new {
                Some(ours) if ours["type"] == condition.type_.as_str() => all.extend(new.take()),
                _ if keep || !OURS.contains(&condition.type_.as_str()) => all.push(json!(condition)),
                _ => {}
            }
        }
        all.extend(new);
        if all.is_empty() { Value::Null } else { Value::Array(all) }
    }

    /// Writes; `nothing_for_the_node` says whether the claim's annotation is to be there, where it matters.
    async fn write(
        &self,
        claim: &PersistentVolumeClaim,
        status: Value,
        nothing_for_the_node: Option<bool>,
        guarded: bool,
    ) -> Result<PersistentVolumeClaim, LoopError> {
        let name = claim.name_any();
        let mut patch = json!({"status": status});
        if guarded {
            // The version guards what others have written meanwhile.
            patch["metadata"]["resourceVersion"] = json!(claim.resource_version());
        }
        match nothing_for_the_node {
            Some(true) => patch["metadata"]["annotations"][NOTHING_FOR_THE_NODE] = "true".into(),
            Some(false) if has_annotation(claim, NOTHING_FOR_THE_NODE) => {
                patch["metadata"]["annotations"][NOTHING_FOR_THE_NODE] = Value::Null;
            }
            _ => {}
        }
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.resizer.client.clone(), &claim.namespace().unwrap_or_default());
        let written = api.patch_status(&name, &PatchParams::default(), &Patch::Merge(patch)).await;
        let written = written.during(|| format!("write the status of claim {name}"))?;
        self.resizer.claims.remember(written.clone());
        Ok(written)
    }
}
