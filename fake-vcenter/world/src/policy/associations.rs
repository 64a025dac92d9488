//! Which policy is applied to which disk: PbmQueryAssociatedProfile(s), PbmQueryAssociatedEntity, PbmQueryAssociatedEntities.
//!
//! Entities are volumes, by their id (`virtualDiskUUID`) or by VM and device key (`virtualDiskId`, `vm-12:2000`), and VMs,
//! whose own files have no policy.

use vsphere_types::request::{PbmQueryAssociatedEntities, PbmQueryAssociatedEntity, PbmQueryAssociatedProfile, PbmQueryAssociatedProfiles};
use vsphere_types::{Fault, MoRef, PbmFaultNotFound, PbmProfileId, PbmQueryProfileResult, PbmServerObjectRef, TypedFault};

use super::profiles::find;
use crate::call::{Answer, Call, Operation, Reply};
use crate::state::{State, Volume};
use crate::world::World;

/// A disk by the id of its volume.
const BY_VOLUME: &str = "virtualDiskUUID";

/// A disk by the VM and the device key that it has there.
const BY_DEVICE: &str = "virtualDiskId";

impl Operation for PbmQueryAssociatedProfile {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        profiles_of(world, &self.entity).map(Reply::Done)
    }
}

impl Operation for PbmQueryAssociatedProfiles {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(self.entities.into_iter().map(|entity| answer(world, entity)).collect()))
    }
}

impl Operation for PbmQueryAssociatedEntity {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        find(world, &self.profile, "profile")?;
        Ok(Reply::Done(entities_of(world, &self.profile, self.entity_type.as_deref())))
    }
}

impl Operation for PbmQueryAssociatedEntities {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let mut profiles = self.profiles;
        if profiles.is_empty() {
            let all = world.parts.state.policies.iter();
            profiles = all.map(|(id, _)| PbmProfileId { unique_id: id.clone() }).collect();
        }
        let entities = profiles.iter().flat_map(|profile| entities_of(world, profile, None));
        Ok(Reply::Done(entities.map(|entity| answer(world, entity)).collect()))
    }
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
