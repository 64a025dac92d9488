//! RetrieveProperties(Ex) and its pages, and Fetch, which reads one property.

use vsphere_types::request::{CancelRetrievePropertiesEx, ContinueRetrievePropertiesEx, Fetch, RetrieveProperties, RetrievePropertiesEx};
use vsphere_types::{Fault, PropertyFilterSpec, RetrieveResult};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::property::{Collector, FilterSpec, Page, read, retrieve, take_page};
use crate::world::World;

impl Operation for RetrieveProperties {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let contents = retrieve(&world.parts.look_as(call.viewer()), &parse(&self.spec_set)?)?;
        Ok(Reply::Done(contents.into()))
    }
}

impl Operation for Fetch {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let value = read(&world.parts.look_as(call.viewer()), call.this, &self.prop);
        value.map(Reply::Done).map_err(|error| fault::invalid_property(&error.path))
    }
}

impl Operation for RetrievePropertiesEx {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let size = match self.options.max_objects {
            Some(count) if count <= 0 => return Err(fault::invalid_argument("options.maxObjects")),
            Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
            None => usize::MAX,
        };
        let rest = retrieve(&world.parts.look_as(call.viewer()), &parse(&self.spec_set)?)?;
        if rest.is_empty() {
            return Ok(Reply::Done(None));
        }
        answer(world, call, Page { rest, size }).map(|page| Reply::Done(Some(page)))
    }
}

impl Operation for ContinueRetrievePropertiesEx {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let page = collector(world, call)?.pages.remove(&self.token).ok_or_else(fault::invalid_token)?;
        answer(world, call, page).map(Reply::Done)
    }
}

impl Operation for CancelRetrievePropertiesEx {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        collector(world, call)?.pages.remove(&self.token).ok_or_else(fault::invalid_token)?;
        Ok(Reply::Done(()))
    }
}

fn parse(specs: &[PropertyFilterSpec]) -> Result<Vec<FilterSpec>, Fault> {
    specs.iter().map(FilterSpec::parse).collect()
}

fn answer(world: &mut World, call: &Call, page: Page) -> Result<RetrieveResult, Fault> {
    let (objects, rest) = take_page(page);
    let mut token = None;
    if let Some(rest) = rest {
        let collector = collector(world, call)?;
        collector.last_token += 1;
        let next = collector.last_token.to_string();
        collector.pages.insert(next.clone(), rest);
        token = Some(next);
    }
    Ok(RetrieveResult { token, objects })
}

fn collector<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Collector, Fault> {
    let key = call.key()?;
    world.collectors.get_mut(key, call.this).ok_or_else(|| fault::not_found(call.this))
}
