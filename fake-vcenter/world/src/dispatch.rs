//! The way in for calls: who may call which method on what, and who carries it out.

use jiff::Timestamp;
use vsphere_types::{Fault, Method, MoRef, Object, Returned, each_method, is_subtype};

use crate::call::{Call, CallContext, Operation, Reply};
use crate::fault;
use crate::managed::exists;
use crate::state::VIEW;
use crate::world::World;

impl World {
    /// Carries out a call.
    ///
    /// # Errors
    /// The fault that the method answers; nothing has changed then.
    pub fn call(
        &mut self,
        now: Timestamp,
        context: &CallContext,
        this: &MoRef,
        method: Method,
        arguments: &Object,
    ) -> Result<Reply, Fault> {
        self.advance(now);
        self.set_now(now);
        let outcome = admit(self, context, this, method).and_then(|call| carry_out(self, &call, arguments));
        self.acting.clear();
        match outcome {
            Ok(reply) => {
                let cause = match &context.operation_id {
                    Some(id) => format!("{id}/{method}"),
                    None => method.to_string(),
                };
                self.commit(&cause);
                Ok(reply)
            }
            Err(fault) => {
                self.roll_back();
                Err(in_words_of(method, fault))
            }
        }
    }

    /// Whether a call that waits would wait on if it asked again now: cheaper than asking. No means that it has to ask.
    pub fn waits_on(&mut self, context: &CallContext, this: &MoRef) -> bool {
        let Some(key) = context.session.as_deref().filter(|key| self.parts.state.sessions.contains(*key)) else { return false };
        let look = self.parts.look_as(Some(key));
        self.collectors.get_mut(key, this).is_some_and(|collector| collector.is_quiet(&look, &self.window))
    }
}

/// Whether a method is carried out here; all others are known by name only and answer NotSupported.
pub fn is_served(method: Method) -> bool {
    method.info().served
}

/// What must hold before a method is carried out: there is a session, the object is there and of a type that has the method, it can
/// be seen, and the caller has the privilege for it.
fn admit<'a>(world: &mut World, context: &'a CallContext, this: &'a MoRef, method: Method) -> Result<Call<'a>, Fault> {
    let info = method.info();
    let session = context.session.clone().filter(|key| world.parts.state.sessions.contains(key));
    if let Some(key) = &session {
        let now = world.now();
        world.activity.insert(key.clone(), now);
    } else if info.session {
        return Err(fault::not_authenticated(this));
    }
    let owner = session.as_ref().and_then(|key| world.parts.state.sessions.get(key));
    world.acting = owner.map(|session| session.user.clone()).unwrap_or_default();
    if !is_subtype(&this.kind, info.object) {
        return Err(fault::method_not_found(this, method.wire_name()));
    }
    let own = session.as_ref().is_some_and(|key| world.collectors.knows(key, this));
    if !own && !exists(&world.parts.look_as(session.as_deref()), this) {
        return Err(fault::not_found(this));
    }
    if world.parts.state.has_entity(this) {
        world.require(VIEW, this)?;
    }
    if let Some(privilege) = info.privilege {
        world.require(privilege, this)?;
    }
    Ok(Call { this, method, context, session })
}

/// CNS says no more of these faults than their names.
fn in_words_of(method: Method, mut fault: Fault) -> Fault {
    if method.namespace() == "urn:vsan" && matches!(fault.type_name(), "NoPermission" | "NotAuthenticated") {
        fault.message = fault.type_name().to_owned();
    }
    fault
}

/// Reads the arguments and has the method's operation carry it out.
fn run<R: Operation>(world: &mut World, call: &Call, arguments: &Object) -> Result<Reply, Fault> {
    let request = R::from_arguments(arguments).map_err(|error| fault::malformed(&error))?;
    Ok(request.carry_out(world, call)?.map(|value| value.into_value(R::METHOD)))
}

macro_rules! operation {
    (served $name:ident, $($argument:ident),*) => { run::<vsphere_types::request::$name>($($argument),*) };
    (known $name:ident, $world:ident, $call:ident, $arguments:ident) => { Err(fault::not_served($call.method.wire_name())) };
}

macro_rules! dispatch {
    ($( $kind:ident $name:ident, )*) => {
        fn carry_out(world: &mut World, call: &Call, arguments: &Object) -> Result<Reply, Fault> {
            match call.method { $( Method::$name => operation!($kind $name, world, call, arguments), )* }
        }
    };
}
each_method!(dispatch);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_privilege_that_a_method_needs_is_one() {
        for method in Method::ALL {
            assert!(method.info().privilege.is_none_or(crate::state::is_privilege), "{method} needs what is no privilege");
        }
    }
}
