//! Categories and tags by their URNs, and what a caller may do.

use vsphere_types::MoRef;

use super::error::VapiError;
use crate::state::{Category, Tag};
use crate::world::World;

/// The category of this URN.
pub fn category<'a>(world: &'a World, urn: &str) -> Result<&'a Category, VapiError> {
    world.parts.state.categories.get(&urn.to_owned()).ok_or_else(|| VapiError::not_found(urn))
}

/// The tag of this URN.
pub fn tag<'a>(world: &'a World, urn: &str) -> Result<&'a Tag, VapiError> {
    world.parts.state.tags.get(&urn.to_owned()).ok_or_else(|| VapiError::not_found(urn))
}

/// The URN that a caller wants, or a new one.
pub fn urn(world: &mut World, wanted: Option<&String>, prefix: &str) -> Result<String, VapiError> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(format!("{prefix}{}:GLOBAL", world.tag_ids.uuid()));
    };
    let id = wanted.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(":GLOBAL"));
    match id {
        Some(id) if !id.is_empty() && !id.contains(':') => Ok(wanted.clone()),
        _ => Err(VapiError::invalid("id", &format!("it must have the form {prefix}<id>:GLOBAL"))),
    }
}

/// Requires a privilege of the caller.
pub fn require(world: &World, privilege: &str, object: &MoRef) -> Result<(), VapiError> {
    world.require(privilege, object).map_err(|fault| VapiError::no_permission(&fault))
}

/// The root folder, on which what belongs to no object is judged.
pub fn root() -> MoRef {
    MoRef::new("Folder", "group-d1")
}
