//! ValidateVolumeCapabilities: whether a volume that exists can be used in a way.

use csi_api::v1::validate_volume_capabilities_response::Confirmed;
use csi_api::v1::{ValidateVolumeCapabilitiesRequest, ValidateVolumeCapabilitiesResponse};
use tonic::Status;

use super::creation::is_uuid;
use super::{Controller, capabilities};
use crate::status;

impl Controller {
    /// Confirms, or says in a message why not.
    pub(super) async fn validate(&self, request: ValidateVolumeCapabilitiesRequest) -> Result<ValidateVolumeCapabilitiesResponse, Status> {
        let id = &request.volume_id;
        if id.is_empty() {
            return Err(Status::invalid_argument("volume_id must be given"));
        }
        if request.volume_capabilities.is_empty() {
            return Err(Status::invalid_argument("volume_capabilities must be given"));
        }
        if !is_uuid(id) || !self.exists(id).await? {
            return Err(Status::not_found(format!("there is no volume {id}")));
        }
        if let Some(message) = capabilities::first_problem(&request.volume_capabilities) {
            return Ok(ValidateVolumeCapabilitiesResponse { confirmed: None, message });
        }
        let confirmed = Confirmed {
            volume_context: request.volume_context,
            volume_capabilities: request.volume_capabilities,
            parameters: request.parameters,
            mutable_parameters: request.mutable_parameters,
        };
        Ok(ValidateVolumeCapabilitiesResponse { confirmed: Some(confirmed), message: String::new() })
    }

    async fn exists(&self, id: &str) -> Result<bool, Status> {
        let Some(vcenter) = self.shared.pool.owner(id).await.map_err(|error| status::of_pool(&error))? else { return Ok(false) };
        let found = vcenter.volume_by_id(id).await.map_err(|error| status::of_vcenter(&error))?;
        if found.is_none() {
            self.shared.pool.forget(id);
        }
        Ok(found.is_some())
    }
}
