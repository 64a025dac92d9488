//! One attempt to make a volume larger.

use std::sync::Arc;

use csi_api::v1::{CapacityRange, ControllerExpandVolumeRequest, ControllerExpandVolumeResponse, VolumeCapability};
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::ResourceExt;
use tokio::time::Instant;
use tonic::{Code, Status};

use super::Growth;
use super::plan::{self, Stage};
use crate::client::{BackoffLimits, EventType, Next, ObjectKey};
use crate::loops::csi::capability::{capability, mode};
use crate::loops::csi::credentials::{credentials, words};
use crate::loops::support::objects::{claim_of, claim_volume, is_terminal, uid};
use crate::loops::support::quantity::{bytes, quantity};
use crate::loops::support::{LoopError, objects};

const FAILED: &str = "VolumeResizeFailed";

impl Growth {
    pub(super) async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(claim) = self.resizer.claims.get(key).filter(|claim| plan::wants_more(claim)) else { return Ok(Next::Forget) };
        let name = claim_volume(&claim);
        if name.is_empty() {
            return Ok(Next::Forget);
        }
        let volume = self.resizer.volumes.named(name);
        let volume = volume.ok_or_else(|| LoopError::NotYet(format!("PV {name:?} bound to pvc {key} not found")))?;
        if !self.is_ours(&claim, &volume) {
            return Ok(Next::Forget);
        }
        let ended = self.memory().final_errors.contains(key);
        match plan::target(&claim, &volume, ended) {
            Some(size) => self.attempt(key, &claim, &volume, size).await,
            None => Ok(Next::Forget),
        }
    }

    /// Whether the volume is this driver's, and the claim's.
    fn is_ours(&self, claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
        let driver = volume.spec.as_ref().and_then(|spec| spec.csi.as_ref()).map(|source| source.driver.as_str());
        let of_claim = claim_of(volume).is_some_and(|(key, of)| key == ObjectKey::of(claim) && of == uid(claim));
        driver == Some(self.resizer.driver.abilities.name.as_str()) && of_claim
    }

    async fn attempt(
        &self,
        key: &ObjectKey,
        claim: &Arc<PersistentVolumeClaim>,
        volume: &PersistentVolume,
        size: Quantity,
    ) -> Result<Next, LoopError> {
        let is_new = plan::allocated(claim).and_then(|allocated| bytes(&allocated)) != bytes(&size);
        if let Some(rest) = self.slow_for(key, claim).filter(|_| !is_new) {
            return Ok(Next::After(rest));
        }
        let claim = self.set_in_progress(claim, &size, is_new).await?;
        let events = &self.resizer.events;
        if self.memory().in_use.contains(uid(&claim)) && self.is_used(key) {
            let driver = &self.resizer.driver.abilities.name;
            let why = format!(
                "Unable to expand {key} because CSI driver {driver} only supports offline expansion and volume is currently in-use"
            );
            events.write(&claim, EventType::Warning, FAILED, why.clone());
            return Err(LoopError::NotYet(why));
        }
        events.write(&claim, EventType::Normal, "Resizing", format!("External resizer is resizing volume {}", volume.name_any()));
        self.memory().in_use.remove(uid(&claim));
        match self.call(volume, &size).await {
            Ok(answer) => self.grown(key, &claim, volume, &answer).await,
            Err(failure) => self.failed(key, &claim, volume, failure).await,
        }
    }

    /// How long a claim that cannot grow as it asks has to wait still; one that is found to be such is let through once.
    fn slow_for(&self, key: &ObjectKey, claim: &PersistentVolumeClaim) -> Option<std::time::Duration> {
        let (now, max) = (Instant::now(), BackoffLimits::SIDECAR.max);
        let mut memory = self.memory();
        memory.slow.retain(|_, since| now.duration_since(*since) < max);
        let rest = memory.slow.get(key).map(|since| max.saturating_sub(now.duration_since(*since)));
        if rest.is_none() && plan::resize_status(claim) == Some(Stage::ControllerInfeasible) {
            memory.slow.insert(key.clone(), now);
        }
        rest
    }

    /// Whether a pod that has not ended uses the claim.
    fn is_used(&self, claim: &ObjectKey) -> bool {
        let pods = self.pods.iter().flat_map(crate::client::Informer::list);
        pods.into_iter().any(|pod| !is_terminal(&pod) && objects::claims_of(&pod).contains(claim))
    }

    async fn call(&self, volume: &PersistentVolume, size: &Quantity) -> Result<ControllerExpandVolumeResponse, Failure> {
        let source = volume.spec.as_ref().and_then(|spec| spec.csi.clone()).unwrap_or_default();
        let secret = source.controller_expand_secret_ref.as_ref();
        let secrets = credentials(&self.resizer.client, secret).await.map_err(|error| {
            let (name, namespace) = secret.map(words).unwrap_or_default();
            Failure::Before(format!("error getting secret {name} in namespace {namespace}: {}", crate::client::reason_of(&error)))
        })?;
        let request = ControllerExpandVolumeRequest {
            volume_id: source.volume_handle,
            capacity_range: Some(CapacityRange { required_bytes: bytes(size).unwrap_or(0), limit_bytes: 0 }),
            secrets,
            volume_capability: Some(self.capability(volume).map_err(Failure::Before)?),
        };
        let called =
            self.resizer.driver.call(request, |mut controller, request| async move { controller.controller_expand_volume(request).await });
        called.await.map_err(Failure::Call)
    }

    fn capability(&self, volume: &PersistentVolume) -> Result<VolumeCapability, String> {
        let spec = volume.spec.clone().unwrap_or_default();
        let failed = |why| format!("failed to get capabilities of volume {} with {why}", volume.name_any());
        let modes = spec.access_modes.unwrap_or_default();
        let mode = mode(&modes, self.resizer.driver.abilities.single_node_multi_writer).map_err(failed)?;
        let fs_type = spec.csi.and_then(|source| source.fs_type).unwrap_or_default();
        Ok(capability(mode, spec.volume_mode.as_deref() == Some("Block"), &fs_type, &spec.mount_options.unwrap_or_default()))
    }

    async fn grown(
        &self,
        key: &ObjectKey,
        claim: &PersistentVolumeClaim,
        volume: &PersistentVolume,
        answer: &ControllerExpandVolumeResponse,
    ) -> Result<Next, LoopError> {
        {
            let mut memory = self.memory();
            memory.final_errors.remove(key);
            memory.slow.remove(key);
        }
        let size = quantity(answer.capacity_bytes);
        let told = async {
            self.set_capacity(volume, &size).await?;
            if answer.node_expansion_required { self.set_node_pending(claim).await } else { self.set_finished(claim, &size).await }
        };
        if let Err(error) = told.await {
            self.resizer.events.write(claim, EventType::Warning, FAILED, error.in_event());
            return Err(error);
        }
        Ok(Next::Forget)
    }

    async fn failed(
        &self,
        key: &ObjectKey,
        claim: &PersistentVolumeClaim,
        volume: &PersistentVolume,
        failure: Failure,
    ) -> Result<Next, LoopError> {
        let (code, error) = match failure {
            Failure::Call(status) => (Some(status.code()), LoopError::Rpc(status)),
            Failure::Before(why) => (None, LoopError::NotYet(why)),
        };
        self.note(key, claim, code);
        if let Some(code) = code.filter(|code| is_final(*code)) {
            self.set_failed(claim, is_infeasible(code), &error.in_event()).await?;
        }
        let resizer = &self.resizer;
        let text = format!("resize volume {:?} by resizer {:?} failed: {error}", volume.name_any(), resizer.driver.abilities.name);
        resizer.events.write(claim, EventType::Warning, FAILED, text);
        Err(error)
    }

    fn note(&self, key: &ObjectKey, claim: &PersistentVolumeClaim, code: Option<Code>) {
        let mut memory = self.memory();
        if code == Some(Code::FailedPrecondition) {
            memory.in_use.insert(uid(claim).to_owned());
        }
        if code.is_some_and(is_final) {
            memory.final_errors.insert(key.clone());
        } else {
            memory.final_errors.remove(key);
        }
        if !code.is_some_and(is_infeasible) {
            memory.slow.remove(key);
        }
    }
}

/// Why a driver has not made a volume larger.
enum Failure {
    /// It was not asked.
    Before(String),
    /// It said no, or nothing.
    Call(Status),
}

/// The driver will never give this size.
fn is_infeasible(code: Code) -> bool {
    matches!(code, Code::InvalidArgument | Code::OutOfRange | Code::NotFound)
}

/// Nothing was changed, and nothing is under way.
fn is_final(code: Code) -> bool {
    !matches!(code, Code::Cancelled | Code::DeadlineExceeded | Code::Unavailable | Code::ResourceExhausted | Code::Aborted)
}
