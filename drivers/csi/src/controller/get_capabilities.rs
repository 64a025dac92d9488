//! ControllerGetCapabilities: what the controller offers so far.

use csi_api::v1::controller_service_capability::rpc::Type as RpcType;
use csi_api::v1::controller_service_capability::{Rpc, Type};
use csi_api::v1::{ControllerGetCapabilitiesResponse, ControllerServiceCapability};

use crate::behaviours::Behaviours;

const OFFERED: [RpcType; 8] = [
    RpcType::CreateDeleteVolume,
    RpcType::PublishUnpublishVolume,
    RpcType::ListVolumes,
    RpcType::ListVolumesPublishedNodes,
    RpcType::ExpandVolume,
    RpcType::ModifyVolume,
    RpcType::CreateDeleteSnapshot,
    RpcType::ListSnapshots,
];

/// Those that say where volumes are.
const LISTS: [RpcType; 2] = [RpcType::ListVolumes, RpcType::ListVolumesPublishedNodes];

/// The answer.
pub(super) fn capabilities(behaviours: Behaviours) -> ControllerGetCapabilitiesResponse {
    let offered = OFFERED.into_iter().filter(|rpc| behaviours.list_published_nodes || !LISTS.contains(rpc));
    let capability = |rpc: RpcType| ControllerServiceCapability { r#type: Some(Type::Rpc(Rpc { r#type: rpc.into() })) };
    ControllerGetCapabilitiesResponse { capabilities: offered.map(capability).collect() }
}
