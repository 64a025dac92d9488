//! CnsCreateVolume: makes a block volume, blank or of a snapshot, or makes one of a disk that is there: of a first class disk by its id, of
//! any by its file's address.

use vsphere_types::request::CnsCreateVolume;
use vsphere_types::{
    CnsAlreadyRegisteredFault, CnsBlockBackingDetails, CnsVolumeAlreadyExistsFault, CnsVolumeCreateSpec, CnsVolumeId, Fault, MoRef,
    NotSupported, TypedFault, Value, VirtualMachineDefinedProfileSpec,
};

use super::new::{DISKS_FOLDER, blank};
use super::placement::{self, Demand, FILE_MANAGEMENT, Placement};
use super::source::{self, Source};
use super::task::{Kind, only, start};
use super::{disks, encryption, metadata, result};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::identity::uuid_like;
use crate::services::policies_must_answer;
use crate::state::{KeyRef, Policy, Volume, Work};
use crate::world::World;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 80;

impl Operation for CnsCreateVolume {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = Box::new(only(self.create_specs, "createSpecs")?);
        check(world, &spec)?;
        let id = world.volume_ids.uuid().to_string();
        let kind = Kind { description: "com.vmware.cns.tasks.createvolume", takes: world.config.latency.create, vm: None };
        start(world, call, kind, Work::CreateVolume { spec, id }).map(Reply::Done)
    }
}

/// What makes the whole call wrong.
fn check(world: &World, spec: &CnsVolumeCreateSpec) -> Result<(), Fault> {
    if spec.name.is_empty() || spec.name.len() > LONGEST_NAME {
        return Err(fault::invalid_argument("createSpecs.name"));
    }
    if spec.volume_type != "BLOCK" && spec.volume_type != "FILE" {
        return Err(fault::invalid_argument("createSpecs.volumeType"));
    }
    let backing = spec.backing_object_details.downcast::<CnsBlockBackingDetails>().ok();
    if backing.and_then(|backing| backing.backing_disk_id).is_some_and(|disk| !disk.is_empty() && !uuid_like(&disk.to_lowercase())) {
        return Err(fault::invalid_argument("createSpecs.backingObjectDetails.backingDiskId"));
    }
    if let Some(datastore) = spec.datastores.iter().find(|datastore| !world.parts.state.datastores.contains(datastore)) {
        return Err(fault::not_found(datastore));
    }
    Ok(())
}

/// Does a create task's work.
pub fn finish(world: &mut World, spec: &CnsVolumeCreateSpec, id: &str) -> Value {
    let (outcome, placement) = create(world, spec, id);
    result::created(&spec.name, outcome.map_err(|refusal| world.as_told(refusal)), placement)
}

type Created = (Result<String, Fault>, Vec<vsphere_types::CnsPlacementResult>);

fn create(world: &mut World, spec: &CnsVolumeCreateSpec, id: &str) -> Created {
    match prepare(world, spec, id) {
        Ok(Prepared::There(id)) => (Ok(id), Vec::new()),
        Ok(Prepared::New { id, capacity_mb }) => {
            let wanted = asked_policy(world, spec).and_then(|policy| Ok((policy, asked_source(world, spec, capacity_mb)?)));
            match wanted {
                Ok((policy, source)) => place_and_make(world, spec, policy.as_ref(), (id, capacity_mb, source)),
                Err(fault) => (Err(fault), Vec::new()),
            }
        }
        Err(fault) => (Err(fault), Vec::new()),
    }
}

fn place_and_make(
    world: &mut World,
    spec: &CnsVolumeCreateSpec,
    policy: Option<&Policy>,
    (id, capacity_mb, source): (String, u64, Option<Source>),
) -> Created {
    // A disk that is made of a snapshot lies where that one does.
    let offered = source.as_ref().map_or(spec.datastores.as_slice(), |source| std::slice::from_ref(&source.datastore));
    let demand = Demand { user: &world.acting, policy, offered, capacity_mb };
    let Placement { chosen, results } = placement::place(&world.parts, &demand);
    let made = chosen.and_then(|datastore| {
        let fresh = encryption::key_for(world, spec, &datastore, &id)?;
        let key = fresh.or_else(|| source.as_ref()?.key.clone());
        Ok(make(world, spec, New { id, capacity_mb, datastore, key, source }))
    });
    (made, results)
}

/// The snapshot that is asked for, if any.
fn asked_source(world: &World, spec: &CnsVolumeCreateSpec, capacity_mb: u64) -> Result<Option<Source>, Fault> {
    spec.volume_source.as_ref().map(|named| source::find(world, named, capacity_mb, &spec.datastores)).transpose()
}

/// The policy that is asked for; one that is not there is a wrong argument.
fn asked_policy(world: &World, spec: &CnsVolumeCreateSpec) -> Result<Option<Policy>, Fault> {
    let profile = spec.profile.iter().find_map(|profile| profile.downcast::<VirtualMachineDefinedProfileSpec>().ok());
    let Some(profile) = profile else { return Ok(None) };
    let policy = world.parts.state.policies.get(&profile.profile_id).cloned();
    policy.map(Some).ok_or_else(|| fault::invalid_argument("createSpecs.profile"))
}

enum Prepared {
    /// The volume is there already, and that is as it should be.
    There(String),
    /// It has to be made.
    New { id: String, capacity_mb: u64 },
}

