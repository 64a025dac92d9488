//! Disks beside CNS: first class disks that somebody makes, registers, renames, extends and deletes by hand, and disks that are files only.
//!
//! Modelled: one record that CNS shows as a volume once it is registered there, so whatever is done to a disk here is done to the volume,
//! too. Not modelled: formats (all are thin), tags, metadata, control flags, clones, moving; folders, which are there when something is in
//! them; a catalogue that is out of step with the datastore. A real CNS lists a volume for a while whose disk somebody has deleted here.

use vsphere_types::{
    AlreadyExists, DataObject, Fault, FileAlreadyExists, FileNotFound, Id, InvalidState, NoDiskSpace, TooManySnapshotLevels, TypedFault,
    Value,
};

use super::new::{DISKS_FOLDER, blank};
use super::placement::FILE_MANAGEMENT;
use super::snapshots::{DEEPEST, changeable_disk};
use super::{extend, first_class_disk};
use crate::config::DiskConfig;
use crate::fault;
use crate::state::{DiskWork, NewDisk, Snapshot, Volume, VolumeMark};
use crate::storage::Location;
use crate::world::World;

/// Does a task's work; answers its result.
///
/// # Errors
/// What hinders it; nothing has changed then.
pub fn carry_out(world: &mut World, work: DiskWork) -> Result<Option<Value>, Fault> {
    match work {
        DiskWork::Create(new) => create(world, new).map(Some),
        DiskWork::Delete { id } => delete(world, &id).map(|()| None),
        DiskWork::DeleteFile { path } => delete_file(world, &path).map(|()| None),
        DiskWork::Extend { id, capacity_mb } => extend::grow(world, &id, capacity_mb, "newCapacityInMB").map(|()| None),
        DiskWork::TakeSnapshot { id, description, snapshot } => take_snapshot(world, &id, description, snapshot).map(Some),
        DiskWork::DeleteSnapshot { id, snapshot } => delete_snapshot(world, &id, &snapshot).map(|()| None),
        DiskWork::Reconcile => Ok(None),
    }
}

/// The first class disk of this id.
///
/// # Errors
/// There is none.
pub fn known<'a>(world: &'a World, id: &str) -> Result<&'a Volume, Fault> {
    world.parts.state.volumes.get(&id.to_owned()).filter(|volume| volume.first_class).ok_or_else(|| fault::volume_missing(id))
}

/// The disk whose file is at this place, of the first class or not. The disks that machines were made with are not among them.
///
/// # Errors
/// The place is none, or nothing is there.
pub fn file_at<'a>(world: &'a World, place: &str, parameter: &str) -> Result<&'a Volume, Fault> {
    let Location { path, .. } = Location::read(&world.parts.state, place, parameter)?;
    world.parts.state.volumes_by(&VolumeMark::Path(path.clone())).into_iter().next().ok_or_else(|| no_file(&path))
}

/// Makes a first class disk of a file.
///
/// # Errors
/// There is no such file, it is one already, or the account may not.
pub fn register(world: &mut World, place: &str, name: Option<&str>) -> Result<String, Fault> {
    let disk = file_at(world, place, "path")?;
    let (id, file) = (disk.id.clone(), disk.file().to_owned());
    world.require(FILE_MANAGEMENT, &disk.datastore.clone())?;
    if disk.first_class {
        let name = Some(disk.name.clone());
        let text = format!("The specified key, name, or identifier '{id}' already exists.");
        return Err(AlreadyExists { name, ..AlreadyExists::default() }.fault_with(text));
    }
    let named = name.filter(|name| !name.is_empty()).unwrap_or_else(|| end_of(&file)).to_owned();
    if let Some(disk) = world.parts.state.volumes.get_mut(&id) {
        disk.first_class = true;
        disk.name = named;
    }
    Ok(id)
}

/// Gives a first class disk another name.
///
/// # Errors
/// There is none of this id, the name is empty, or the account may not.
pub fn rename(world: &mut World, id: &str, name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(fault::invalid_argument("name"));
    }
    let datastore = known(world, id)?.datastore.clone();
    world.require(FILE_MANAGEMENT, &datastore)?;
    if let Some(disk) = world.parts.state.volumes.get_mut(&id.to_owned()) {
        name.clone_into(&mut disk.name);
    }
    Ok(())
}

