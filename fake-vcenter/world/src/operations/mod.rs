//! Methods: who may call which on what, and where each is carried out.

mod area;
mod authorization;
mod files;
pub mod first_class_disks;
mod histories;
pub mod keys;
mod machines;
mod managers;
mod properties;
mod search;
pub mod sessions;
mod updates;
mod views;
mod vsan;

use vsphere_types::{Fault, Method, MoRef, Object, Value, is_subtype};

use area::{Area, area_of};

use crate::arguments::Arguments;
use crate::fault;
use crate::managed::{exists, service_content};
use crate::policy;
use crate::privileges;
use crate::storage;
use crate::world::{CallContext, Reply, World};

pub use area::is_served;

/// A call as its operation sees it.
pub struct Call<'a> {
    /// The object that it is made on.
    pub this: &'a MoRef,
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// Who calls.
    pub context: &'a CallContext,
    /// Key of the caller's session, if it is one that lives.
    pub session: Option<String>,
}

impl Call<'_> {
    /// The key of the session; calls that need none never ask.
    pub fn key(&self) -> Result<&str, Fault> {
        self.session.as_deref().ok_or_else(|| fault::not_authenticated(self.this))
    }
}

/// Carries out a call.
pub fn dispatch(world: &mut World, context: &CallContext, this: &MoRef, method: Method, arguments: &Object) -> Result<Reply, Fault> {
    let session = context.session.clone().filter(|key| world.parts.state.sessions.contains(key));
    if let Some(key) = &session {
        let now = world.now();
        world.activity.insert(key.clone(), now);
    }
    if session.is_none() && !without_session(method) {
        return Err(privileges::in_words_of(method, fault::not_authenticated(this)));
    }
    let owner = session.as_ref().and_then(|key| world.parts.state.sessions.get(key));
    world.acting = owner.map(|session| session.user.clone()).unwrap_or_default();
    let call = Call { this, arguments: Arguments(arguments), context, session };
    check_receiver(world, &call, method)?;
    privileges::check(world, &call, method).map_err(|fault| privileges::in_words_of(method, fault))?;
    carry_out(world, &call, method).map_err(|fault| privileges::in_words_of(method, fault))
}

/// Methods that need no session. Property reads answer what they may, and name the rest as missing.
fn without_session(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::RetrieveServiceContent
            | M::CurrentTime
            | M::Login
            | M::LoginByToken
            | M::CloneSession
            | M::LoginExtensionByCertificate
            | M::RetrieveProperties
            | M::RetrievePropertiesEx
            | M::PbmRetrieveServiceContent
    )
}

/// The object must be there and of a type that has the method.
fn check_receiver(world: &World, call: &Call, method: Method) -> Result<(), Fault> {
    let wanted = method.info().object;
    if !is_subtype(&call.this.kind, wanted) {
        return Err(fault::method_not_found(call.this, method.wire_name()));
    }
    let own = call.session.as_ref().is_some_and(|key| world.collectors.knows(key, call.this));
    if own || exists(&world.parts.look_as(call.session.as_deref()), call.this) {
        return Ok(());
    }
    Err(fault::not_found(call.this))
}

fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let Some(area) = area_of(method) else { return Err(fault::not_served(method.wire_name())) };
    match area {
        Area::Instance => match method {
            Method::RetrieveServiceContent => Ok(Reply::Done(Some(Value::of(service_content(&world.parts.facts))))),
            _ => Ok(Reply::Done(Some(Value::Time(world.now())))),
        },
        Area::Sessions => sessions::carry_out(world, call, method),
        Area::Authorization => authorization::carry_out(world, call, method),
        Area::Properties => properties::carry_out(world, call, method),
        Area::Updates => updates::carry_out(world, call, method),
        Area::Views => views::carry_out(world, call, method),
        Area::Search => search::carry_out(world, call, method),
        Area::Machines => machines::start(world, call, method),
        Area::Keys => keys::carry_out(world, call, method),
        Area::Files => files::carry_out(world, call, method),
        Area::Histories => histories::carry_out(world, call, method),
        Area::FirstClassDisks => first_class_disks::carry_out(world, call, method),
        Area::Managers => managers::carry_out(world, call, method),
        Area::Vsan => vsan::carry_out(world, call),
        Area::Policies => policy::carry_out(world, call, method),
        Area::Volumes => storage::carry_out(world, call, method).map(|value| Reply::Done(Some(value))),
    }
}
