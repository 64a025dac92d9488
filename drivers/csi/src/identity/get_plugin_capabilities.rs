//! GetPluginCapabilities: a controller service, no topology so far.

use csi_api::v1::plugin_capability::service::Type as ServiceType;
use csi_api::v1::plugin_capability::{Service, Type};
use csi_api::v1::{GetPluginCapabilitiesResponse, PluginCapability};

/// The answer; a node plugin gives the same, because it speaks of the plugin as a whole.
pub(super) fn capabilities() -> GetPluginCapabilitiesResponse {
    let controller = Type::Service(Service { r#type: ServiceType::ControllerService.into() });
    GetPluginCapabilitiesResponse { capabilities: vec![PluginCapability { r#type: Some(controller) }] }
}
