//! What happens to tags and to what accounts may do.

use jiff::Timestamp;
use vsphere_types::{Fault, InvalidArgument, NotFound, TypedFault};

use crate::config::TagTarget;
use crate::identity::principal;
use crate::state::Lack;
use crate::vapi::{self, VapiError, VapiErrorKind};
use crate::world::World;

impl World {
    /// Attaches a tag, which is made if its category has none of that name.
    ///
    /// # Errors
    /// There is no such category or object, or the object may not carry (another) tag of the category.
    pub fn attach_tag(&mut self, now: Timestamp, category: &str, tag: &str, target: &TagTarget) -> Result<(), Fault> {
        self.happen(now, "tag", |world| {
            let object = vapi::resolve(world, target).ok_or_else(|| nothing(&target.to_string()))?;
            let urn = vapi::tag_of(world, category, tag).map_err(|error| in_words(&error, category))?;
            vapi::attach(world, &urn, &object).map_err(|error| in_words(&error, &format!("{category}/{tag} on {target}")))
        })
    }

    /// Takes a tag off an object; nothing happens when it is not there.
    ///
    /// # Errors
    /// There is no such category, tag or object.
    pub fn detach_tag(&mut self, now: Timestamp, category: &str, tag: &str, target: &TagTarget) -> Result<(), Fault> {
        self.happen(now, "untag", |world| {
            let object = vapi::resolve(world, target).ok_or_else(|| nothing(&target.to_string()))?;
            let urn = world.parts.state.tag_named(category, tag).map(|tag| tag.urn.clone());
            let urn = urn.ok_or_else(|| nothing(&format!("tag {category}/{tag}")))?;
            vapi::detach(world, &urn, &object).map_err(|error| in_words(&error, &format!("{category}/{tag} on {target}")))
        })
    }

    /// Says anew what an account does not hold, in the words of `UserConfig::lacks`. Its sessions live on.
    ///
    /// # Errors
    /// There is no such account.
    pub fn set_privileges(&mut self, now: Timestamp, user: &str, lacks: &[String]) -> Result<(), Fault> {
        self.happen(now, "privileges", |world| {
            let record = world.parts.state.users.get_mut(&principal(user)).ok_or_else(|| nothing(&format!("account {user}")))?;
            record.lacks = lacks.iter().map(|lack| Lack::parse(lack)).collect();
            Ok(())
        })
    }
}

fn nothing(what: &str) -> Fault {
    NotFound::default().fault_with(format!("There is no {what}."))
}

fn in_words(error: &VapiError, about: &str) -> Fault {
    let message = format!("{}: {about}.", error.message);
    match error.kind {
        VapiErrorKind::NotFound => NotFound::default().fault_with(message),
        _ => InvalidArgument::default().fault_with(message),
    }
}
