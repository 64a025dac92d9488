//! Whether a password opens an account. Single sign-on locks an account that was refused too often, for everybody who uses it.
//!
//! Modelled: five refusals within three minutes lock an account for five minutes, as a vCenter is delivered, or as its
//! configuration says, SOAP's and REST's together; a login that succeeds ends the count; whoever comes meanwhile is told what a wrong password is told. Not modelled: passwords
//! that expire, accounts of other domains, the events that tell of it. A client could notice no more of these.

use crate::world::World;

/// Whether this password opens the account now.
pub fn opens(world: &mut World, principal: &str, password: &str) -> bool {
    let (now, policy) = (world.now(), world.config.lock_out);
    let Some(user) = world.parts.state.users.get(&principal.to_owned()) else { return false };
    if world.refusals.lock(principal, now, policy) {
        return false;
    }
    let known = user.knows(password);
    if known {
        world.refusals.forget(principal);
    } else {
        world.refusals.add(principal, now, policy);
    }
    known
}
