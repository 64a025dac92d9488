//! ListVStorageObject, RetrieveVStorageObject, RetrieveSnapshotInfo, UpdateVStorageObjectCrypto_Task: volumes as first class disks.
//!
//! Not modelled: making, registering and deleting first class disks and their snapshots beside CNS, control flags.

use vsphere_types::{
    BaseConfigInfoDiskFileBackingInfo, DataObject, Fault, Id, Method, MoRef, Object, VStorageObject, VStorageObjectConfigInfo,
    VStorageObjectSnapshotInfo, VStorageObjectSnapshotInfoVStorageObjectSnapshot, Value,
};

use super::Call;
use crate::fault;
use crate::managed::{array, signed};
use crate::state::{KeyRef, Snapshot, Volume, Work};
use crate::storage;
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let datastore = call.arguments.reference("datastore")?;
    if !world.parts.state.datastores.contains(&datastore) {
        return Err(fault::not_found(&datastore));
    }
    if method == Method::ListVStorageObject {
        let here = world.parts.state.volumes.values().filter(|volume| volume.datastore == datastore);
        return Ok(Reply::Done(Some(array(here.map(|volume| Id { id: volume.id.clone() })))));
    }
    let Id { id } = call.arguments.data("id")?;
    let volume = world.parts.state.volumes.get(&id).filter(|volume| volume.datastore == datastore);
    let volume = volume.ok_or_else(|| fault::volume_missing(&id))?;
    if method == Method::RetrieveVStorageObject {
        return Ok(Reply::Done(Some(Value::of(shown(world, volume)))));
    }
    if method == Method::RetrieveSnapshotInfo {
        return Ok(Reply::Done(Some(Value::of(snapshots(volume)))));
    }
    if !world.config.release.updates_disk_crypto() {
        return Err(fault::method_not_found(call.this, method.wire_name()));
    }
    let profiles: Vec<Object> = call.arguments.objects("profile")?.into_iter().cloned().collect();
    let step = storage::crypto::read(&id, call.arguments.object("disksCrypto").ok(), &profiles)?;
    let order = Order {
        method,
        description: "vslm.vcenter.VStorageObjectManager.updateVStorageObjectCrypto",
        entity: MoRef::new("Folder", "group-d1"),
        takes: world.config.latency.recrypt,
        lane: None,
        work: Work::UpdateCrypto { id, step, cns: false },
    };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}

fn snapshots(volume: &Volume) -> VStorageObjectSnapshotInfo {
    let shown = |snapshot: &Snapshot| VStorageObjectSnapshotInfoVStorageObjectSnapshot {
        id: Some(Id { id: snapshot.id.clone() }),
        create_time: snapshot.created,
        description: snapshot.description.clone(),
        ..VStorageObjectSnapshotInfoVStorageObjectSnapshot::default()
    };
    VStorageObjectSnapshotInfo { snapshots: volume.snapshots.iter().map(shown).collect() }
}

/// A volume as its first class disk.
pub fn shown(world: &World, volume: &Volume) -> VStorageObject {
    let backing = BaseConfigInfoDiskFileBackingInfo {
        datastore: volume.datastore.clone(),
        file_path: volume.path.clone(),
        backing_object_id: volume.object_id.clone(),
        key_id: volume.key.as_ref().map(KeyRef::shown),
        provisioning_type: "thin".to_owned(),
        ..BaseConfigInfoDiskFileBackingInfo::default()
    };
    let users = volume.attachments.iter().filter_map(|place| world.parts.state.vms.get(&place.vm));
    VStorageObject {
        config: VStorageObjectConfigInfo {
            id: Id { id: volume.id.clone() },
            name: volume.name.clone(),
            create_time: volume.created,
            keep_after_delete_vm: Some(true),
            relocation_disabled: Some(false),
            native_snapshot_supported: Some(false),
            changed_block_tracking_enabled: Some(false),
            backing: backing.into_object(),
            capacity_in_mb: signed(volume.capacity_mb),
            consumption_type: vec!["disk".to_owned()],
            consumer_id: users.map(|vm| Id { id: vm.instance_uuid.clone() }).collect(),
            ..VStorageObjectConfigInfo::default()
        },
    }
}
