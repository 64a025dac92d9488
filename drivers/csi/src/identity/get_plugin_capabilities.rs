//! GetPluginCapabilities: a controller service, growth of volumes in use, and topology where tag categories are configured.

use csi_api::v1::plugin_capability::service::Type as ServiceType;
use csi_api::v1::plugin_capability::volume_expansion::Type as ExpansionType;
use csi_api::v1::plugin_capability::{Service, Type, VolumeExpansion};
use csi_api::v1::{GetPluginCapabilitiesResponse, PluginCapability};

/// The answer. A node plugin does not know of the controller's configuration, and nobody asks it.
pub(super) fn capabilities(topology: bool) -> GetPluginCapabilitiesResponse {
    let service = |service: ServiceType| Type::Service(Service { r#type: service.into() });
    let mut offered = vec![service(ServiceType::ControllerService)];
    if topology {
        offered.push(service(ServiceType::VolumeAccessibilityConstraints));
    }
    // Online means: attached or not.
    offered.push(Type::VolumeExpansion(VolumeExpansion { r#type: ExpansionType::Online.into() }));
    let capability = |r#type: Type| PluginCapability { r#type: Some(r#type) };
    GetPluginCapabilitiesResponse { capabilities: offered.into_iter().map(capability).collect() }
}
