//! VcenterVStorageObjectManager: first class disks by datastore and id.
//!
//! Modelled: making, registering, renaming, extending, deleting, snapshots, keys. Not modelled: control flags, tags, metadata, policies
//! that change, clones, moving, reverting.

use vsphere_types::request::{
    CreateDiskTask, DeleteSnapshotTask, DeleteVStorageObjectTask, ExtendDiskTask, ListVStorageObject, ReconcileDatastoreInventoryTask,
    RegisterDisk, RenameVStorageObject, RetrieveSnapshotInfo, RetrieveVStorageObject, UpdateVStorageObjectCryptoTask,
    VStorageObjectCreateSnapshotTask,
};
use vsphere_types::{
    DataObject, Fault, Id, MoRef, VStorageObjectSnapshotInfo, VStorageObjectSnapshotInfoVStorageObjectSnapshot,
    VirtualMachineDefinedProfileSpec, VslmCreateSpec, VslmCreateSpecBackingSpec,
};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::identity::uuid_like;
use crate::latency::Range;
use crate::state::{DiskWork, NewDisk, Snapshot, State, Volume, Work};
use crate::storage::{self, disks};
use crate::tasks::{self, Order};
use crate::world::World;

impl Operation for ListVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let state = &world.parts.state;
        must_be_there(state, &self.datastore)?;
        let here = state.volumes.values().filter(|volume| volume.first_class && volume.datastore == self.datastore);
        Ok(Reply::Done(here.map(|volume| Id { id: volume.id.clone() }).collect()))
    }
}

impl Operation for RetrieveVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let volume = disk(&world.parts.state, &self.id, &self.datastore)?;
        Ok(Reply::Done(storage::first_class_disk(&world.parts, volume).into_object()))
    }
}

impl Operation for RetrieveSnapshotInfo {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let volume = disk(&world.parts.state, &self.id, &self.datastore)?;
        Ok(Reply::Done(snapshots_of(volume)))
    }
}

/// The snapshots of a disk, as both managers show them.
pub fn snapshots_of(volume: &Volume) -> VStorageObjectSnapshotInfo {
    let shown = |snapshot: &Snapshot| VStorageObjectSnapshotInfoVStorageObjectSnapshot {
        id: Some(Id { id: snapshot.id.clone() }),
        create_time: snapshot.created,
        description: snapshot.description.clone(),
        ..VStorageObjectSnapshotInfoVStorageObjectSnapshot::default()
    };
    VStorageObjectSnapshotInfo { snapshots: volume.snapshots.iter().map(shown).collect() }
}

impl Operation for CreateDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let work = DiskWork::Create(new_disk(world, &self.spec)?);
        start(world, call, work).map(Reply::Done)
    }
}

impl Operation for RegisterDisk {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        if self.id.is_some() {
            return Err(fault::invalid_argument("id"));
        }
        let id = disks::register(world, &self.path, self.name.as_deref())?;
        Ok(Reply::Done(storage::first_class_disk(&world.parts, disks::known(world, &id)?).into_object()))
    }
}

impl Operation for DeleteVStorageObjectTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        start(world, call, DiskWork::Delete { id }).map(Reply::Done)
    }
}

impl Operation for ExtendDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        start(world, call, DiskWork::Extend { id, capacity_mb: self.new_capacity_in_mb }).map(Reply::Done)
    }
}

impl Operation for RenameVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        disks::rename(world, &id, &self.name).map(Reply::Done)
    }
}

impl Operation for VStorageObjectCreateSnapshotTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        let snapshot = world.snapshot_ids.uuid().to_string();
        start(world, call, DiskWork::TakeSnapshot { id, description: self.description, snapshot }).map(Reply::Done)
    }
}

impl Operation for DeleteSnapshotTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        start(world, call, DiskWork::DeleteSnapshot { id, snapshot: self.snapshot_id.id }).map(Reply::Done)
    }
}

impl Operation for ReconcileDatastoreInventoryTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        must_be_there(&world.parts.state, &self.datastore)?;
        start(world, call, DiskWork::Reconcile).map(Reply::Done)
    }
}

impl Operation for UpdateVStorageObjectCryptoTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let id = disk(&world.parts.state, &self.id, &self.datastore)?.id.clone();
        if !world.config.release.updates_disk_crypto() {
            return Err(fault::method_not_found(call.this, call.method.wire_name()));
        }
        let step = storage::crypto::read(&id, self.disks_crypto.as_ref(), &self.profile)?;
        let order = Order {
            description: "vslm.vcenter.VStorageObjectManager.updateVStorageObjectCrypto",
            entity: MoRef::new("Folder", "group-d1"),
            takes: world.config.latency.recrypt,
            lane: None,
            work: Work::UpdateCrypto { id, step, cns: false },
        };
        tasks::create(world, call, order).map(Reply::Done)
    }
}

