//! NodeGetInfo: the node's id, where it is, and how many volumes fit.

use csi_api::v1::{NodeGetInfoResponse, Topology};
use tonic::Status;

use super::Node;
use super::identity::bios_uuid;
use crate::status;

/// Four controllers of fifteen disks, less the one that the machine boots from: right for most machines, and what is said
/// where nobody has looked at this one.
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
        let (mut slots, mut accessible_topology) = (MAX_VOLUMES, None);
        if let Some(topology) = &self.topology {
            let found = topology.find(&node_id).await?;
            slots = found.slots.unwrap_or(MAX_VOLUMES);
            accessible_topology = Some(Topology { segments: found.segments }).filter(|topology| !topology.segments.is_empty());
        }
        // Zero is "no limit that is known": a scheduler then fills machines that are full.
        let max_volumes_per_node = if self.behaviours.report_attach_limit { slots } else { 0 };
        Ok(NodeGetInfoResponse { node_id, max_volumes_per_node, accessible_topology })
    }
}
