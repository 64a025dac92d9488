//! NodeGetCapabilities: what the node offers so far.

use csi_api::v1::node_service_capability::rpc::Type as RpcType;
use csi_api::v1::node_service_capability::{Rpc, Type};
use csi_api::v1::{NodeGetCapabilitiesResponse, NodeServiceCapability};

const OFFERED: [RpcType; 3] = [RpcType::StageUnstageVolume, RpcType::GetVolumeStats, RpcType::ExpandVolume];

/// The answer.
pub(super) fn capabilities() -> NodeGetCapabilitiesResponse {
    let capability = |rpc: RpcType| NodeServiceCapability { r#type: Some(Type::Rpc(Rpc { r#type: rpc.into() })) };
    NodeGetCapabilitiesResponse { capabilities: OFFERED.into_iter().map(capability).collect() }
}
