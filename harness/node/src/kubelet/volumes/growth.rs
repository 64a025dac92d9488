//! What has grown on vCenter's side, brought to what a pod sees: NodeExpandVolume, at a mount and while a pod uses the volume.
//!
//! Modelled: `allocatedResourceStatuses` that wait for the node and say NodeResizeInProgress before the call, NodeResizeInfeasible or
//! the condition NodeResizeError after a final refusal, the claim's capacity after success; events on pod and claim; a volume
//! whose driver refuses it in use (FailedPrecondition) is left alone until it is mounted anew; one that is read-only is not grown.
//! Upstream's kubelet looks at the claims of a running pod at each of its syncs, up to 90 s apart; here a watch tells that there is
//! something to see, and the look happens after what is left of that time. So a client sees a watch of claims that it would not see
//! of a real kubelet, and fewer reads. Not modelled: secrets of NodeExpandVolume, and the call at each mount of a volume that is larger
//! than its claim by less than a MiB.

use std::sync::Arc;
use std::time::Duration;

use csi_api::v1 as csi;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use seatrial_kubernetes::client::{EventType, ObjectKey, now, reason_of};
use seatrial_kubernetes::loops::quantity_in_bytes;
use serde_json::{Value, json};

use super::identity::VolumeSpec;
use super::mount::capability;
use super::state::Failure;
use crate::kubelet::core::Core;
use crate::kubelet::csi_client::{Abilities, CsiClient, CsiError};

const STORAGE: &str = "storage";
const PENDING: &str = "NodeResizePending";
const IN_PROGRESS: &str = "NodeResizeInProgress";
const INFEASIBLE: &str = "NodeResizeInfeasible";
const ERROR: &str = "NodeResizeError";
/// The conditions that are about growth.
const CONDITIONS: [&str; 4] = ["Resizing", "FileSystemResizePending", "ControllerResizeError", ERROR];
/// On a claim: its node has nothing to do.
const NOTHING_TO_DO: &str = "volume.kubernetes.io/node-expansion-not-required";

/// Notices claims whose node is to go on, some time after they say so.
pub(in crate::kubelet) fn watch(core: &Arc<Core>) {
    let weak = Arc::downgrade(core);
    core.claims.on_change(move |delta| {
        let (Some(core), Some(after)) = (weak.upgrade(), delta.after.as_deref()) else { return };
        let waits = |claim: &PersistentVolumeClaim| matches!(stage(claim), Some(PENDING | IN_PROGRESS));
        if !waits(after) || delta.before.as_deref().is_some_and(|before| stage(before) == stage(after) || stage(after) == Some(IN_PROGRESS))
        {
            return;
        }
        let key = delta.key.clone();
        let rest = core
            .process
            .generator(&format!("sync for {key} {:?}", after.resource_version()))
            .between(Duration::ZERO, core.config.timings.pod_sync);
        let noticing = Arc::clone(&core);
        core.process.spawn("sync of a pod", async move {
            tokio::time::sleep(rest).await;
            noticing.volumes.change(|state| state.has_grown(&key));
        });
    });
}

/// Expands a volume that a pod uses.
pub(super) async fn expand_in_use(core: &Core, spec: &VolumeSpec, pod_uid: &str) -> Result<(), Failure> {
    let failure = |text: String| {
        let message = format!("NodeExpandVolume.NodeExpandVolume failed for volume \"{}\" : {text}", spec.identity.pv_name);
        core.pod_event(pod_uid, EventType::Warning, "VolumeResizeFailed", &message);
        Failure { key: (spec.identity.unique_name(), None), message }
    };
    let volumes: Api<PersistentVolume> = Api::all(core.client.clone());
    let volume = volumes.get(&spec.identity.pv_name).await.map_err(|error| failure(reason_of(&error)))?;
    let capacity = volume.spec.and_then(|spec| spec.capacity).and_then(|capacity| quantity_in_bytes(capacity.get(STORAGE)?));
    let client = core.plugin(&spec.identity.driver).map_err(failure)?;
    let abilities = client.abilities().await.map_err(|error| failure(error.to_string()))?;
    let growing = Growing { core, spec, pod_uid, client: &client, abilities, capacity: capacity.unwrap_or(0) };
    growing.run().await.map_err(failure)
}

/// A volume that may have to grow on the node.
pub(super) struct Growing<'a> {
    pub core: &'a Core,
    pub spec: &'a VolumeSpec,
    pub pod_uid: &'a str,
    pub client: &'a CsiClient,
    pub abilities: Abilities,
    /// What the PersistentVolume has.
    pub capacity: i64,
}

