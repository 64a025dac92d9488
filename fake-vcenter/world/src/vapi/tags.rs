//! Tags.

use vsphere_types::MoRef;

use super::categories::{self, urn};
use super::session::{require, root};
use super::{TagModel, TagSpec, VapiAnswer, VapiCall, VapiError};
use crate::state::Tag;
use crate::world::World;

/// How the URN of a tag begins.
const URN: &str = "urn:vmomi:InventoryServiceTag:";

/// Carries out a call.
pub fn carry_out(world: &mut World, call: &VapiCall) -> Result<VapiAnswer, VapiError> {
    match call {
        VapiCall::GetTag(urn) => Ok(VapiAnswer::Tag(model(find(world, urn)?))),
        VapiCall::CreateTag(spec) => create(world, spec).map(VapiAnswer::Created),
        VapiCall::UpdateTag(urn, spec) => update(world, urn, spec).map(|()| VapiAnswer::Nothing),
        VapiCall::DeleteTag(urn) => {
            require(world, "InventoryService.Tagging.DeleteTag", &root())?;
            find(world, urn)?;
            remove(world, urn);
            Ok(VapiAnswer::Nothing)
        }
        VapiCall::ListTagsForCategory(category) => {
            categories::find(world, category)?;
            let mine = world.parts.state.tags.values().filter(|tag| tag.category == *category);
            Ok(VapiAnswer::Ids(mine.map(|tag| tag.urn.clone()).collect()))
        }
        _ => Ok(VapiAnswer::Ids(world.parts.state.tags.iter().map(|(urn, _)| urn.clone()).collect())),
    }
}

/// The tag of this URN.
pub fn find<'a>(world: &'a World, urn: &str) -> Result<&'a Tag, VapiError> {
    world.parts.state.tags.get(&urn.to_owned()).ok_or_else(|| VapiError::not_found(urn))
}

fn model(tag: &Tag) -> TagModel {
    let Tag { urn, category, name, description } = tag.clone();
    TagModel { id: urn, category_id: category, name, description }
}

/// Makes a tag; answers its URN.
pub fn create(world: &mut World, spec: &TagSpec) -> Result<String, VapiError> {
    require(world, "InventoryService.Tagging.CreateTag", &root())?;
    let category = categories::find(world, spec.category.as_deref().unwrap_or_default())?.clone();
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

fn update(world: &mut World, urn: &str, spec: &TagSpec) -> Result<(), VapiError> {
    require(world, "InventoryService.Tagging.EditTag", &root())?;
    let mut tag = find(world, urn)?.clone();
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

/// Takes a tag away, off all objects too.
pub fn remove(world: &mut World, urn: &str) {
    let carried: Vec<(MoRef, String)> =
        world.parts.state.associations.iter().filter(|((_, tag), ())| tag == urn).map(|(key, ())| key.clone()).collect();
    for key in carried {
        world.parts.state.associations.remove(&key);
    }
    world.parts.state.tags.remove(&urn.to_owned());
}
