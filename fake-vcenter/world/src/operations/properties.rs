//! RetrieveProperties(Ex) and its pages, and Fetch, which reads one property.

use vsphere_types::{Fault, Method, PropertyFilterSpec, RetrieveOptions, RetrieveResult, Value};

use super::Call;
use crate::fault;
use crate::property::{FilterSpec, Page, read, retrieve, take_page};
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    match method {
        Method::RetrieveProperties => {
            let contents = retrieve(&world.parts.look_as(call.session.as_deref()), &specs(call)?)?;
            Ok(Reply::Done(Some(crate::managed::array(contents))))
        }
        Method::Fetch => {
            let path = call.arguments.text("prop")?;
            let value = read(&world.parts.look_as(call.session.as_deref()), call.this, &path);
            Ok(Reply::Done(value.map_err(|error| fault::invalid_property(&error.path))?))
        }
        Method::RetrievePropertiesEx => retrieve_ex(world, call),
        Method::ContinueRetrievePropertiesEx => {
            let token = call.arguments.text("token")?;
            let page = collector(world, call)?.pages.remove(&token).ok_or_else(fault::invalid_token)?;
            answer(world, call, page)
        }
        _ => {
            let token = call.arguments.text("token")?;
            collector(world, call)?.pages.remove(&token).ok_or_else(fault::invalid_token)?;
            Ok(Reply::Done(None))
        }
    }
}

fn specs(call: &Call) -> Result<Vec<FilterSpec>, Fault> {
    let specs: Vec<PropertyFilterSpec> = call.arguments.list("specSet")?;
    specs.iter().map(FilterSpec::parse).collect()
}

fn retrieve_ex(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let options: Option<RetrieveOptions> = call.arguments.optional_data("options")?;
    let size = match options.and_then(|options| options.max_objects) {
        Some(count) if count <= 0 => return Err(fault::invalid_argument("options.maxObjects")),
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let rest = retrieve(&world.parts.look_as(call.session.as_deref()), &specs(call)?)?;
    if rest.is_empty() {
        return Ok(Reply::Done(None));
    }
    answer(world, call, Page { rest, size })
}

fn answer(world: &mut World, call: &Call, page: Page) -> Result<Reply, Fault> {
    let (objects, rest) = take_page(page);
    let mut token = None;
    if let Some(rest) = rest {
        let collector = collector(world, call)?;
        collector.last_token += 1;
        let next = collector.last_token.to_string();
        collector.pages.insert(next.clone(), rest);
        token = Some(next);
    }
    Ok(Reply::Done(Some(Value::of(RetrieveResult { token, objects }))))
}

fn collector<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut crate::property::Collector, Fault> {
    let key = call.key()?;
    world.collectors.get_mut(key, call.this).ok_or_else(|| fault::not_found(call.this))
}
