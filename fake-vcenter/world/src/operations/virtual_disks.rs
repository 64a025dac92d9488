//! VirtualDiskManager: disks that are files of a datastore. They have no id before somebody registers them as first class disks.

use vsphere_types::request::{CreateVirtualDiskTask, DeleteVirtualDiskTask, QueryVirtualDiskUuid};
use vsphere_types::{FileBackedVirtualDiskSpec, MoRef};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{DiskWork, NewDisk, Work};
use crate::storage::{Location, disks};
use crate::tasks::{self, Order};
use crate::world::World;

impl Operation for CreateVirtualDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let Location { datastore, path } = Location::read(&world.parts.state, &self.name, "name")?;
        let spec: FileBackedVirtualDiskSpec = self.spec.downcast().map_err(|error| fault::malformed(&error))?;
        let kilobytes = u64::try_from(spec.capacity_kb).ok().filter(|size| *size > 0);
        let capacity_mb = kilobytes.ok_or_else(|| fault::invalid_argument("spec.capacityKb"))?.div_ceil(1024);
        let id = world.volume_ids.uuid().to_string();
        let (policy, keep, first_class) = (None, false, false);
        let new = NewDisk { id, name: path.clone(), datastore: datastore.clone(), path, capacity_mb, policy, keep, first_class };
        let order = Order {
            description: "VirtualDiskManager.createVirtualDisk",
            entity: MoRef::new("Folder", "group-d1"),
            takes: world.config.latency.create,
            lane: None,
            work: Work::Disk(DiskWork::Create(new)),
        };
        tasks::create(world, call, order).map(Reply::Done)
    }
}

impl Operation for DeleteVirtualDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let Location { path, .. } = Location::read(&world.parts.state, &self.name, "name")?;
        let order = Order {
            description: "VirtualDiskManager.deleteVirtualDisk",
            entity: MoRef::new("Folder", "group-d1"),
            takes: world.config.latency.delete,
            lane: None,
            work: Work::Disk(DiskWork::DeleteFile { path }),
        };
        tasks::create(world, call, order).map(Reply::Done)
    }
}

impl Operation for QueryVirtualDiskUuid {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(disks::file_at(world, &self.name, "name")?.disk_uuid.clone()))
    }
}
