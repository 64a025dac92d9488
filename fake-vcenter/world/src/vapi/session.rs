//! Sessions of the REST endpoint.

use jiff::Timestamp;

use super::call::VapiAnswer;
use super::error::VapiError;
use crate::credentials;
use crate::identity::{principal, session_label};
use crate::schedule::Step;
use crate::state::RestSession;
use crate::world::World;

/// Opens a session; answers its key.
pub fn login(world: &mut World, user: &str, password: &str) -> Result<String, VapiError> {
    let name = principal(user);
    if !credentials::opens(world, &name, password) {
        return Err(VapiError::wrong_credentials());
    }
    let state = &world.parts.state;
    let limit = world.config.rest_session_limit;
    if state.rest_sessions.values().filter(|session| session.user == name).count() >= limit {
        return Err(VapiError::too_many_sessions(user, limit));
    }
    let key = world.rest_session_keys.hex(32);
    let now = world.now();
    let session = RestSession { key: key.clone(), label: session_label(&key), user: name, created: now };
    world.parts.state.rest_sessions.insert(key.clone(), session);
    world.rest_activity.insert(key.clone(), now);
    world.schedule.at(now + world.config.rest_session_idle, Step::ExpireRestSession(key.clone()));
    Ok(key)
}

/// Takes the caller for the owner of a session; answers when that was used before. One of vim25 will do as well.
pub fn enter(world: &mut World, key: Option<&str>) -> Result<Timestamp, VapiError> {
    let key = key.ok_or_else(VapiError::unauthenticated)?.to_owned();
    let now = world.now();
    if let Some(session) = world.parts.state.rest_sessions.get(&key) {
        world.acting.clone_from(&session.user);
        return Ok(world.rest_activity.insert(key, now).unwrap_or(now));
    }
    let Some(session) = world.parts.state.sessions.get(&key) else { return Err(VapiError::unauthenticated()) };
    world.acting.clone_from(&session.user);
    Ok(world.activity.insert(key, now).unwrap_or(now))
}

/// Tells of the caller's session.
pub fn tell(world: &World, key: &str, last_accessed: Timestamp) -> Result<VapiAnswer, VapiError> {
    let state = &world.parts.state;
    let created = match (state.rest_sessions.get(key), state.sessions.get(key)) {
        (Some(session), _) => session.created,
        (None, Some(session)) => session.login_time,
        (None, None) => return Err(VapiError::unauthenticated()),
    };
    let user = state.users.get(&world.acting).map_or_else(|| world.acting.clone(), |user| user.login.clone());
    Ok(VapiAnswer::Session { user, created, last_accessed })
}

/// Ends a session that made no call for too long; one that did is looked at again later.
pub fn expire(world: &mut World, key: &str) {
    let Some(last) = world.rest_activity.get(key).copied() else { return };
    let due = last + world.config.rest_session_idle;
    if due > world.now() {
        world.schedule.at(due, Step::ExpireRestSession(key.to_owned()));
    } else {
        end(world, key);
    }
}

/// Ends a session of REST; one of vim25 is ended by vim25 only.
pub fn end(world: &mut World, key: &str) {
    world.parts.state.rest_sessions.remove(&key.to_owned());
    world.rest_activity.remove(key);
}

/// Ends all sessions, as the end of their service does.
pub fn end_all(world: &mut World) {
    let keys: Vec<String> = world.parts.state.rest_sessions.iter().map(|(key, _)| key.clone()).collect();
    for key in keys {
        end(world, &key);
    }
}
