//! NodeGetInfo: the node's id and how many volumes fit.

use csi_api::v1::NodeGetInfoResponse;
use tonic::Status;

use super::Node;
use super::identity::bios_uuid;
use crate::status;

/// Four controllers of fifteen disks, less the one that the machine boots from.
const MAX_VOLUMES: i64 = 59;

impl Node {
    /// The BIOS uuid, by which the controller finds the virtual machine.
    pub(super) async fn info(&self) -> Result<NodeGetInfoResponse, Status> {
        let serial = self.machine.product_serial().await.map_err(|error| status::of_machine(&error))?;
        let Some(node_id) = bios_uuid(&serial) else {
            return Err(Status::failed_precondition(format!(
                "the firmware's serial {:?} is not one of a vSphere virtual machine (VMware-… with 16 bytes of hex)",
                serial.trim()
            )));
        };
        Ok(NodeGetInfoResponse { node_id, max_volumes_per_node: MAX_VOLUMES, accessible_topology: None })
    }
}
