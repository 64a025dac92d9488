//! From what a claim wants to what its volume is.

use std::collections::BTreeMap;
use std::sync::Arc;

use csi_api::v1::ControllerModifyVolumeRequest;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;
use tonic::{Code, Status};

use super::Resizer;
use super::status::Stage;
use crate::client::{BackoffLimits, EventType, Next, ObjectKey};
use crate::loops::support::LoopError;
use crate::loops::support::objects::{claim_phase, claim_volume, is_deleting};

impl Resizer {
    pub(super) async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some((claim, volume)) = self.pair(key) else {
            return Ok(Next::Forget);
        };
        let Some(target) = wanted(&claim) else {
            return Ok(Next::Forget);
        };
        let parameters = match self.parameters(&target) {
            Ok(parameters) => parameters,
            Err(why) => {
                self.events.write(claim.as_ref(), EventType::Warning, "VolumeModifyFailed", why.clone());
                self.set_stage(&claim, &target, Stage::Pending, Some(&why)).await?;
                return Ok(Next::Forget);
            }
        };
        let name = claim.name_any();
        let message = format!("external resizer is modifying volume {name} with vac {target}");
        self.events.write(claim.as_ref(), EventType::Normal, "VolumeModify", message);
        let claim = self.set_stage(&claim, &target, Stage::InProgress, None).await?;
        match self.call(&volume, parameters).await {
            Ok(()) => {
                self.complete(&claim, &volume, &target).await?;
                let message = format!("external resizer modified volume {name} with vac {target} successfully");
                self.events.write(&claim, EventType::Normal, "VolumeModifySuccessful", message);
                // Meanwhile something else may be wanted.
                Ok(if spec_class(&claim) == target { Next::Forget } else { Next::Again })
            }
            Err(status) => self.failed(&claim, &target, status).await,
        }
    }

    /// The claim, if it is bound to a volume of this driver.
    fn pair(&self, key: &ObjectKey) -> Option<(Arc<PersistentVolumeClaim>, Arc<PersistentVolume>)> {
        let claim = self.claims.get(key).filter(|claim| claim_phase(claim) == "Bound" && !is_deleting(claim.as_ref()))?;
        let volume = self.volumes.named(claim_volume(&claim))?;
        let driver = &volume.spec.as_ref()?.csi.as_ref()?.driver;
        (*driver == self.driver.abilities.name).then_some((claim, volume))
    }

    /// The parameters of a class of this driver.
    fn parameters(&self, class: &str) -> Result<BTreeMap<String, String>, String> {
        let found = self.classes.as_ref().and_then(|classes| classes.named(class)).ok_or_else(|| format!("VAC {class} does not exist."))?;
        if found.driver_name != self.driver.abilities.name {
            return Err(format!("VAC {class} is of driver {}, the volume is of {}", found.driver_name, self.driver.abilities.name));
        }
        Ok(found.parameters.clone().unwrap_or_default())
    }

    async fn call(&self, volume: &PersistentVolume, parameters: BTreeMap<String, String>) -> Result<(), Status> {
        let source = volume.spec.as_ref().and_then(|spec| spec.csi.as_ref());
        let request = ControllerModifyVolumeRequest {
            volume_id: source.map(|source| source.volume_handle.clone()).unwrap_or_default(),
            mutable_parameters: parameters,
            ..Default::default()
        };
        self.driver
            .call(request, |mut controller, request| async move { controller.controller_modify_volume(request).await })
            .await
            .map(drop)
    }

    async fn failed(&self, claim: &PersistentVolumeClaim, target: &str, status: Status) -> Result<Next, LoopError> {
        let error = LoopError::Rpc(status.clone());
        self.events.write(claim, EventType::Warning, "VolumeModifyFailed", error.in_event());
        if is_infeasible(status.code()) {
            self.process.log(&format!("csi resizer: {}: {error}", ObjectKey::of(claim)));
            self.set_stage(claim, target, Stage::Infeasible, Some(&error.in_event())).await?;
            return Ok(Next::After(BackoffLimits::SIDECAR.max));
        }
        if is_final(status.code()) {
            self.set_stage(claim, target, Stage::Failed, Some(&error.in_event())).await?;
        }
        Err(error)
    }
}

fn spec_class(claim: &PersistentVolumeClaim) -> String {
    claim.spec.as_ref().and_then(|spec| spec.volume_attributes_class_name.clone()).unwrap_or_default()
}

/// What is to be called for: an attempt that may have had an effect first, else what the claim asks for.
fn wanted(claim: &PersistentVolumeClaim) -> Option<String> {
    let status = claim.status.as_ref();
    let attempt = status.and_then(|status| status.modify_volume_status.as_ref()).filter(|attempt| attempt.status == "InProgress");
    if let Some(target) = attempt.and_then(|attempt| attempt.target_volume_attributes_class_name.clone()) {
        return Some(target);
    }
    let asked = spec_class(claim);
    let current = status.and_then(|status| status.current_volume_attributes_class_name.clone()).unwrap_or_default();
    (!asked.is_empty() && asked != current).then_some(asked)
}

/// The driver will never take these parameters.
fn is_infeasible(code: Code) -> bool {
    matches!(code, Code::InvalidArgument | Code::OutOfRange | Code::NotFound)
}

/// Nothing was changed, and nothing is under way.
fn is_final(code: Code) -> bool {
    !matches!(code, Code::Cancelled | Code::DeadlineExceeded | Code::Unavailable | Code::ResourceExhausted | Code::Aborted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim(asked: &str, current: Option<&str>, attempt: Option<(&str, &str)>) -> PersistentVolumeClaim {
        let attempt = attempt.map(|(target, status)| json!({"targetVolumeAttributesClassName": target, "status": status}));
        serde_json::from_value(json!({
            "spec": {"volumeAttributesClassName": asked},
            "status": {"currentVolumeAttributesClassName": current, "modifyVolumeStatus": attempt},
        }))
        .unwrap()
    }

    #[test]
    fn an_attempt_whose_end_nobody_knows_comes_before_a_newer_wish() {
        let target = |claim| wanted(&claim);
        assert_eq!(target(claim("gold", Some("gold"), None)), None);
        assert_eq!(target(claim("gold", None, None)).as_deref(), Some("gold"));
        assert_eq!(target(claim("silver", Some("gold"), Some(("bronze", "InProgress")))).as_deref(), Some("bronze"));
        assert_eq!(target(claim("silver", Some("gold"), Some(("bronze", "Infeasible")))).as_deref(), Some("silver"));
        // The user has gone back while it was under way: it is still brought to its end.
        assert_eq!(target(claim("gold", Some("gold"), Some(("bronze", "InProgress")))).as_deref(), Some("bronze"));
    }
}
