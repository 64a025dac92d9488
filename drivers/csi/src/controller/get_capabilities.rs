//! ControllerGetCapabilities: what the controller offers so far.

use csi_api::v1::controller_service_capability::rpc::Type as RpcType;
use csi_api::v1::controller_service_capability::{Rpc, Type};
use csi_api::v1::{ControllerGetCapabilitiesResponse, ControllerServiceCapability};

const OFFERED: [RpcType; 6] = [
    RpcType::CreateDeleteVolume,
    RpcType::PublishUnpublishVolume,
    RpcType::ExpandVolume,
    RpcType::ModifyVolume,
    RpcType::CreateDeleteSnapshot,
    RpcType::ListSnapshots,
];

/// The answer.
pub(super) fn capabilities() -> ControllerGetCapabilitiesResponse {
    let capability = |rpc: RpcType| ControllerServiceCapability { r#type: Some(Type::Rpc(Rpc { r#type: rpc.into() })) };
    ControllerGetCapabilitiesResponse { capabilities: OFFERED.into_iter().map(capability).collect() }
}
