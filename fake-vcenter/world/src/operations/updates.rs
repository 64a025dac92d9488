//! Collectors, filters, and waiting for updates.

use std::sync::Arc;

use vsphere_types::request::{
    CancelWaitForUpdates, CheckForUpdates, CreateFilter, CreatePropertyCollector, DestroyPropertyCollector, DestroyPropertyFilter,
    WaitForUpdates, WaitForUpdatesEx,
};
use vsphere_types::{Fault, UpdateSet, WaitOptions};

use super::session_object::session_object;
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::property::{Filter, FilterSpec, Reported, UpdateOutcome, select, wait_for_updates};
use crate::world::World;

impl Operation for CreatePropertyCollector {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let collector = session_object(world, call, "PropertyCollector")?;
        world.collectors.add(call.key()?, &collector);
        Ok(Reply::Done(collector))
    }
}

/// The collector that every session has from the start cannot be destroyed.
impl Operation for DestroyPropertyCollector {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        if call.this.id == "propertyCollector" || !world.collectors.remove(call.key()?, call.this) {
            return Err(fault::not_found(call.this));
        }
        world.wake();
        Ok(Reply::Done(()))
    }
}

impl Operation for CreateFilter {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = FilterSpec::parse(&self.spec)?;
        let selection = select(&world.parts.look_as(call.viewer()), &spec).map_err(|error| fault::invalid_property(&error.path))?;
        if let Some(missing) = selection.missing.first().filter(|_| !spec.report_missing) {
            return Err(fault::not_found(missing));
        }
        let filter = session_object(world, call, "PropertyFilter")?;
        let collector = world.collectors.get_mut(call.key()?, call.this).ok_or_else(|| fault::not_found(call.this))?;
        let walked = Some((Arc::new(selection), world.window.revision()));
        collector.filters.push(Filter { filter: filter.clone(), spec, told: Reported::default(), walked });
        world.wake();
        Ok(Reply::Done(filter))
    }
}

impl Operation for DestroyPropertyFilter {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        if !world.collectors.remove_filter(call.key()?, call.this) {
            return Err(fault::not_found(call.this));
        }
        Ok(Reply::Done(()))
    }
}

impl Operation for CancelWaitForUpdates {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let collector = world.collectors.get_mut(call.key()?, call.this).ok_or_else(|| fault::not_found(call.this))?;
        collector.cancelled = true;
        world.wake();
        Ok(Reply::Done(()))
    }
}

impl Operation for WaitForUpdatesEx {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let options = self.options.unwrap_or_default();
        let seconds = match options.max_wait_seconds {
            Some(seconds) => Some(u64::try_from(seconds).map_err(|_| fault::invalid_argument("options.maxWaitSeconds"))?),
            None => None,
        };
        Ok(match updates(world, call, self.version, &options)? {
            None if seconds != Some(0) => Reply::WaitForChange { seconds },
            update => Reply::Done(update),
        })
    }
}

impl Operation for WaitForUpdates {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let update = updates(world, call, self.version, &WaitOptions::default())?;
        Ok(update.map_or(Reply::WaitForChange { seconds: None }, Reply::Done))
    }
}

impl Operation for CheckForUpdates {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        updates(world, call, self.version, &WaitOptions::default()).map(Reply::Done)
    }
}

/// What there is to tell since a version.
fn updates(world: &mut World, call: &Call, version: Option<String>, options: &WaitOptions) -> Result<Option<UpdateSet>, Fault> {
    let limit = match options.max_object_updates {
        Some(count) if count <= 0 => return Err(fault::invalid_argument("options.maxObjectUpdates")),
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let key = call.key()?;
    let look = world.parts.look_as(Some(key));
    let collector = world.collectors.get_mut(key, call.this).ok_or_else(|| fault::not_found(call.this))?;
    let cancelled = std::mem::take(&mut collector.cancelled);
    if cancelled && call.context.resumed {
        return Err(fault::request_canceled());
    }
    Ok(match wait_for_updates(&look, &world.window, collector, &version.unwrap_or_default(), limit)? {
        UpdateOutcome::Update(update) => Some(update),
        UpdateOutcome::Nothing => None,
    })
}
