//! Collectors, filters, and waiting for updates.

use std::sync::Arc;

use vsphere_types::{Fault, Method, MoRef, PropertyFilterSpec, Value, WaitOptions};

use super::Call;
use crate::fault;
use crate::property::{Filter, FilterSpec, Reported, UpdateOutcome, select, wait_for_updates};
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    match method {
        Method::CreatePropertyCollector => {
            let collector = session_object(world, call, "PropertyCollector")?;
            world.collectors.add(call.key()?, &collector);
            Ok(Reply::Done(Some(Value::Ref(collector))))
        }
        Method::DestroyPropertyCollector => {
            // The collector that every session has from the start cannot be destroyed.
            if call.this.id == "propertyCollector" || !world.collectors.remove(call.key()?, call.this) {
                return Err(fault::not_found(call.this));
            }
            world.wake();
            Ok(Reply::Done(None))
        }
        Method::CreateFilter => create_filter(world, call),
        Method::DestroyPropertyFilter => {
            if !world.collectors.remove_filter(call.key()?, call.this) {
                return Err(fault::not_found(call.this));
            }
            Ok(Reply::Done(None))
        }
        Method::CancelWaitForUpdates => {
            let collector = world.collectors.get_mut(call.key()?, call.this).ok_or_else(|| fault::not_found(call.this))?;
            collector.cancelled = true;
            world.wake();
            Ok(Reply::Done(None))
        }
        Method::CheckForUpdates => wait(world, call, &WaitOptions { max_wait_seconds: Some(0), max_object_updates: None }),
        Method::WaitForUpdates => wait(world, call, &WaitOptions::default()),
        _ => {
            let options: WaitOptions = call.arguments.optional_data("options")?.unwrap_or_default();
            wait(world, call, &options)
        }
    }
}

/// A reference as vCenter gives it to an object that belongs to a session: `session[<uuid>]<uuid>`.
pub fn session_object(world: &mut World, call: &Call, kind: &str) -> Result<MoRef, Fault> {
    let label = world.parts.state.sessions.get(call.key()?).map(|session| session.label.clone()).unwrap_or_default();
    let owner = crate::inventory::prefixed(&mut world.seed.child("session objects").child(&label).generator(), "52");
    let inner = crate::inventory::prefixed(&mut world.session_objects, "52");
    Ok(MoRef::new(kind, format!("session[{owner}]{inner}")))
}

fn create_filter(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let spec: PropertyFilterSpec = call.arguments.data("spec")?;
    let spec = FilterSpec::parse(&spec)?;
    let selection = select(&world.parts.look_as(call.session.as_deref()), &spec).map_err(|error| fault::invalid_property(&error.path))?;
    if let Some(missing) = selection.missing.first().filter(|_| !spec.report_missing) {
        return Err(fault::not_found(missing));
    }
    let filter = session_object(world, call, "PropertyFilter")?;
    let collector = world.collectors.get_mut(call.key()?, call.this).ok_or_else(|| fault::not_found(call.this))?;
    let walked = Some((Arc::new(selection), world.window.revision()));
    collector.filters.push(Filter { filter: filter.clone(), spec, told: Reported::default(), walked });
    world.wake();
    Ok(Reply::Done(Some(Value::Ref(filter))))
}

fn wait(world: &mut World, call: &Call, options: &WaitOptions) -> Result<Reply, Fault> {
    let seconds = match options.max_wait_seconds {
        Some(seconds) => Some(u64::try_from(seconds).map_err(|_| fault::invalid_argument("options.maxWaitSeconds"))?),
        None => None,
    };
    let limit = match options.max_object_updates {
        Some(count) if count <= 0 => return Err(fault::invalid_argument("options.maxObjectUpdates")),
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let version = call.arguments.optional_text("version").unwrap_or_default();
    let key = call.key()?;
    let look = world.parts.look_as(Some(key));
    let collector = world.collectors.get_mut(key, call.this).ok_or_else(|| fault::not_found(call.this))?;
    let cancelled = std::mem::take(&mut collector.cancelled);
    if cancelled && call.context.resumed {
        return Err(fault::request_canceled());
    }
    match wait_for_updates(&look, &world.window, collector, &version, limit)? {
        UpdateOutcome::Update(update) => Ok(Reply::Done(Some(Value::of(update)))),
        UpdateOutcome::Nothing if seconds == Some(0) => Ok(Reply::Done(None)),
        UpdateOutcome::Nothing => Ok(Reply::WaitForChange { seconds }),
    }
}
