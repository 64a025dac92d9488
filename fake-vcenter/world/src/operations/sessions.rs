//! Login, Logout, SessionIsActive, TerminateSession, and the end of sessions that nobody uses.

use vsphere_types::request::{Login, Logout, SessionIsActive, TerminateSession};

use crate::call::{Answer, Call, Operation, Reply};
use crate::credentials;
use crate::fault;
use crate::identity::{prefixed, principal, session_label};
use crate::managed::user_session;
use crate::schedule::Step;
use crate::state::Session;
use crate::world::World;

impl Operation for Login {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let user = principal(&self.user_name);
        // Who has a session must log out first, and is told no more than who has the wrong password.
        if call.session.is_some() || !credentials::opens(world, &user, &self.password) {
            return Err(fault::invalid_login());
        }
        let key = prefixed(&mut world.session_keys, "52");
        let session = Session {
            key: key.clone(),
            label: session_label(&key),
            user,
            login_time: world.now(),
            user_agent: call.context.user_agent.clone().unwrap_or_default(),
            locale: self.locale.unwrap_or_else(|| "en".to_owned()),
        };
        let value = user_session(&session);
        world.parts.state.sessions.insert(key.clone(), session);
        world.collectors.add(&key, &crate::managed::singleton("PropertyCollector"));
        let now = world.now();
        world.activity.insert(key.clone(), now);
        world.schedule.at(now + world.config.session_idle, Step::ExpireSession(key.clone()));
        if let Some(longest) = world.config.session_absolute {
            world.schedule.at(now + longest, Step::EndSession(key.clone()));
        }
        Ok(Reply::LoggedIn { session: key, value })
    }
}

impl Operation for Logout {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        end(world, call.key()?);
        Ok(Reply::Done(()))
    }
}

impl Operation for SessionIsActive {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let session = world.parts.state.sessions.get(&self.session_id);
        Ok(Reply::Done(session.is_some_and(|session| session.user == self.user_name)))
    }
}

/// Ends sessions of others; one's own cannot be ended so.
impl Operation for TerminateSession {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let keys = self.session_id;
        if keys.iter().any(|key| call.session.as_ref() == Some(key)) {
            return Err(fault::invalid_argument("sessionId"));
        }
        if keys.iter().any(|key| !world.parts.state.sessions.contains(key)) {
            return Err(fault::missing());
        }
        for key in keys {
            end(world, &key);
        }
        Ok(Reply::Done(()))
    }
}

/// Ends a session that made no call for too long; one that did is looked at again later.
pub fn expire(world: &mut World, key: &str) {
    let Some(last) = world.activity.get(key).copied() else { return };
    let last = if world.waiting.contains_key(key) { world.now() } else { last };
    let due = last + world.config.session_idle;
    if due > world.now() {
        world.schedule.at(due, Step::ExpireSession(key.to_owned()));
    } else {
        end(world, key);
    }
}

/// Ends a session with everything that belongs to it.
pub fn end(world: &mut World, key: &str) {
    world.parts.state.sessions.remove(&key.to_owned());
    world.activity.remove(key);
    world.waiting.remove(key);
    world.collectors.end_session(key);
    let views: Vec<_> = world.parts.state.views.iter().filter(|(_, view)| view.session() == key).map(|(view, _)| view.clone()).collect();
    for view in views {
        world.parts.state.views.remove(&view);
    }
}
