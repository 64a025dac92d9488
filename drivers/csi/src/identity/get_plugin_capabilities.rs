//! GetPluginCapabilities: a controller service, and topology where tag categories are configured.

use csi_api::v1::plugin_capability::service::Type as ServiceType;
use csi_api::v1::plugin_capability::{Service, Type};
use csi_api::v1::{GetPluginCapabilitiesResponse, PluginCapability};

/// The answer. A node plugin does not know of the controller's configuration, and nobody asks it.
pub(super) fn capabilities(topology: bool) -> GetPluginCapabilitiesResponse {
    let mut offered = vec![ServiceType::ControllerService];
    if topology {
        offered.push(ServiceType::VolumeAccessibilityConstraints);
    }
    let capability = |service: ServiceType| PluginCapability { r#type: Some(Type::Service(Service { r#type: service.into() })) };
    GetPluginCapabilitiesResponse { capabilities: offered.into_iter().map(capability).collect() }
}
