//! Calls of the REST endpoint and what they come to, as plain values.

use jiff::Timestamp;
use vsphere_types::MoRef;

use super::error::VapiError;
use crate::config::Cardinality;

/// What a category shall be; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategorySpec {
    /// Its name.
    pub name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// How many of its tags one object may carry.
    pub cardinality: Option<Cardinality>,
    /// Types of the objects that may carry its tags.
    pub associable_types: Option<Vec<String>>,
    /// The URN that the caller wants it to have.
    pub urn: Option<String>,
}

/// What a tag shall be; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TagSpec {
    /// The URN of its category.
    pub category: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// The URN that the caller wants it to have.
    pub urn: Option<String>,
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub enum VapiCall {
    /// Opens a session.
    Login {
        /// `administrator@vsphere.local`.
        user: String,
        /// In clear.
        password: String,
    },
    /// Who has the session.
    Session,
    /// Ends the session.
    Logout,
    /// All categories.
    ListCategories,
    /// A category.
    GetCategory(String),
    /// Makes a category.
    CreateCategory(CategorySpec),
    /// Changes a category.
    UpdateCategory(String, CategorySpec),
    /// Deletes a category with its tags.
    DeleteCategory(String),
    /// All tags.
    ListTags,
    /// The tags of a category.
    ListTagsForCategory(String),
    /// A tag.
    GetTag(String),
    /// Makes a tag.
    CreateTag(TagSpec),
    /// Changes a tag.
    UpdateTag(String, TagSpec),
    /// Deletes a tag.
    DeleteTag(String),
    /// Attaches a tag to an object.
    Attach(String, MoRef),
    /// Takes a tag off an object.
    Detach(String, MoRef),
    /// Attaches a tag to several objects.
    AttachTagToObjects(String, Vec<MoRef>),
    /// Takes a tag off several objects.
    DetachTagFromObjects(String, Vec<MoRef>),
    /// Attaches several tags to an object.
    AttachTagsToObject(Vec<String>, MoRef),
    /// Takes several tags off an object.
    DetachTagsFromObject(Vec<String>, MoRef),
    /// The tags of an object.
    ListAttachedTags(MoRef),
    /// The tags of several objects.
    ListAttachedTagsOnObjects(Vec<MoRef>),
    /// The objects of a tag.
    ListAttachedObjects(String),
    /// The objects of several tags.
    ListAttachedObjectsOnTags(Vec<String>),
}

/// A category as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryModel {
    /// Its URN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For people.
    pub description: String,
    /// `SINGLE`, `MULTIPLE`.
    pub cardinality: &'static str,
    /// Types of the objects that may carry its tags.
    pub associable_types: Vec<String>,
}

/// A tag as clients see it.
#[derive(Clone, Debug, PartialEq)]
pub struct TagModel {
    /// Its URN.
    pub id: String,
    /// The URN of its category.
    pub category_id: String,
    /// Its name.
    pub name: String,
    /// For people.
    pub description: String,
}

/// What a call comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum VapiAnswer {
    /// It is done.
    Nothing,
    /// A session was opened: its key.
    LoggedIn(String),
    /// Who has the session.
    Session {
        /// `administrator@vsphere.local`, as it was given.
        user: String,
        /// When it was opened.
        created: Timestamp,
        /// When it was last used before this call.
        last_accessed: Timestamp,
    },
    /// The id of what was made.
    Created(String),
    /// Ids.
    Ids(Vec<String>),
    /// A category.
    Category(CategoryModel),
    /// A tag.
    Tag(TagModel),
    /// Objects.
    Objects(Vec<MoRef>),
    /// Tags by object.
    TagsOnObjects(Vec<(MoRef, Vec<String>)>),
    /// Objects by tag.
    ObjectsOnTags(Vec<(String, Vec<MoRef>)>),
    /// A batch is through; these items of it failed.
    Batch(Vec<VapiError>),
}
