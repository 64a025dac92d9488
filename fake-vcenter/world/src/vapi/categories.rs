//! Categories of tags.

use std::collections::BTreeSet;

use super::call::{CategoryModel, CategorySpec};
use super::error::VapiError;
use super::found::{self, require, root, urn};
use super::tags;
use crate::config::Cardinality;
use crate::state::Category;
use crate::world::World;

/// How the URN of a category begins.
const URN: &str = "urn:vmomi:InventoryServiceCategory:";

/// The URNs of all categories.
pub fn list(world: &World) -> Vec<String> {
    world.parts.state.categories.iter().map(|(urn, _)| urn.clone()).collect()
}

/// A category as clients see it.
pub fn model(category: &Category) -> CategoryModel {
    CategoryModel {
        id: category.urn.clone(),
        name: category.name.clone(),
        description: category.description.clone(),
        cardinality: category.cardinality.wire_name(),
        associable_types: category.associable.iter().cloned().collect(),
    }
}

/// Makes a category; answers its URN.
pub fn create(world: &mut World, spec: &CategorySpec) -> Result<String, VapiError> {
    require(world, "InventoryService.Tagging.CreateCategory", &root())?;
    let name = spec.name.clone().filter(|name| !name.is_empty()).ok_or_else(|| VapiError::invalid("name", "it is missing"))?;
    if world.parts.state.category_named(&name).is_some() {
        return Err(VapiError::already_exists("Category", &name));
    }
    let urn = urn(world, spec.urn.as_ref(), URN)?;
    if world.parts.state.categories.contains(&urn) {
        return Err(VapiError::already_exists("Category", &urn));
    }
    let category = Category {
        urn: urn.clone(),
        name,
        description: spec.description.clone().unwrap_or_default(),
        cardinality: spec.cardinality.ok_or_else(|| VapiError::invalid("cardinality", "it must be SINGLE or MULTIPLE"))?,
        associable: spec.associable_types.clone().unwrap_or_default().into_iter().collect(),
    };
    world.parts.state.categories.insert(urn.clone(), category);
    Ok(urn)
}

/// Changes a category.
pub fn update(world: &mut World, urn: &str, spec: &CategorySpec) -> Result<(), VapiError> {
    require(world, "InventoryService.Tagging.EditCategory", &root())?;
    let mut category = found::category(world, urn)?.clone();
    if let Some(name) = spec.name.clone().filter(|name| *name != category.name) {
        if world.parts.state.category_named(&name).is_some() {
            return Err(VapiError::already_exists("Category", &name));
        }
        category.name = name;
    }
    match spec.cardinality {
        Some(Cardinality::Single) if category.cardinality == Cardinality::Multiple => {
            return Err(VapiError::invalid("cardinality", "MULTIPLE cannot become SINGLE"));
        }
        Some(cardinality) => category.cardinality = cardinality,
        None => {}
    }
    if let Some(description) = &spec.description {
        category.description.clone_from(description);
    }
    if let Some(types) = &spec.associable_types {
        let wanted: BTreeSet<String> = types.iter().cloned().collect();
        // An empty set means any type, so leaving it takes types away.
        let narrowed = if category.associable.is_empty() {
            !wanted.is_empty()
        } else {
            !wanted.is_empty() && !wanted.is_superset(&category.associable)
        };
        if narrowed {
            return Err(VapiError::invalid("associable_types", "types cannot be taken away"));
        }
        category.associable = wanted;
    }
    world.parts.state.categories.insert(urn.to_owned(), category);
    Ok(())
}

/// Deletes a category with its tags.
pub fn delete(world: &mut World, urn: &str) -> Result<(), VapiError> {
    require(world, "InventoryService.Tagging.DeleteCategory", &root())?;
    found::category(world, urn)?;
    let mine = world.parts.state.tags.values().filter(|tag| tag.category == urn);
    for tag in mine.map(|tag| tag.urn.clone()).collect::<Vec<_>>() {
        tags::remove(world, &tag);
    }
    world.parts.state.categories.remove(&urn.to_owned());
    Ok(())
}
