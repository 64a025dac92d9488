//! What a node's guest sees of its VM's hardware: the disks that vCenter has put there.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use seatrial_node::{GuestDisk, Hardware};

/// The disks of one VM.
pub(super) struct VmHardware {
    pub(super) vcenter: Arc<VCenter>,
    pub(super) vm: String,
}

impl Hardware for VmHardware {
    fn disks(&self) -> Vec<GuestDisk> {
        let disks = self.vcenter.with_world(|world| world.guest_disks(&self.vm));
        disks.into_iter().map(|disk| GuestDisk { disk_uuid: disk.disk_uuid, capacity_bytes: disk.capacity_bytes }).collect()
    }
}
