//! ControllerModifyVolume: what a VolumeAttributesClass may change of a volume: its key provider.

use std::collections::BTreeMap;

use csi_api::v1::{ControllerModifyVolumeRequest, ControllerModifyVolumeResponse};
use tonic::Status;

use super::Controller;
use super::creation::is_uuid;
use super::recrypt::Recrypt;
use crate::status;

/// The parameter that names a key provider.
const KEY_PROVIDER: &str = "seatrial.dev/key-provider";

/// The key provider that mutable parameters ask for.
pub(super) fn key_provider(given: &BTreeMap<String, String>) -> Result<Option<String>, Status> {
    if let Some(key) = given.keys().find(|key| key.as_str() != KEY_PROVIDER) {
        return Err(Status::invalid_argument(format!("parameter {key:?} of the VolumeAttributesClass is not known; {KEY_PROVIDER} is")));
    }
    match given.get(KEY_PROVIDER) {
        Some(name) if name.trim().is_empty() => {
            Err(Status::invalid_argument(format!("parameter {KEY_PROVIDER} is empty; name a key provider, or leave it out")))
        }
        name => Ok(name.cloned()),
    }
}

impl Controller {
    /// Makes the volume as the parameters say; one that is so already is success.
    pub(super) async fn modify(&self, request: &ControllerModifyVolumeRequest) -> Result<ControllerModifyVolumeResponse, Status> {
        let id = request.volume_id.as_str();
        if id.is_empty() {
            return Err(Status::invalid_argument("volume_id must be given"));
        }
        let provider = key_provider(&request.mutable_parameters)?;
        let missing = || Status::not_found(format!("there is no volume {id}"));
        if !is_uuid(id) {
            return Err(missing());
        }
        let vcenter = self.shared.pool.owner(id).await.map_err(|error| status::of_pool(&error))?.ok_or_else(missing)?;
        let volume = vcenter.volume_by_id(id).await.map_err(|error| status::of_vcenter(&error))?.ok_or_else(missing)?;
        // A class that says nothing of keys leaves them as they are.
        let Some(provider) = provider else { return Ok(ControllerModifyVolumeResponse {}) };
        let holders = vcenter.holders_of(id).await.map_err(|error| status::of_vcenter(&error))?;
        let machine = holders.into_iter().next().map(|holder| holder.vm);
        self.recrypt(&Recrypt { vcenter: &vcenter, volume: &volume, provider: &provider, machine }).await?;
        Ok(ControllerModifyVolumeResponse {})
    }
}
