//! The categories and tags that are there at first, and finding objects by name.

use vsphere_types::MoRef;

use super::call::{CategorySpec, TagSpec};
use super::error::VapiError;
use super::{associations, categories, tags};
use crate::config::TagTarget;
use crate::state::number_of;
use crate::world::World;

/// Makes what the world's description names. What it names wrongly (an object that is not there, a second tag of a
/// category of which an object carries one) is left out: descriptions are checked before they come here.
pub fn add_tags(world: &mut World) {
    let described = world.config.tags.clone();
    for category in &described.categories {
        let spec = CategorySpec {
            name: Some(category.name.clone()),
            cardinality: Some(category.cardinality),
            associable_types: Some(category.associable.clone()),
            ..CategorySpec::default()
        };
        drop(categories::create(world, &spec));
    }
    for tag in &described.tags {
        let Ok(urn) = tag_of(world, &tag.category, &tag.name) else { continue };
        for target in &tag.on {
            if let Some(object) = resolve(world, target) {
                drop(associations::attach(world, &urn, &object));
            }
        }
    }
}

/// The URN of the tag of these names; a tag that is not there is made.
pub fn tag_of(world: &mut World, category: &str, name: &str) -> Result<String, VapiError> {
    if let Some(tag) = world.parts.state.tag_named(category, name) {
        return Ok(tag.urn.clone());
    }
    let urn = world.parts.state.category_named(category).map(|category| category.urn.clone());
    let urn = urn.ok_or_else(|| VapiError::not_found(category))?;
    tags::create(world, &TagSpec { category: Some(urn), name: Some(name.to_owned()), ..TagSpec::default() })
}

/// The object that is meant.
pub fn resolve(world: &World, target: &TagTarget) -> Option<MoRef> {
    let state = &world.parts.state;
    let first = |mut found: Vec<&MoRef>| {
        found.sort_by_key(|object| number_of(object));
        found.first().map(|object| (*object).clone())
    };
    let cluster_of = |name: &str| first(state.clusters.iter().filter(|(_, row)| row.name == name).map(|(key, _)| key).collect());
    match target {
        TagTarget::Datacenter(name) => first(state.datacenters.iter().filter(|(_, row)| row.name == *name).map(|(key, _)| key).collect()),
        TagTarget::Cluster(name) => cluster_of(name),
        TagTarget::Host { cluster, index } => state.hosts_of(&cluster_of(cluster)?).into_iter().nth(*index),
        TagTarget::Datastore(name) => first(state.datastores.iter().filter(|(_, row)| row.name == *name).map(|(key, _)| key).collect()),
        TagTarget::Vm(name) => first(state.vms.iter().filter(|(_, row)| row.name == *name).map(|(key, _)| key).collect()),
        TagTarget::Folder(name) => first(state.folders.iter().filter(|(_, row)| row.name == *name).map(|(key, _)| key).collect()),
        TagTarget::ResourcePool(cluster) => state.clusters.get(&cluster_of(cluster)?).map(|row| row.pool.clone()),
    }
}
