//! What carries which tag.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_types::MoRef;

use super::inventory::number_of;
use super::tables::State;
use super::tag::{Category, Tag};

impl State {
    /// The category of this name.
    pub fn category_named(&self, name: &str) -> Option<&Category> {
        self.categories.values().find(|category| category.name == name)
    }

    /// The tag of this name in a category.
    pub fn tag_named(&self, category: &str, name: &str) -> Option<&Tag> {
        let category = self.category_named(category)?;
        self.tags.values().find(|tag| tag.category == category.urn && tag.name == name)
    }

    /// The tags that an object carries itself; those of its parents are not among them.
    pub fn tags_of(&self, object: &MoRef) -> Vec<&Tag> {
        self.tags_on(object).filter_map(|(_, tag)| self.tags.get(tag)).collect()
    }

    /// The objects that carry a tag.
    pub fn tagged_with(&self, tag: &str) -> Vec<MoRef> {
        let mut objects: Vec<MoRef> =
            self.associations.iter().filter(|((_, carried), ())| carried == tag).map(|((object, _), ())| object.clone()).collect();
        objects.sort_by_key(number_of);
        objects
    }

    /// The names of the tags that an object carries, by the names of their categories.
    pub fn tag_names(&self, object: &MoRef) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for tag in self.tags_of(object) {
            if let Some(category) = self.categories.get(&tag.category) {
                names.entry(&category.name).or_default().insert(&tag.name);
            }
        }
        names
    }

    /// Takes the tags off objects that went in this transaction.
    pub fn forget_tags_of_what_went(&mut self) {
        let mut suspects: BTreeSet<MoRef> = self.associations.touched().map(|((holder, _), _, _)| holder.clone()).collect();
        suspects.extend(self.vms.gone().chain(self.hosts.gone()).chain(self.datastores.gone()).chain(self.networks.gone()).cloned());
        suspects.extend(self.pools.gone().chain(self.clusters.gone()).chain(self.folders.gone()).chain(self.datacenters.gone()).cloned());
        for object in suspects.into_iter().filter(|object| !self.has_entity(object)).collect::<Vec<_>>() {
            let tags: Vec<String> = self.tags_on(&object).map(|(_, tag)| tag.clone()).collect();
            for tag in tags {
                self.associations.remove(&(object.clone(), tag));
            }
        }
    }

    fn tags_on<'a>(&'a self, object: &'a MoRef) -> impl Iterator<Item = &'a (MoRef, String)> {
        let first = (object.clone(), String::new());
        self.associations.rows_from(&first).map(|(key, ())| key).take_while(move |(holder, _)| holder == object)
    }
}
