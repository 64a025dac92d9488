//! Tags.

use vsphere_types::MoRef;

use super::call::{TagModel, TagSpec};
use super::error::VapiError;
use super::found::{self, require, root, urn};
use crate::state::Tag;
use crate::world::World;

/// How the URN of a tag begins.
const URN: &str = "urn:vmomi:InventoryServiceTag:";

/// The URNs of all tags.
pub fn list(world: &World) -> Vec<String> {
    world.parts.state.tags.iter().map(|(urn, _)| urn.clone()).collect()
}

/// The URNs of a category's tags.
pub fn of_category(world: &World, category: &str) -> Result<Vec<String>, VapiError> {
    found::category(world, category)?;
    let mine = world.parts.state.tags.values().filter(|tag| tag.category == *category);
    Ok(mine.map(|tag| tag.urn.clone()).collect())
}

/// A tag as clients see it.
pub fn model(tag: &Tag) -> TagModel {
    let Tag { urn, category, name, description } = tag.clone();
    TagModel { id: urn, category_id: category, name, description }
}

/// Makes a tag; answers its URN.
pub fn create(world: &mut World, spec: &TagSpec) -> Result<String, VapiError> {
    require(world, "InventoryService.Tagging.CreateTag", &root())?;
    let category = found::category(world, spec.category.as_deref().unwrap_or_default())?.clone();
    let name = spec.name.clone().filter(|name| !name.is_empty()).ok_or_else(|| VapiError::invalid("name", "it is missing"))?;
    if world.parts.state.tag_named(&category.name, &name).is_some() {
        return Err(VapiError::already_exists("Tag", &name));
    }
    let urn = urn(world, spec.urn.as_ref(), URN)?;
    if world.parts.state.tags.contains(&urn) {
        return Err(VapiError::already_exists("Tag", &urn));
    }
    let tag = Tag { urn: urn.clone(), category: category.urn, name, description: spec.description.clone().unwrap_or_default() };
    world.parts.state.tags.insert(urn.clone(), tag);
    Ok(urn)
}

/// Changes a tag.
pub fn update(world: &mut World, urn: &str, spec: &TagSpec) -> Result<(), VapiError> {
    require(world, "InventoryService.Tagging.EditTag", &root())?;
    let mut tag = found::tag(world, urn)?.clone();
    if let Some(name) = spec.name.clone().filter(|name| *name != tag.name) {
        let taken = world.parts.state.tags.values().any(|other| other.category == tag.category && other.name == name);
        if taken {
            return Err(VapiError::already_exists("Tag", &name));
        }
        tag.name = name;
    }
    if let Some(description) = &spec.description {
        tag.description.clone_from(description);
    }
    world.parts.state.tags.insert(urn.to_owned(), tag);
    Ok(())
}

/// Deletes a tag.
pub fn delete(world: &mut World, urn: &str) -> Result<(), VapiError> {
    require(world, "InventoryService.Tagging.DeleteTag", &root())?;
    found::tag(world, urn)?;
    remove(world, urn);
    Ok(())
}

/// Takes a tag away, off all objects too.
pub fn remove(world: &mut World, urn: &str) {
    let carried: Vec<(MoRef, String)> =
        world.parts.state.associations.iter().filter(|((_, tag), ())| tag == urn).map(|(key, ())| key.clone()).collect();
    for key in carried {
        world.parts.state.associations.remove(&key);
    }
    world.parts.state.tags.remove(&urn.to_owned());
}
