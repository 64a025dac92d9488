//! What carries which tag.
//!
//! Attaching what is attached, and taking off what is not there, changes nothing and is no error. An inventory object that
//! does not exist and one that may not be touched are refused alike.

use vsphere_types::MoRef;

use super::session::require;
use super::{VapiAnswer, VapiCall, VapiError, categories, tags};
use crate::config::Cardinality;
use crate::world::World;

/// The most items of a batch.
const LARGEST_BATCH: usize = 2_000;

/// Carries out a call.
pub fn carry_out(world: &mut World, call: &VapiCall) -> Result<VapiAnswer, VapiError> {
    match call {
        VapiCall::Attach(tag, object) => attach(world, tag, object).map(|()| VapiAnswer::Nothing),
        VapiCall::Detach(tag, object) => detach(world, tag, object).map(|()| VapiAnswer::Nothing),
        VapiCall::ListAttachedTags(object) => tags_of(world, object).map(VapiAnswer::Ids),
        VapiCall::ListAttachedObjects(tag) => objects_of(world, tag).map(VapiAnswer::Objects),
        VapiCall::ListAttachedTagsOnObjects(objects) => {
            small_enough("object_ids", objects.len())?;
            // One object that may not be read spoils the answer for all.
            let found: Result<Vec<_>, _> = objects.iter().map(|object| Ok((object.clone(), tags_of(world, object)?))).collect();
            Ok(VapiAnswer::TagsOnObjects(found?.into_iter().filter(|(_, tags)| !tags.is_empty()).collect()))
        }
        VapiCall::ListAttachedObjectsOnTags(tags) => {
            small_enough("tag_ids", tags.len())?;
            let found: Result<Vec<_>, _> = tags.iter().map(|tag| Ok((tag.clone(), objects_of(world, tag)?))).collect();
            Ok(VapiAnswer::ObjectsOnTags(found?))
        }
        other => batch(world, other).map(VapiAnswer::Batch),
    }
}

fn small_enough(name: &str, count: usize) -> Result<(), VapiError> {
    if count <= LARGEST_BATCH { Ok(()) } else { Err(VapiError::invalid(name, &format!("at most {LARGEST_BATCH} are taken at a time"))) }
}

/// Does what can be done of a batch; answers what could not.
fn batch(world: &mut World, call: &VapiCall) -> Result<Vec<VapiError>, VapiError> {
    let (pairs, attaches): (Vec<(&String, &MoRef)>, bool) = match call {
        VapiCall::AttachTagToObjects(tag, objects) | VapiCall::DetachTagFromObjects(tag, objects) => {
            tags::find(world, tag)?;
            (objects.iter().map(|object| (tag, object)).collect(), matches!(call, VapiCall::AttachTagToObjects(..)))
        }
        VapiCall::AttachTagsToObject(tags, object) | VapiCall::DetachTagsFromObject(tags, object) => {
            (tags.iter().map(|tag| (tag, object)).collect(), matches!(call, VapiCall::AttachTagsToObject(..)))
        }
        _ => (Vec::new(), false),
    };
    small_enough("object_ids", pairs.len())?;
    let outcomes = pairs.into_iter().map(|(tag, object)| if attaches { attach(world, tag, object) } else { detach(world, tag, object) });
    Ok(outcomes.filter_map(Result::err).collect())
}

/// Attaches a tag to an object.
pub fn attach(world: &mut World, tag: &str, object: &MoRef) -> Result<(), VapiError> {
    let record = tags::find(world, tag)?.clone();
    touchable(world, object)?;
    let state = &world.parts.state;
    let category = categories::find(world, &record.category)?;
    if !category.associable.is_empty() && !category.associable.contains(&object.kind) {
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
    tags::find(world, tag)?;
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

fn tags_of(world: &World, object: &MoRef) -> Result<Vec<String>, VapiError> {
    let there = world.parts.state.has_entity(object) && world.require_read(object).is_ok();
    if !there {
        return Err(VapiError::unauthorized(object));
    }
    Ok(world.parts.state.tags_of(object).into_iter().map(|tag| tag.urn.clone()).collect())
}

/// The objects of a tag, as far as the caller may read them.
fn objects_of(world: &World, tag: &str) -> Result<Vec<MoRef>, VapiError> {
    tags::find(world, tag)?;
    let objects = world.parts.state.tagged_with(tag);
    Ok(objects.into_iter().filter(|object| world.require_read(object).is_ok()).collect())
}