impl Growing<'_> {
    /// Does what the claim waits for; nothing, if it waits for nothing.
    pub(super) async fn run(&self) -> Result<(), String> {
        if !self.abilities.expands {
            return Ok(());
        }
        let claim = self.claim().await?;
        if self.capacity <= capacity(&claim) || claim.annotations().contains_key(NOTHING_TO_DO) {
            return Ok(());
        }
        if self.spec.read_only {
            let name = &self.spec.identity.pv_name;
            let text = format!("MountVolume.NodeExpandVolume failed for volume \"{name}\" requested read-only file system");
            self.core.pod_event(self.pod_uid, EventType::Warning, "FileSystemResizeFailed", &text);
            return Ok(());
        }
        match (allocated(&claim), stage(&claim)) {
            (Some(size), Some(PENDING | IN_PROGRESS)) => self.expand(&claim, &size, true).await,
            // An older resizer tells nothing but the volume's capacity.
            (None, None) => self.expand(&claim, &Quantity(self.capacity.to_string()), false).await,
            // It is the controller's turn.
            _ => Ok(()),
        }
    }

    async fn claim(&self) -> Result<PersistentVolumeClaim, String> {
        let key = &self.spec.claim;
        let claims: Api<PersistentVolumeClaim> = Api::namespaced(self.core.client.clone(), &key.namespace);
        claims.get(&key.name).await.map_err(|error| format!("mountVolume.NodeExpandVolume get PVC failed : {}", reason_of(&error)))
    }

    async fn expand(&self, claim: &PersistentVolumeClaim, size: &Quantity, tells: bool) -> Result<(), String> {
        let identity = &self.spec.identity;
        let mut claim = claim.clone();
        if tells && stage(&claim) != Some(IN_PROGRESS) {
            claim = self.write(&claim, json!({"allocatedResourceStatuses": {STORAGE: IN_PROGRESS}})).await?;
        }
        let bytes = quantity_in_bytes(size).unwrap_or(0);
        let staging = self.abilities.stages.then(|| identity.staging_path().display().to_string());
        let request = csi::NodeExpandVolumeRequest {
            volume_id: identity.volume_handle.clone(),
            volume_path: identity.publish_path(self.pod_uid).display().to_string(),
            capacity_range: Some(csi::CapacityRange { required_bytes: bytes, limit_bytes: 0 }),
            staging_target_path: staging.unwrap_or_default(),
            volume_capability: Some(capability(self.spec, None)),
            ..Default::default()
        };
        if let Err(error) = self.client.expand(request).await {
            return self.refused(&claim, bytes, &error).await;
        }
        let text = format!("MountVolume.NodeExpandVolume succeeded for volume \"{}\" {}", identity.pv_name, identity.node_name);
        self.core.pod_event(self.pod_uid, EventType::Normal, "FileSystemResizeSuccessful", &text);
        self.core.events.write(&claim, EventType::Normal, "FileSystemResizeSuccessful", text);
        let status = json!({
            "capacity": {STORAGE: size},
            "allocatedResourceStatuses": if others(&claim) { json!({STORAGE: null}) } else { Value::Null },
            "conditions": conditions(&claim, None),
        });
        self.write(&claim, status).await.map(drop)
    }

    /// The driver has not expanded it.
    async fn refused(&self, claim: &PersistentVolumeClaim, size: i64, error: &CsiError) -> Result<(), String> {
        let text = format!("Expander.NodeExpand failed to expand the volume : {error}");
        self.core.machine().could_not_grow(&text);
        if !error.is_final() {
            return Err(text);
        }
        let again = self.core.volumes.change(|state| state.refuses_growth(&self.spec.identity));
        let asked =
            claim.spec.as_ref().and_then(|spec| spec.resources.as_ref()?.requests.as_ref()?.get(STORAGE)).and_then(quantity_in_bytes);
        let condition = json!({
            "type": ERROR, "status": "True", "message": format!("failed to expand pvc with {text}"), "lastTransitionTime": now(&self.core.process),
        });
        let mut status = json!({"conditions": conditions(claim, Some(&condition))});
        // A user who has asked for another size meanwhile leaves the choice to the controller.
        if error.is_infeasible() || (again && asked != Some(size)) {
            status["allocatedResourceStatuses"] = json!({STORAGE: INFEASIBLE});
        }
        if let Err(why) = self.write(claim, status).await {
            self.core.process.log(&format!("failed to mark node expansion as failed: {why}"));
        }
        if error.code == tonic::Code::FailedPrecondition { Ok(()) } else { Err(text) }
    }

    async fn write(&self, claim: &PersistentVolumeClaim, status: Value) -> Result<PersistentVolumeClaim, String> {
        let ObjectKey { namespace, name } = &self.spec.claim;
        let claims: Api<PersistentVolumeClaim> = Api::namespaced(self.core.client.clone(), namespace);
        // The version guards what others have written meanwhile.
        let patch = Patch::Merge(json!({"metadata": {"resourceVersion": claim.resource_version()}, "status": status}));
        let written = claims.patch_status(name, &PatchParams::default(), &patch).await;
        written.map_err(|error| format!("patchPVCStatus failed to patch PVC \"{name}\": {}", reason_of(&error)))
    }
}

fn capacity(claim: &PersistentVolumeClaim) -> i64 {
    let capacity = claim.status.as_ref().and_then(|status| status.capacity.as_ref()?.get(STORAGE));
    capacity.and_then(quantity_in_bytes).unwrap_or(0)
}

fn allocated(claim: &PersistentVolumeClaim) -> Option<Quantity> {
    claim.status.as_ref()?.allocated_resources.as_ref()?.get(STORAGE).cloned()
}

fn stage(claim: &PersistentVolumeClaim) -> Option<&str> {
    claim.status.as_ref()?.allocated_resource_statuses.as_ref()?.get(STORAGE).map(String::as_str)
}

/// Whether other resources of the claim have a status.
fn others(claim: &PersistentVolumeClaim) -> bool {
    let mut statuses = claim.status.iter().flat_map(|status| status.allocated_resource_statuses.iter().flatten());
    statuses.any(|(resource, _)| resource != STORAGE)
}

/// The claim's conditions with the error in its place; without one, those that are not about growth.
fn conditions(claim: &PersistentVolumeClaim, error: Option<&Value>) -> Value {
    let kept = claim.status.iter().flat_map(|status| status.conditions.iter().flatten()).filter(|condition| match error {
        Some(_) => condition.type_ != ERROR,
        None => !CONDITIONS.contains(&condition.type_.as_str()),
    });
    let all: Vec<Value> = kept.map(|condition| json!(condition)).chain(error.cloned()).collect();
    if all.is_empty() { Value::Null } else { Value::Array(all) }
}
