//! What the REST endpoint (vAPI) offers: sessions of its own, categories, tags, and what carries which tag.
//!
//! Modelled: login by name and password with the cap on sessions of one user, idle end; categories with cardinality and
//! associable types; tags; attaching and detaching one by one and in batches, which are not atomic; associations that go
//! with their objects. Tags of a parent are not those of its children. A session of vim25 is accepted in place of one of
//! REST, as a client that shares one expects. Not modelled: all other REST services, `used_by`, linked vCenters, tags on
//! what is no inventory object.
//! Calls and answers are plain values here; JSON and the two styles of paths are the server's.

mod associations;
mod categories;
mod error;
pub mod session;
mod setup;
mod tags;

use jiff::Timestamp;
use vsphere_types::MoRef;

use crate::config::Cardinality;
use crate::world::{CallContext, World};

pub use associations::{attach, detach};
pub use error::{VapiError, VapiErrorKind};
pub use setup::{add_tags, resolve, tag_of};

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

impl World {
    /// Carries out a call of the REST endpoint.
    ///
    /// # Errors
    /// The error that the endpoint answers; nothing has changed then.
    pub fn vapi(&mut self, now: Timestamp, context: &CallContext, call: &VapiCall) -> Result<VapiAnswer, VapiError> {
        let mut outcome = Ok(VapiAnswer::Nothing);
        // A call that fails is undone whatever it is told; its own error is kept beside.
        let done = self.happen(now, cause(call), |world| {
            outcome = carry_out(world, context, call);
            world.acting.clear();
            outcome.as_ref().map(|_| ()).map_err(|_| crate::fault::missing())
        });
        debug_assert_eq!(done.is_ok(), outcome.is_ok(), "a call is kept when it succeeded");
        outcome
    }
}

fn carry_out(world: &mut World, context: &CallContext, call: &VapiCall) -> Result<VapiAnswer, VapiError> {
    if let VapiCall::Login { user, password } = call {
        return session::login(world, user, password);
    }
    let last_accessed = session::enter(world, context.session.as_deref())?;
    match call {
        VapiCall::Login { .. } | VapiCall::Session | VapiCall::Logout => session::carry_out(world, context, call, last_accessed),
        VapiCall::ListCategories
        | VapiCall::GetCategory(_)
        | VapiCall::CreateCategory(_)
        | VapiCall::UpdateCategory(..)
        | VapiCall::DeleteCategory(_) => categories::carry_out(world, call),
        VapiCall::ListTags
        | VapiCall::ListTagsForCategory(_)
        | VapiCall::GetTag(_)
        | VapiCall::CreateTag(_)
        | VapiCall::UpdateTag(..)
        | VapiCall::DeleteTag(_) => tags::carry_out(world, call),
        _ => associations::carry_out(world, call),
    }
}

/// The cause under which a call's changes are recorded.
fn cause(call: &VapiCall) -> &'static str {
    match call {
        VapiCall::Login { .. } | VapiCall::Session | VapiCall::Logout => "rest/session",
        VapiCall::ListCategories
        | VapiCall::GetCategory(_)
        | VapiCall::CreateCategory(_)
        | VapiCall::UpdateCategory(..)
        | VapiCall::DeleteCategory(_) => "rest/category",
        VapiCall::ListTags
        | VapiCall::ListTagsForCategory(_)
        | VapiCall::GetTag(_)
        | VapiCall::CreateTag(_)
        | VapiCall::UpdateTag(..)
        | VapiCall::DeleteTag(_) => "rest/tag",
        _ => "rest/tag-association",
    }
}
