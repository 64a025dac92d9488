//! Performance, diagnostics, alarms, extensions and other managers that every vCenter has, and that nothing is known to here.
//!
//! Modelled: that they are there, and that they have nothing: no counters, no logs, no alarms, no extensions, no scheduled tasks. What
//! changes or fetches something of them is refused as not served.

use vsphere_types::request::{
    DoesCustomizationSpecExist, FindExtension, GetAlarm, GetAlarmState, GetCustomizationSpec, QueryAvailablePerfMetric, QueryDescriptions,
    QueryIpPools, QueryPerf, QueryPerfCounter, QueryPerfCounterByLevel, QueryPerfProviderSummary, QueryServiceList,
    RetrieveEntityScheduledTask,
};
use vsphere_types::{Fault, MoRef, PerfProviderSummary};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::managed::exists;
use crate::world::World;

/// Methods that answer an empty list, and what they are asked about.
macro_rules! nothing {
    ($( $name:ident $(about $about:ident)? ),* $(,)?) => { $(
        impl Operation for $name {
            fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
                must_exist(world, None$( .or(self.$about.into()) )?)?;
                Ok(Reply::Done(Vec::new()))
            }
        }
    )* };
}
nothing! {
    QueryAvailablePerfMetric about entity,
    QueryPerfCounterByLevel,
    QueryPerf,
    QueryDescriptions about host,
    GetAlarm about entity,
    GetAlarmState about entity,
    RetrieveEntityScheduledTask about entity,
    QueryIpPools,
    QueryServiceList,
}

impl Operation for QueryPerfProviderSummary {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        must_exist(world, Some(self.entity.clone()))?;
        Ok(Reply::Done(PerfProviderSummary { entity: self.entity, ..PerfProviderSummary::default() }))
    }
}

/// Whoever asks for one counter names it by an id that nobody has told.
impl Operation for QueryPerfCounter {
    fn carry_out(self, _world: &mut World, _call: &Call) -> Answer<Self> {
        Err(fault::invalid_argument("counterId"))
    }
}

impl Operation for DoesCustomizationSpecExist {
    fn carry_out(self, _world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(false))
    }
}

impl Operation for GetCustomizationSpec {
    fn carry_out(self, _world: &mut World, _call: &Call) -> Answer<Self> {
        Err(fault::missing())
    }
}

impl Operation for FindExtension {
    fn carry_out(self, _world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(None))
    }
}

/// What is asked about must be there, if it is named.
fn must_exist(world: &World, object: Option<MoRef>) -> Result<(), Fault> {
    match object {
        Some(object) if !exists(&world.parts.look(), &object) => Err(fault::not_found(&object)),
        _ => Ok(()),
    }
}
