//! VSLM: first class disks by their id alone, in a catalogue of all datastores, and the tasks of that service.
//!
//! Its tasks are vCenter's, under another name: `VslmTask` of the same number. Modelled of the catalogue: queries by every field but that of
//! the backing object, which a real one refuses as well; pages in the order of ids. Not modelled: cancelling, what disks carry beside name
//! and size (tags, metadata, flags), a catalogue that is behind.

use jiff::Timestamp;
use vsphere_types::request::{
    RetrieveContent, VslmCreateDiskTask, VslmCreateSnapshotTask, VslmDeleteSnapshotTask, VslmDeleteVStorageObjectTask, VslmExtendDiskTask,
    VslmListVStorageObjectForSpec, VslmQueryInfo, VslmQueryTaskResult, VslmReconcileDatastoreInventoryTask, VslmRegisterDisk,
    VslmRenameVStorageObject, VslmRetrieveSnapshotInfo, VslmRetrieveVStorageObject, VslmRetrieveVStorageObjects,
};
use vsphere_types::{
    DataObject, Fault, Id, LocalizedMethodFault, MoRef, VslmAboutInfo, VslmServiceInstanceContent, VslmTaskInfo, VslmTaskInfoState,
    VslmTaskReasonUser, VslmVsoVStorageObjectQueryResult, VslmVsoVStorageObjectQuerySpec, VslmVsoVStorageObjectResult,
};

use super::first_class_disks::{new_disk, snapshots_of, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::look::Parts;
use crate::managed::{catalogue_task, signed, singleton};
use crate::state::{DiskWork, Task, TaskState, Volume};
use crate::storage::{self, disks};
use crate::world::World;

impl Operation for RetrieveContent {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let name = "VMware Virtual Storage Lifecycle Manager Service".to_owned();
        let about_info = VslmAboutInfo {
            full_name: format!("{name} 1.0.0"),
            name,
            vendor: "VMware, Inc.".to_owned(),
            api_version: "1.0.0".to_owned(),
            instance_uuid: world.parts.facts.instance_uuid.clone(),
        };
        Ok(Reply::Done(VslmServiceInstanceContent {
            about_info,
            session_manager: singleton("VslmSessionManager"),
            v_storage_object_manager: singleton("VslmVStorageObjectManager"),
            storage_lifecycle_manager: singleton("VslmStorageLifecycleManager"),
        }))
    }
}

/// The task behind a `VslmTask`.
fn task<'a>(world: &'a World, this: &MoRef) -> Result<&'a Task, Fault> {
    let known = catalogue_task(this).and_then(|task| world.parts.state.tasks.get(&task));
    known.ok_or_else(|| fault::not_found(this))
}

impl Operation for VslmQueryInfo {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let record = task(world, call.this)?;
        let state = match record.state {
            TaskState::Queued => VslmTaskInfoState::Queued,
            TaskState::Running => VslmTaskInfoState::Running,
            TaskState::Success => VslmTaskInfoState::Success,
            TaskState::Error => VslmTaskInfoState::Error,
        };
        Ok(Reply::Done(VslmTaskInfo {
            key: call.this.id.clone(),
            task: call.this.clone(),
            description_id: record.description.to_owned(),
            entity: Some(record.entity.clone()),
            entity_name: Some(record.entity_name.clone()),
            state,
            error: record.error.as_ref().and_then(|error| LocalizedMethodFault::from_object(error).ok()),
            result: record.result.clone(),
            reason: VslmTaskReasonUser { user_name: record.user.clone() }.into_object(),
            queue_time: record.queued,
            start_time: record.started,
            complete_time: record.completed,
            event_chain_id: record.chain,
            activation_id: Some(record.activation.clone()),
            ..VslmTaskInfo::default()
        }))
    }
}

impl Operation for VslmQueryTaskResult {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        Ok(Reply::Done(task(world, call.this)?.result.clone()))
    }
}

/// Starts a task; answers it by the name that this service gives it.
fn begin(world: &mut World, call: &Call, work: DiskWork) -> Result<Reply<MoRef>, Fault> {
    let task = start(world, call, work)?;
    Ok(Reply::Done(MoRef::new("VslmTask", task.id)))
}

impl Operation for VslmCreateDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let work = DiskWork::Create(new_disk(world, &self.spec)?);
        begin(world, call, work)
    }
}

impl Operation for VslmRegisterDisk {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let id = disks::register(world, &self.path, self.name.as_deref())?;
        Ok(Reply::Done(storage::first_class_disk(&world.parts, disks::known(world, &id)?).into_object()))
    }
}

impl Operation for VslmExtendDiskTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        disks::known(world, &self.id.id)?;
        begin(world, call, DiskWork::Extend { id: self.id.id, capacity_mb: self.new_capacity_in_mb })
    }
}

impl Operation for VslmRenameVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        disks::rename(world, &self.id.id, &self.name).map(Reply::Done)
    }
}

impl Operation for VslmDeleteVStorageObjectTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        disks::known(world, &self.id.id)?;
        begin(world, call, DiskWork::Delete { id: self.id.id })
    }
}

impl Operation for VslmRetrieveVStorageObject {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(storage::first_class_disk(&world.parts, disks::known(world, &self.id.id)?).into_object()))
    }
}

impl Operation for VslmCreateSnapshotTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        disks::known(world, &self.id.id)?;
        let snapshot = world.snapshot_ids.uuid().to_string();
        begin(world, call, DiskWork::TakeSnapshot { id: self.id.id, description: self.description, snapshot })
    }
}

impl Operation for VslmDeleteSnapshotTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        disks::known(world, &self.id.id)?;
        begin(world, call, DiskWork::DeleteSnapshot { id: self.id.id, snapshot: self.snapshot_id.id })
    }
}

impl Operation for VslmRetrieveSnapshotInfo {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(snapshots_of(disks::known(world, &self.id.id)?)))
    }
}

impl Operation for VslmReconcileDatastoreInventoryTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        if !world.parts.state.datastores.contains(&self.datastore) {
            return Err(fault::not_found(&self.datastore));
        }
        begin(world, call, DiskWork::Reconcile)
    }
}

impl Operation for VslmRetrieveVStorageObjects {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let entry = |id: Id| match disks::known(world, &id.id) {
            Ok(disk) => row(&world.parts, disk),
            Err(missing) => {
                let error = Some(fault::localized(&missing));
                VslmVsoVStorageObjectResult { id, error, ..VslmVsoVStorageObjectResult::default() }
            }
        };
        Ok(Reply::Done(self.ids.into_iter().map(entry).collect()))
    }
}

impl Operation for VslmListVStorageObjectForSpec {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let most = usize::try_from(self.max_result).ok().filter(|most| *most > 0).ok_or_else(|| fault::invalid_argument("maxResult"))?;
        let mut found = Vec::new();
        for disk in world.parts.state.volumes.values().filter(|disk| disk.first_class) {
            let mut fits = true;
            for query in &self.query {
                fits &= matches(query, disk)?;
            }
            if fits {
                found.push(disk);
            }
        }
        let all_records_returned = found.len() <= most;
        found.truncate(most);
        let id = found.iter().map(|disk| Id { id: disk.id.clone() }).collect();
        let query_results = found.into_iter().map(|disk| row(&world.parts, disk)).collect();
        Ok(Reply::Done(Some(VslmVsoVStorageObjectQueryResult { all_records_returned, id, query_results })))
    }
}

/// A disk as the catalogue has it.
fn row(parts: &Parts, disk: &Volume) -> VslmVsoVStorageObjectResult {
    VslmVsoVStorageObjectResult {
        id: Id { id: disk.id.clone() },
        name: Some(disk.name.clone()),
        capacity_in_mb: signed(disk.capacity_mb),
        create_time: Some(disk.created),
        datastore_url: parts.state.datastores.get(&disk.datastore).map(|datastore| datastore.url.clone()),
        disk_path: Some(disk.path.clone()),
        used_capacity_in_mb: Some(signed(disk.taken_bytes() / (1024 * 1024))),
        ..VslmVsoVStorageObjectResult::default()
    }
}

/// Whether a disk is as a query has it. Each query has one value only, as with a real vCenter.
fn matches(query: &VslmVsoVStorageObjectQuerySpec, disk: &Volume) -> Result<bool, Fault> {
    let [value] = query.query_value.as_slice() else { return Err(fault::invalid_argument("values")) };
    match query.query_field.as_str() {
        "id" => texts(&query.query_operator, &disk.id, value),
        "name" => texts(&query.query_operator, &disk.name, value),
        "datastoreMoId" => texts(&query.query_operator, &disk.datastore.id, value),
        "capacity" => compared(&query.query_operator, &signed(disk.capacity_mb), &value.parse::<i64>().map_err(|_| refused())?),
        "createTime" => compared(&query.query_operator, &disk.created, &value.parse::<Timestamp>().map_err(|_| refused())?),
        // Nothing has metadata here.
        "metadataKey" | "metadataValue" => Ok(false),
        _ => Err(refused()),
    }
}

fn texts(operator: &str, is: &str, value: &str) -> Result<bool, Fault> {
    match operator {
        "contains" => Ok(is.contains(value)),
        "startsWith" => Ok(is.starts_with(value)),
        "endsWith" => Ok(is.ends_with(value)),
        _ => compared(operator, is, value),
    }
}

fn compared<T: PartialOrd + ?Sized>(operator: &str, is: &T, value: &T) -> Result<bool, Fault> {
    Ok(match operator {
        "equals" => is == value,
        "notEquals" => is != value,
        "lessThan" => is < value,
        "greaterThan" => is > value,
        "lessThanOrEqual" => is <= value,
        "greaterThanOrEqual" => is >= value,
        _ => return Err(refused()),
    })
}

/// What a real service says of a query that it does not understand.
fn refused() -> Fault {
    fault::system_error("Undeclared fault")
}
