//! What carries which tag.
//!
//! Attaching what is attached, and taking off what is not there, changes nothing and is no error. An inventory object that
//! does not exist and one that may not be touched are refused alike.

use vsphere_types::MoRef;

use super::error::VapiError;
use super::found::{self, require};
use crate::config::Cardinality;
use crate::world::World;

/// The most items of a batch.
const LARGEST_BATCH: usize = 2_000;

fn small_enough(name: &str, count: usize) -> Result<(), VapiError> {
    if count <= LARGEST_BATCH { Ok(()) } else { Err(VapiError::invalid(name, &format!("at most {LARGEST_BATCH} are taken at a time"))) }
}

/// Attaches a tag to objects; answers what could not be done.
pub fn attach_to_all(world: &mut World, tag: &str, objects: &[MoRef]) -> Result<Vec<VapiError>, VapiError> {
    found::tag(world, tag)?;
    small_enough("object_ids", objects.len())?;
    Ok(objects.iter().filter_map(|object| attach(world, tag, object).err()).collect())
}

/// Takes a tag off objects; answers what could not be done.
pub fn detach_from_all(world: &mut World, tag: &str, objects: &[MoRef]) -> Result<Vec<VapiError>, VapiError> {
    found::tag(world, tag)?;
    small_enough("object_ids", objects.len())?;
    Ok(objects.iter().filter_map(|object| detach(world, tag, object).err()).collect())
}

/// Attaches tags to an object; answers what could not be done.
pub fn attach_all(world: &mut World, tags: &[String], object: &MoRef) -> Result<Vec<VapiError>, VapiError> {
    small_enough("object_ids", tags.len())?;
    Ok(tags.iter().filter_map(|tag| attach(world, tag, object).err()).collect())
}

/// Takes tags off an object; answers what could not be done.
pub fn detach_all(world: &mut World, tags: &[String], object: &MoRef) -> Result<Vec<VapiError>, VapiError> {
    small_enough("object_ids", tags.len())?;
    Ok(tags.iter().filter_map(|tag| detach(world, tag, object).err()).collect())
}

/// Attaches a tag to an object.
pub fn attach(world: &mut World, tag: &str, object: &MoRef) -> Result<(), VapiError> {
    let record = found::tag(world, tag)?.clone();
    touchable(world, object)?;
    let state = &world.parts.state;
    let category = found::category(world, &record.category)?;
    if !category.associable.is_empty() && !category.associable.contains(object.kind.as_str()) {
        return Err(VapiError::not_associable(tag, object));
    }
    let carried = state.tags_of(object);
    let another = carried.iter().any(|other| other.category == category.urn && other.urn != tag);
    if category.cardinality == Cardinality::Single && another {
        return Err(VapiError::cardinality(tag, object));
    }
    if !carried.iter().any(|other| other.urn == tag) {
        world.parts.state.associations.insert((object.clone(), tag.to_owned()), ());
    }
    Ok(())
}

/// Takes a tag off an object.
pub fn detach(world: &mut World, tag: &str, object: &MoRef) -> Result<(), VapiError> {
    found::tag(world, tag)?;
    touchable(world, object)?;
    world.parts.state.associations.remove(&(object.clone(), tag.to_owned()));
    Ok(())
}

fn touchable(world: &World, object: &MoRef) -> Result<(), VapiError> {
    if !world.parts.state.has_entity(object) {
        return Err(VapiError::unauthorized(object));
    }
    require(world, "InventoryService.Tagging.AttachTag", object).map_err(|_| VapiError::unauthorized(object))
}

/// The tags of an object.
pub fn tags_of(world: &World, object: &MoRef) -> Result<Vec<String>, VapiError> {
    let there = world.parts.state.has_entity(object) && world.require_read(object).is_ok();
    if !there {
        return Err(VapiError::unauthorized(object));
    }
    Ok(world.parts.state.tags_of(object).into_iter().map(|tag| tag.urn.clone()).collect())
}

/// The objects of a tag, as far as the caller may read them.
pub fn objects_of(world: &World, tag: &str) -> Result<Vec<MoRef>, VapiError> {
    found::tag(world, tag)?;
    let objects = world.parts.state.tagged_with(tag);
    Ok(objects.into_iter().filter(|object| world.require_read(object).is_ok()).collect())
}

/// The tags of several objects. One object that may not be read spoils the answer for all.
pub fn tags_of_all(world: &World, objects: &[MoRef]) -> Result<Vec<(MoRef, Vec<String>)>, VapiError> {
    small_enough("object_ids", objects.len())?;
    let found: Result<Vec<_>, _> = objects.iter().map(|object| Ok((object.clone(), tags_of(world, object)?))).collect();
    Ok(found?.into_iter().filter(|(_, tags)| !tags.is_empty()).collect())
}

/// The objects of several tags.
pub fn objects_of_all(world: &World, tags: &[String]) -> Result<Vec<(String, Vec<MoRef>)>, VapiError> {
    small_enough("tag_ids", tags.len())?;
    tags.iter().map(|tag| Ok((tag.clone(), objects_of(world, tag)?))).collect()
}
