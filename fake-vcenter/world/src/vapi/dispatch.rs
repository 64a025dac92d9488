//! The way in for calls of the REST endpoint, and who carries each out.

use jiff::Timestamp;

use super::call::{VapiAnswer as Answer, VapiCall as Call};
use super::error::VapiError;
use super::{associations, categories, found, session, tags};
use crate::call::CallContext;
use crate::world::World;

impl World {
    /// Carries out a call of the REST endpoint.
    ///
    /// # Errors
    /// The error that the endpoint answers; nothing has changed then.
    pub fn vapi(&mut self, now: Timestamp, context: &CallContext, call: &Call) -> Result<Answer, VapiError> {
        let mut outcome = Ok(Answer::Nothing);
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

fn carry_out(world: &mut World, context: &CallContext, call: &Call) -> Result<Answer, VapiError> {
    if let Call::Login { user, password } = call {
        return session::login(world, user, password).map(Answer::LoggedIn);
    }
    let last_accessed = session::enter(world, context.session.as_deref())?;
    let key = context.session.as_deref().unwrap_or_default();
    let done = |()| Answer::Nothing;
    match call {
        Call::Login { user, password } => session::login(world, user, password).map(Answer::LoggedIn),
        Call::Session => session::tell(world, key, last_accessed),
        Call::Logout => {
            session::end(world, key);
            Ok(Answer::Nothing)
        }
        Call::ListCategories => Ok(Answer::Ids(categories::list(world))),
        Call::GetCategory(urn) => found::category(world, urn).map(|category| Answer::Category(categories::model(category))),
        Call::CreateCategory(spec) => categories::create(world, spec).map(Answer::Created),
        Call::UpdateCategory(urn, spec) => categories::update(world, urn, spec).map(done),
        Call::DeleteCategory(urn) => categories::delete(world, urn).map(done),
        Call::ListTags => Ok(Answer::Ids(tags::list(world))),
        Call::ListTagsForCategory(category) => tags::of_category(world, category).map(Answer::Ids),
        Call::GetTag(urn) => found::tag(world, urn).map(|tag| Answer::Tag(tags::model(tag))),
        Call::CreateTag(spec) => tags::create(world, spec).map(Answer::Created),
        Call::UpdateTag(urn, spec) => tags::update(world, urn, spec).map(done),
        Call::DeleteTag(urn) => tags::delete(world, urn).map(done),
        Call::Attach(tag, object) => associations::attach(world, tag, object).map(done),
        Call::Detach(tag, object) => associations::detach(world, tag, object).map(done),
        Call::AttachTagToObjects(tag, objects) => associations::attach_to_all(world, tag, objects).map(Answer::Batch),
        Call::DetachTagFromObjects(tag, objects) => associations::detach_from_all(world, tag, objects).map(Answer::Batch),
        Call::AttachTagsToObject(tags, object) => associations::attach_all(world, tags, object).map(Answer::Batch),
        Call::DetachTagsFromObject(tags, object) => associations::detach_all(world, tags, object).map(Answer::Batch),
        Call::ListAttachedTags(object) => associations::tags_of(world, object).map(Answer::Ids),
        Call::ListAttachedTagsOnObjects(objects) => associations::tags_of_all(world, objects).map(Answer::TagsOnObjects),
        Call::ListAttachedObjects(tag) => associations::objects_of(world, tag).map(Answer::Objects),
        Call::ListAttachedObjectsOnTags(tags) => associations::objects_of_all(world, tags).map(Answer::ObjectsOnTags),
    }
}

/// The cause under which a call's changes are recorded.
fn cause(call: &Call) -> &'static str {
    match call {
        Call::Login { .. } | Call::Session | Call::Logout => "rest/session",
        Call::ListCategories | Call::GetCategory(_) | Call::CreateCategory(_) | Call::UpdateCategory(..) | Call::DeleteCategory(_) => {
            "rest/category"
        }
        Call::ListTags | Call::ListTagsForCategory(_) | Call::GetTag(_) | Call::CreateTag(_) | Call::UpdateTag(..) | Call::DeleteTag(_) => {
            "rest/tag"
        }
        Call::Attach(..)
        | Call::Detach(..)
        | Call::AttachTagToObjects(..)
        | Call::DetachTagFromObjects(..)
        | Call::AttachTagsToObject(..)
        | Call::DetachTagsFromObject(..)
        | Call::ListAttachedTags(_)
        | Call::ListAttachedTagsOnObjects(_)
        | Call::ListAttachedObjects(_)
        | Call::ListAttachedObjectsOnTags(_) => "rest/tag-association",
    }
}
