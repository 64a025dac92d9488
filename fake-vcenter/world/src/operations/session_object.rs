//! References of objects that belong to a session.

use vsphere_types::{Fault, MoRef};

use crate::call::Call;
use crate::identity::prefixed;
use crate::world::World;

/// A reference as vCenter gives it to an object that belongs to a session: `session[<uuid>]<uuid>`.
pub fn session_object(world: &mut World, call: &Call, kind: &'static str) -> Result<MoRef, Fault> {
    let label = world.parts.state.sessions.get(call.key()?).map(|session| session.label.clone()).unwrap_or_default();
    let owner = prefixed(&mut world.seed.child("session objects").child(&label).generator(), "52");
    let inner = prefixed(&mut world.session_objects, "52");
    Ok(MoRef::new(kind, format!("session[{owner}]{inner}")))
}
