//! Methods: who may call which on what, and where each is carried out.

mod authorization;
mod power;
mod properties;
mod search;
pub mod sessions;
mod updates;
mod views;

use fake_vcenter_types::{Fault, Method, MoRef, Object, Value, is_subtype};

use crate::arguments::Arguments;
use crate::fault;
use crate::managed::{exists, service_content};
use crate::storage;
use crate::world::{CallContext, Reply, World};

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
        return Err(fault::not_authenticated(this));
    }
    let call = Call { this, arguments: Arguments(arguments), context, session };
    check_receiver(world, &call, method)?;
    carry_out(world, &call, method)
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

/// Whether a method is carried out here; all others are known by name only.
pub fn is_served(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::RetrieveServiceContent
            | M::CurrentTime
            | M::Login
            | M::Logout
            | M::SessionIsActive
            | M::TerminateSession
            | M::HasUserPrivilegeOnEntities
            | M::HasPrivilegeOnEntities
            | M::RetrieveProperties
            | M::RetrievePropertiesEx
            | M::ContinueRetrievePropertiesEx
            | M::CancelRetrievePropertiesEx
            | M::CreatePropertyCollector
            | M::DestroyPropertyCollector
            | M::CreateFilter
            | M::DestroyPropertyFilter
            | M::WaitForUpdatesEx
            | M::WaitForUpdates
            | M::CheckForUpdates
            | M::CancelWaitForUpdates
            | M::CreateListView
            | M::ModifyListView
            | M::ResetListView
            | M::CreateContainerView
            | M::DestroyView
            | M::FindByUuid
            | M::FindAllByUuid
            | M::FindByIp
            | M::FindAllByIp
            | M::FindByDnsName
            | M::FindAllByDnsName
            | M::FindByInventoryPath
            | M::FindChild
            | M::PowerOnVmTask
            | M::PowerOffVmTask
            | M::CnsCreateVolume
            | M::CnsDeleteVolume
            | M::CnsAttachVolume
            | M::CnsDetachVolume
            | M::CnsExtendVolume
            | M::CnsUpdateVolumeMetadata
            | M::CnsQueryVolume
            | M::CnsQueryAllVolume
            | M::CnsQueryAsync
    )
}

fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    use Method as M;
    let value = match method {
        M::RetrieveServiceContent => Value::of(service_content(&world.parts.facts)),
        M::CurrentTime => Value::Time(world.now()),
        M::Login => return sessions::login(world, call),
        M::Logout => return sessions::logout(world, call),
        M::SessionIsActive => sessions::is_active(world, call)?,
        M::TerminateSession => return sessions::terminate(world, call),
        M::HasUserPrivilegeOnEntities => authorization::has_privileges(world, call, "entities")?,
        M::HasPrivilegeOnEntities => authorization::has_privileges(world, call, "entity")?,
        M::RetrieveProperties | M::RetrievePropertiesEx | M::ContinueRetrievePropertiesEx | M::CancelRetrievePropertiesEx => {
            return properties::carry_out(world, call, method);
        }
        M::CreatePropertyCollector
        | M::DestroyPropertyCollector
        | M::CreateFilter
        | M::DestroyPropertyFilter
        | M::WaitForUpdatesEx
        | M::WaitForUpdates
        | M::CheckForUpdates
        | M::CancelWaitForUpdates => return updates::carry_out(world, call, method),
        M::CreateListView | M::ModifyListView | M::ResetListView | M::CreateContainerView | M::DestroyView => {
            return views::carry_out(world, call, method);
        }
        M::FindByUuid
        | M::FindAllByUuid
        | M::FindByIp
        | M::FindAllByIp
        | M::FindByDnsName
        | M::FindAllByDnsName
        | M::FindByInventoryPath
        | M::FindChild => return search::carry_out(world, call, method),
        M::PowerOnVmTask | M::PowerOffVmTask => power::start(world, call, method)?,
        M::CnsCreateVolume
        | M::CnsDeleteVolume
        | M::CnsAttachVolume
        | M::CnsDetachVolume
        | M::CnsExtendVolume
        | M::CnsUpdateVolumeMetadata
        | M::CnsQueryVolume
        | M::CnsQueryAllVolume
        | M::CnsQueryAsync => storage::carry_out(world, call, method)?,
        other => return Err(fault::not_served(other.wire_name())),
    };
    Ok(Reply::Done(Some(value)))
}