fn create(world: &mut World, new: NewDisk) -> Result<Value, Fault> {
    let NewDisk { id, name, datastore, path, capacity_mb, policy, keep, first_class } = new;
    let free = world.parts.state.free_bytes(&datastore);
    let on = world.parts.state.name_of(&datastore).ok_or_else(|| fault::not_found(&datastore))?.to_owned();
    world.require(FILE_MANAGEMENT, &datastore)?;
    super::attach::accessible(world, &datastore)?;
    let folder = if first_class && !path.is_empty() { path.as_str() } else { DISKS_FOLDER };
    let blank = blank(world, &id, &datastore, folder, capacity_mb);
    let path = if first_class { blank.path.clone() } else { path };
    if free < capacity_mb.saturating_mul(1024 * 1024) {
        return Err(NoDiskSpace { file: path, datastore: on, ..NoDiskSpace::default() }.fault());
    }
    if !world.parts.state.volumes_by(&VolumeMark::Path(path.clone())).is_empty() {
        let text = format!("Cannot complete the operation because the file or folder {path} already exists");
        return Err(FileAlreadyExists { file: path, ..FileAlreadyExists::default() }.fault_with(text));
    }
    let disk = Volume { name, policy: policy.or(blank.policy), keep, first_class, path: path.clone(), ..blank };
    let made = if first_class { shown(world, &disk) } else { Value::Text(path) };
    world.parts.state.volumes.insert(id, disk);
    Ok(made)
}

/// Who has a disk, or snapshots of it, must let it go first.
fn delete(world: &mut World, id: &str) -> Result<(), Fault> {
    let disk = changeable_disk(world, id)?;
    if !(disk.attachments.is_empty() && disk.snapshots.is_empty()) {
        return Err(InvalidState::default().fault());
    }
    world.parts.state.volumes.remove(&id.to_owned());
    Ok(())
}

/// A file that is a first class disk is not deleted as a file.
fn delete_file(world: &mut World, path: &str) -> Result<(), Fault> {
    let disk = file_at(world, path, "name")?;
    let id = disk.id.clone();
    world.require(FILE_MANAGEMENT, &disk.datastore.clone())?;
    if disk.first_class || !disk.attachments.is_empty() {
        return Err(InvalidState::default().fault());
    }
    world.parts.state.volumes.remove(&id);
    Ok(())
}

fn take_snapshot(world: &mut World, id: &str, description: String, snapshot: String) -> Result<Value, Fault> {
    if changeable_disk(world, id)?.snapshots.len() >= DEEPEST {
        return Err(TooManySnapshotLevels::default().fault());
    }
    let created = world.now();
    if let Some(disk) = world.parts.state.volumes.get_mut(&id.to_owned()) {
        disk.snapshots.push(Snapshot { id: snapshot.clone(), description, created });
    }
    Ok(Value::Object(Id { id: snapshot }.into_object()))
}

fn delete_snapshot(world: &mut World, id: &str, snapshot: &str) -> Result<(), Fault> {
    if !changeable_disk(world, id)?.snapshots.iter().any(|known| known.id == snapshot) {
        return Err(fault::snapshot_missing(id, snapshot));
    }
    if let Some(disk) = world.parts.state.volumes.get_mut(&id.to_owned()) {
        disk.snapshots.retain(|known| known.id != snapshot);
    }
    Ok(())
}

/// The disk as clients see it.
fn shown(world: &World, disk: &Volume) -> Value {
    Value::Object(first_class_disk(&world.parts, disk).into_object())
}

/// `disk` of `folder/disk.vmdk`.
fn end_of(file: &str) -> &str {
    let end = file.rsplit_once('/').map_or(file, |(_, end)| end);
    end.strip_suffix(".vmdk").unwrap_or(end)
}

fn no_file(path: &str) -> Fault {
    FileNotFound { file: path.to_owned(), ..FileNotFound::default() }.fault_with(format!("File {path} was not found"))
}

/// Puts a disk there that somebody made before the first call.
pub fn put(world: &mut World, config: &DiskConfig) {
    let state = &world.parts.state;
    let Some(datastore) = state.datastores.iter().find(|(_, record)| record.name == config.datastore).map(|(found, _)| found.clone())
    else {
        return;
    };
    let drawn = world.seed.child("disk").child(&config.name).generator().uuid().to_string();
    let id = config.id.clone().unwrap_or(drawn);
    let blank = blank(world, &id, &datastore, DISKS_FOLDER, config.capacity_mb);
    let path = config.file.as_ref().map_or_else(|| blank.path.clone(), |file| format!("[{}] {file}", config.datastore));
    let first_class = config.file.is_none();
    let disk = Volume { name: config.name.clone(), path, first_class, by_hand: Some(config.name.clone()), ..blank };
    world.parts.state.volumes.insert(id, disk);
}
