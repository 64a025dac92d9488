//! ListVStorageObject, RetrieveVStorageObject, RetrieveSnapshotInfo, UpdateVStorageObjectCrypto_Task: volumes as first class disks.
//!
//! Not modelled: making, registering and deleting first class disks and their snapshots beside CNS, control flags.

use vsphere_types::request::{ListVStorageObject, RetrieveSnapshotInfo, RetrieveVStorageObject, UpdateVStorageObjectCryptoTask};
use vsphere_types::{DataObject, Fault, Id, MoRef, VStorageObjectSnapshotInfo, VStorageObjectSnapshotInfoVStorageObjectSnapshot};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{Snapshot, State, Volume, Work};
use crate::storage;
use crate::tasks::{self, Order};
use crate::world::World;

impl Operation for ListVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let state = &world.parts.state;
        must_be_there(state, &self.datastore)?;
        let here = state.volumes.values().filter(|volume| volume.datastore == self.datastore);
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
        let shown = |snapshot: &Snapshot| VStorageObjectSnapshotInfoVStorageObjectSnapshot {
            id: Some(Id { id: snapshot.id.clone() }),
            create_time: snapshot.created,
            description: snapshot.description.clone(),
            ..VStorageObjectSnapshotInfoVStorageObjectSnapshot::default()
        };
        Ok(Reply::Done(VStorageObjectSnapshotInfo { snapshots: volume.snapshots.iter().map(shown).collect() }))
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

fn must_be_there(state: &State, datastore: &MoRef) -> Result<(), Fault> {
    if state.datastores.contains(datastore) { Ok(()) } else { Err(fault::not_found(datastore)) }
}

/// The volume of this id on a datastore.
fn disk<'a>(state: &'a State, id: &Id, datastore: &MoRef) -> Result<&'a Volume, Fault> {
    must_be_there(state, datastore)?;
    let volume = state.volumes.get(&id.id).filter(|volume| volume.datastore == *datastore);
    volume.ok_or_else(|| fault::volume_missing(&id.id))
}
