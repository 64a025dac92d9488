//! Login, Logout, SessionIsActive, TerminateSession, and the end of sessions that nobody uses.

use sha2::{Digest, Sha256};
use vsphere_types::{Fault, Method, Value};

use super::Call;
use crate::fault;
use crate::inventory::prefixed;
use crate::managed::user_session;
use crate::schedule::Step;
use crate::state::Session;
use crate::world::{Reply, World};

/// The name under which a session appears in journals: the beginning of a hash of its key, which is a secret.
pub fn session_label(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    match method {
        Method::Login => login(world, call),
        Method::Logout => logout(world, call),
        Method::SessionIsActive => is_active(world, call).map(|active| Reply::Done(Some(active))),
        _ => terminate(world, call),
    }
}

/// Opens a session.
fn login(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let (name, password) = (call.arguments.text("userName")?, call.arguments.text("password")?);
    let user = principal(&name);
    let known = world.parts.state.users.get(&user).is_some_and(|user| user.password == password);
    // Who has a session must log out first, and is told no more than who has the wrong password.
    if !known || call.session.is_some() {
        return Err(fault::invalid_login());
    }
    let key = prefixed(&mut world.session_keys, "52");
    let session = Session {
        key: key.clone(),
        label: session_label(&key),
        user,
        login_time: world.now(),
        user_agent: call.context.user_agent.clone().unwrap_or_default(),
        locale: call.arguments.optional_text("locale").unwrap_or_else(|| "en".to_owned()),
    };
    let value = Value::of(user_session(&session));
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

/// `administrator@vsphere.local` as vCenter shows it: `VSPHERE.LOCAL\Administrator`. That form is taken as well.
pub fn principal(name: &str) -> String {
    let swapped = name.split_once('\\').map(|(domain, user)| (user, domain));
    let Some((user, domain)) = name.split_once('@').or(swapped) else { return name.to_owned() };
    let user = user.to_ascii_lowercase();
    let mut letters = user.chars();
    let first: String = letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().collect();
    format!("{}\\{first}{}", domain.to_ascii_uppercase(), letters.as_str())
}

/// Ends the caller's session.
fn logout(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let key = call.key()?.to_owned();
    end(world, &key);
    Ok(Reply::Done(None))
}

/// Whether a session of that key and user lives.
fn is_active(world: &World, call: &Call) -> Result<Value, Fault> {
    let (key, user) = (call.arguments.text("sessionID")?, call.arguments.text("userName")?);
    Ok(Value::Bool(world.parts.state.sessions.get(&key).is_some_and(|session| session.user == user)))
}

/// Ends sessions of others; one's own cannot be ended so.
fn terminate(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let keys = call.arguments.texts("sessionId");
    if keys.iter().any(|key| call.session.as_ref() == Some(key)) {
        return Err(fault::invalid_argument("sessionId"));
    }
    if keys.iter().any(|key| !world.parts.state.sessions.contains(key)) {
        return Err(fault::missing());
    }
    for key in keys {
        end(world, &key);
    }
    Ok(Reply::Done(None))
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