/// What is wanted of a new disk.
pub fn new_disk(world: &mut World, spec: &VslmCreateSpec) -> Result<NewDisk, Fault> {
    let wrong = |field: &str| fault::invalid_argument(&format!("spec.{field}"));
    if spec.name.is_empty() {
        return Err(wrong("name"));
    }
    let capacity_mb = u64::try_from(spec.capacity_in_mb).ok().filter(|size| *size > 0).ok_or_else(|| wrong("capacityInMB"))?;
    let backing: VslmCreateSpecBackingSpec = spec.backing_spec.downcast().map_err(|error| fault::malformed(&error))?;
    must_be_there(&world.parts.state, &backing.datastore)?;
    let policy = spec.profile.iter().find_map(|profile| profile.downcast::<VirtualMachineDefinedProfileSpec>().ok());
    let policy = policy.map(|profile| profile.profile_id);
    if policy.as_ref().is_some_and(|policy| !world.parts.state.policies.contains(policy)) {
        return Err(wrong("profile"));
    }
    // Encrypted disks are made by CNS only; one in clear in their place would be worse than none.
    let encrypts = policy.as_ref().is_some_and(|policy| crate::policy::wants_encryption(&world.parts.state, policy));
    if encrypts || spec.crypto.is_some() {
        return Err(fault::not_served("CreateDisk_Task of an encrypted disk"));
    }
    let drawn = world.volume_ids.uuid().to_string();
    let id = match &spec.id {
        Some(id) if uuid_like(&id.id) && !world.parts.state.volumes.contains(&id.id) => id.id.clone(),
        Some(_) => return Err(wrong("id")),
        None => drawn,
    };
    Ok(NewDisk {
        id,
        name: spec.name.clone(),
        datastore: backing.datastore,
        path: backing.path.unwrap_or_default().trim_matches('/').to_owned(),
        capacity_mb,
        policy,
        keep: spec.keep_after_delete_vm.unwrap_or(false),
        first_class: true,
    })
}

/// Starts the task of one of the two managers of first class disks: vim25's, and VSLM's.
pub fn start(world: &mut World, call: &Call, work: DiskWork) -> Result<MoRef, Fault> {
    let global = call.method.namespace() == "urn:vslm";
    let latency = &world.config.latency;
    let (names, takes): ([&'static str; 2], Range) = match &work {
        DiskWork::Create(_) => (["vslm.vcenter.VStorageObjectManager.createDisk", "com.vmware.cns.vslm.tasks.createDisk"], latency.create),
        DiskWork::Delete { .. } | DiskWork::DeleteFile { .. } => {
            (["vslm.vcenter.VStorageObjectManager.deleteVStorageObject", "com.vmware.cns.vslm.tasks.deleteVStorageObject"], latency.delete)
        }
        DiskWork::Extend { .. } => {
            (["vslm.vcenter.VStorageObjectManager.extendDisk", "com.vmware.cns.vslm.tasks.extendDisk"], latency.extend)
        }
        DiskWork::TakeSnapshot { .. } => {
            (["vslm.vcenter.VStorageObjectManager.createSnapshot", "com.vmware.cns.vslm.tasks.createSnapshot"], latency.snapshot)
        }
        DiskWork::DeleteSnapshot { .. } => {
            (["vslm.vcenter.VStorageObjectManager.deleteSnapshot", "com.vmware.cns.vslm.tasks.deleteSnapshot"], latency.snapshot)
        }
        DiskWork::Reconcile => (
            ["vslm.vcenter.VStorageObjectManager.reconcileDatastoreInventory", "com.vmware.cns.vslm.tasks.reconcileDatastoreInventory"],
            latency.query,
        ),
    };
    let lane = match &work {
        DiskWork::Extend { id, .. } | DiskWork::TakeSnapshot { id, .. } | DiskWork::DeleteSnapshot { id, .. } => {
            storage::snapshots::holder(world, id)
        }
        _ => None,
    };
    let entity = MoRef::new("Folder", "group-d1");
    let order = Order { description: names[usize::from(global)], entity, takes, lane, work: Work::Disk(work) };
    tasks::create(world, call, order)
}

fn must_be_there(state: &State, datastore: &MoRef) -> Result<(), Fault> {
    if state.datastores.contains(datastore) { Ok(()) } else { Err(fault::not_found(datastore)) }
}

/// The first class disk of this id on a datastore.
fn disk<'a>(state: &'a State, id: &Id, datastore: &MoRef) -> Result<&'a Volume, Fault> {
    must_be_there(state, datastore)?;
    let volume = state.volumes.get(&id.id).filter(|volume| volume.first_class && volume.datastore == *datastore);
    volume.ok_or_else(|| fault::volume_missing(&id.id))
}