/// Judges what is asked for, but for the place.
fn prepare(world: &mut World, spec: &CnsVolumeCreateSpec, drawn: &str) -> Result<Prepared, Fault> {
    let unsupported = |what: &str| Err(fault::cns_because(&format!("{what} is not supported."), &NotSupported::default().fault()));
    let Ok(backing) = spec.backing_object_details.downcast::<CnsBlockBackingDetails>() else {
        return unsupported("A volume that is no block volume");
    };
    if let Some(address) = backing.backing_disk_url_path.filter(|address| !address.is_empty()) {
        let disk = disks::file_at(world, &address, "createSpecs.backingObjectDetails.backingDiskUrlPath")?.id.clone();
        return register(world, spec, &disk);
    }
    if let Some(disk) = backing.backing_disk_id.filter(|disk| !disk.is_empty()) {
        let known = world.parts.state.volumes.get(&disk).is_some_and(|volume| volume.first_class);
        return if known { register(world, spec, &disk) } else { Err(fault::volume_missing(&disk)) };
    }
    let capacity_mb = backing.capacity_in_mb.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
    let Some(capacity_mb) = capacity_mb else { return Err(fault::invalid_argument("createSpecs.backingObjectDetails.capacityInMb")) };
    if !spec.profile.is_empty() {
        policies_must_answer(world, "PreCreateCheckCallback").map_err(|cause| fault::cns_because("VSLM task failed", &cause))?;
    }
    if spec.datastores.is_empty() {
        return Err(fault::invalid_argument("createSpecs.datastores"));
    }
    if let Some(CnsVolumeId { id }) = &spec.volume_id {
        if !world.config.release.takes_volume_ids() {
            return unsupported("A volume id in the create specification");
        }
        return chosen_id(world, spec, id, capacity_mb);
    }
    if !world.config.rules.volume_names_may_repeat
        && let Some(first) = world.parts.state.volumes.values().find(|volume| volume.in_cns && volume.name == spec.name)
    {
        return Ok(Prepared::There(first.id.clone()));
    }
    Ok(Prepared::New { id: drawn.to_owned(), capacity_mb })
}

/// The same id on one of the offered datastores is the same volume; elsewhere it is another one in the way.
fn chosen_id(world: &World, spec: &CnsVolumeCreateSpec, id: &str, capacity_mb: u64) -> Result<Prepared, Fault> {
    if uuid_like(id) {
        return match world.parts.state.volumes.get(&id.to_owned()) {
            None => Ok(Prepared::New { id: id.to_owned(), capacity_mb }),
            Some(volume) if volume.in_cns && spec.datastores.contains(&volume.datastore) => Ok(Prepared::There(id.to_owned())),
            Some(volume) => Err(CnsVolumeAlreadyExistsFault {
                reason: format!("The volume {id} already exists."),
                volume_id: CnsVolumeId { id: id.to_owned() },
                datastore: Some(volume.datastore.clone()),
                ..CnsVolumeAlreadyExistsFault::default()
            }
            .fault_with(format!("CnsVolumeAlreadyExistsFault: the volume {id} already exists."))),
        };
    }
    Err(fault::invalid_argument("createSpecs.volumeId"))
}

/// Makes a volume of a disk that CNS does not know.
fn register(world: &mut World, spec: &CnsVolumeCreateSpec, disk: &str) -> Result<Prepared, Fault> {
    let volume = world.parts.state.volumes.get(&disk.to_owned()).ok_or_else(|| fault::volume_missing(disk))?;
    world.require(FILE_MANAGEMENT, &volume.datastore.clone())?;
    let volume = world.parts.state.volumes.get_mut(&disk.to_owned()).ok_or_else(|| fault::volume_missing(disk))?;
    if volume.in_cns {
        return Err(CnsAlreadyRegisteredFault {
            reason: format!("The disk {disk} is already registered."),
            volume_id: CnsVolumeId { id: disk.to_owned() },
            ..CnsAlreadyRegisteredFault::default()
        }
        .fault_with(format!("The input disk {disk} is already registered as a CNS volume.")));
    }
    volume.in_cns = true;
    volume.first_class = true;
    volume.keep = true;
    volume.name.clone_from(&spec.name);
    metadata::replace(volume, spec.metadata.as_ref());
    Ok(Prepared::There(disk.to_owned()))
}

/// What has been decided of a volume that is to be made.
struct New {
    id: String,
    capacity_mb: u64,
    datastore: MoRef,
    key: Option<KeyRef>,
    source: Option<Source>,
}

/// Makes the volume on the datastore that was chosen.
fn make(world: &mut World, spec: &CnsVolumeCreateSpec, new: New) -> String {
    let New { id, capacity_mb, datastore, key, source } = new;
    let blank = blank(world, &id, &datastore, DISKS_FOLDER, capacity_mb);
    let asked = spec.profile.iter().find_map(|profile| profile.downcast::<VirtualMachineDefinedProfileSpec>().ok());
    let mut volume = Volume {
        name: spec.name.clone(),
        policy: asked.map(|profile| profile.profile_id).or_else(|| blank.policy.clone()),
        key,
        in_cns: true,
        made_of: source.map(|source| source.made_of),
        ..blank
    };
    metadata::replace(&mut volume, spec.metadata.as_ref());
    world.parts.state.volumes.insert(id.clone(), volume);
    id
}
