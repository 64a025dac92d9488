//! The records of tags: categories, tags, and what carries which.
//!
//! A tag is of the vAPI kind and has nothing to do with vim25's `Tag`. Its association is local to this vCenter.

use std::collections::BTreeSet;

use crate::config::Cardinality;

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// `urn:vmomi:InventoryServiceCategory:…:GLOBAL`.
    pub urn: String,
    /// Its name, which no other category has.
    pub name: String,
    /// For people.
    pub description: String,
    /// How many of its tags one object may carry.
    pub cardinality: Cardinality,
    /// Types of the objects that may carry its tags; any when empty.
    pub associable: BTreeSet<String>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// `urn:vmomi:InventoryServiceTag:…:GLOBAL`.
    pub urn: String,
    /// The URN of its category.
    pub category: String,
    /// Its name, which no other tag of the category has.
    pub name: String,
    /// For people.
    pub description: String,
}
