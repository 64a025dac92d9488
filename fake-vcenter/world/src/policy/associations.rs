//! Which policy is applied to which disk: PbmQueryAssociatedProfile(s), PbmQueryAssociatedEntity, PbmQueryAssociatedEntities.
//!
//! Entities are volumes, by their id (`virtualDiskUUID`) or by VM and device key (`virtualDiskId`, `vm-12:2000`), and VMs,
//! whose own files have no policy.

use vsphere_types::{Fault, Method, MoRef, PbmFaultNotFound, PbmProfileId, PbmQueryProfileResult, PbmServerObjectRef, TypedFault, Value};

use super::profiles::find;
use crate::managed::array;
use crate::operations::Call;
use crate::state::{State, Volume};
use crate::world::World;

/// A disk by the id of its volume.
const BY_VOLUME: &str = "virtualDiskUUID";

/// A disk by the VM and the device key that it has there.
const BY_DEVICE: &str = "virtualDiskId";

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Value, Fault> {
    Ok(match method {
        Method::PbmQueryAssociatedProfile => {
            let entity: PbmServerObjectRef = call.arguments.data("entity")?;
            array(profiles_of(world, &entity)?)
        }
        Method::PbmQueryAssociatedProfiles => {
            let entities: Vec<PbmServerObjectRef> = call.arguments.list("entities")?;
            array(entities.into_iter().map(|entity| answer(world, entity)))
        }
        Method::PbmQueryAssociatedEntity => {
            let profile: PbmProfileId = call.arguments.data("profile")?;
            find(world, &profile, "profile")?;
            let kind = call.arguments.optional_text("entityType");
            array(entities_of(world, &profile, kind.as_deref()))
        }
        _ => {
            let mut profiles: Vec<PbmProfileId> = call.arguments.list("profiles")?;
            if profiles.is_empty() {
                let all = world.parts.state.policies.iter();
                profiles = all.map(|(id, _)| PbmProfileId { unique_id: id.clone() }).collect();
            }
            let entities = profiles.iter().flat_map(|profile| entities_of(world, profile, None));
            array(entities.map(|entity| answer(world, entity)))
        }
    })
}

fn answer(world: &World, entity: PbmServerObjectRef) -> PbmQueryProfileResult {
    let (profile_id, fault) = match profiles_of(world, &entity) {
        Ok(profiles) => (profiles, None),
        Err(fault) => (Vec::new(), Some(fault.into_localized())),
    };
    PbmQueryProfileResult { object: entity, profile_id, fault }
}

fn profiles_of(world: &World, entity: &PbmServerObjectRef) -> Result<Vec<PbmProfileId>, Fault> {
    let policy = match disk(&world.parts.state, entity)? {
        Some(volume) => volume.policy.clone(),
        None => None,
    };
    Ok(policy.map(|unique_id| PbmProfileId { unique_id }).into_iter().collect())
}

/// The volume behind an entity; nothing for a VM.
pub fn disk<'a>(state: &'a State, entity: &PbmServerObjectRef) -> Result<Option<&'a Volume>, Fault> {
    let missing = || {
        PbmFaultNotFound::default()
            .fault_with(format!("The object {} of type {} is not known to the policy service.", entity.key, entity.object_type))
    };
    match entity.object_type.as_str() {
        BY_VOLUME => state.volumes.get(&entity.key).map(Some).ok_or_else(missing),
        BY_DEVICE => {
            let (vm, key) = entity.key.split_once(':').ok_or_else(missing)?;
            let (vm, key): (MoRef, i32) = (MoRef::new("VirtualMachine", vm), key.parse().map_err(|_| missing())?);
            let plugged = |volume: &&Volume| volume.attachment_to(&vm).is_some_and(|place| place.key == key);
            state.volumes_on(&vm).into_iter().find(plugged).map(Some).ok_or_else(missing)
        }
        "virtualMachine" | "virtualMachineAndDisks" if state.vms.contains(&MoRef::new("VirtualMachine", &entity.key)) => Ok(None),
        _ => Err(missing()),
    }
}

/// The disks that a policy is applied to.
fn entities_of(world: &World, profile: &PbmProfileId, kind: Option<&str>) -> Vec<PbmServerObjectRef> {
    let server_uuid = Some(world.parts.facts.instance_uuid.clone());
    let entity = |kind: &str, key: String| PbmServerObjectRef { object_type: kind.to_owned(), key, server_uuid: server_uuid.clone() };
    let with_policy = world.parts.state.volumes.values().filter(|volume| volume.policy.as_deref() == Some(profile.unique_id.as_str()));
    match kind {
        None | Some(BY_VOLUME) => with_policy.map(|volume| entity(BY_VOLUME, volume.id.clone())).collect(),
        Some(BY_DEVICE) => with_policy
            .flat_map(|volume| &volume.attachments)
            .map(|place| entity(BY_DEVICE, format!("{}:{}", place.vm.id, place.key)))
            .collect(),
        Some(_) => Vec::new(),
    }
}
