//! CreateCollectorForTasks, CreateCollectorForEvents, QueryEvents, and reading what a collector holds.
//!
//! Of a filter are heeded: the entity (with what is inside), types of events (`eventTypeId`), `maxCount`. Not modelled: times, users,
//! states, chains, categories, tags: what they would leave out is there.

use vsphere_types::{Fault, Method, MoRef, Object, Value};

use super::Call;
use super::updates::session_object;
use crate::fault;
use crate::managed::{Look, event, history_list, task};
use crate::state::{View, number_of};
use crate::world::{Reply, World};

/// How many a page has until the client says otherwise.
const PAGE: usize = 10;
/// How many a page has at most.
const LONGEST_PAGE: usize = 1_000;

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let filter = call.arguments.object("filter").ok().cloned();
    let value = match method {
        Method::QueryEvents => {
            history_list("EventHistoryCollector", events(&world.parts.look_as(Some(call.key()?)), filter.as_ref()).into_iter())
        }
        Method::CreateCollectorForEvents => {
            let items = events(&world.parts.look_as(Some(call.key()?)), filter.as_ref());
            create(world, call, "EventHistoryCollector", filter, items)?
        }
        Method::CreateCollectorForTasks => {
            let items = tasks(&world.parts.look_as(Some(call.key()?)), filter.as_ref());
            create(world, call, "TaskHistoryCollector", filter, items)?
        }
        _ => return read(world, call, method),
    };
    Ok(Reply::Done(Some(value)))
}

fn create(world: &mut World, call: &Call, kind: &str, filter: Option<Object>, items: Vec<Value>) -> Result<Value, Fault> {
    let reference = session_object(world, call, kind)?;
    let session = call.key()?.to_owned();
    let view = View::History { session, filter, items, page: PAGE, next: 0 };
    world.parts.state.views.insert(reference.clone(), view);
    Ok(Value::Ref(reference))
}

/// A collector begins at the oldest and reads on to the newest; reset, it reads back from the newest.
fn read(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let key = call.key()?.to_owned();
    let own = world.parts.state.views.get(call.this).is_some_and(|view| view.session() == key);
    if !own {
        return Err(fault::not_found(call.this));
    }
    if method == Method::DestroyCollector {
        world.parts.state.views.remove(call.this);
        return Ok(Reply::Done(None));
    }
    let asked = call.arguments.number("maxCount").and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
    let Some(View::History { items, page, next, .. }) = world.parts.state.views.get_mut(call.this) else {
        return Err(fault::not_found(call.this));
    };
    let count = asked.unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
    let found = match method {
        Method::SetCollectorPageSize => {
            *page = asked.ok_or_else(|| fault::invalid_argument("maxCount"))?.min(LONGEST_PAGE);
            return Ok(Reply::Done(None));
        }
        Method::RewindCollector => {
            *next = 0;
            return Ok(Reply::Done(None));
        }
        Method::ResetCollector => {
            *next = items.len();
            return Ok(Reply::Done(None));
        }
        Method::ReadNextTasks | Method::ReadNextEvents => {
            let from = *next;
            *next = (from + count).min(items.len());
            items[from..*next].to_vec()
        }
        _ => {
            let until = *next;
            *next = until.saturating_sub(count);
            items[*next..until].iter().rev().cloned().collect()
        }
    };
    Ok(Reply::Done(Some(history_list(&call.this.kind, found.into_iter()))))
}

fn events(look: &Look, filter: Option<&Object>) -> Vec<Value> {
    let kinds = texts(filter, "eventTypeId");
    let most = match filter.and_then(|filter| filter.get("maxCount")) {
        Some(Value::Int(count)) => usize::try_from(*count).unwrap_or(usize::MAX),
        Some(Value::Text(count)) => count.parse().unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let of_kind = |name: &str| kinds.is_empty() || kinds.iter().any(|kind| kind.rsplit('.').next() == Some(name));
    let all = event::all(look).into_iter().filter(|told| of_kind(&told.event.type_name) && within(look, filter, told.entity.as_ref()));
    let mut found: Vec<Value> = all.map(|told| Value::Object(told.event)).collect();
    let newest = found.len().saturating_sub(most);
    found.split_off(newest)
}

fn tasks(look: &Look, filter: Option<&Object>) -> Vec<Value> {
    let mut tasks: Vec<_> =
        look.state.tasks.values().filter(|task| look.sees(&task.entity) && within(look, filter, Some(&task.entity))).collect();
    tasks.sort_by_key(|task| number_of(&task.task));
    tasks.into_iter().map(|record| Value::of(task::info(record))).collect()
}

/// Whether an event or a task of this entity is asked for.
fn within(look: &Look, filter: Option<&Object>, entity: Option<&MoRef>) -> bool {
    let Some(Value::Object(chosen)) = filter.and_then(|filter| filter.get("entity")) else { return true };
    let id = match chosen.get("entity") {
        Some(Value::Ref(reference)) => &reference.id,
        Some(Value::Text(id)) => id,
        _ => return true,
    };
    let Some(container) = look.state.entities().into_iter().find(|entity| entity.id == *id) else { return false };
    look.state.parent_of(&container).is_none()
        || entity.is_some_and(|entity| *entity == container || look.state.is_within(entity, &container))
}

fn texts(filter: Option<&Object>, name: &str) -> Vec<String> {
    let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
    match filter.and_then(|filter| filter.get(name)) {
        Some(Value::Array(array)) => array.items.iter().filter_map(text).collect(),
        Some(single) => text(single).into_iter().collect(),
        None => Vec::new(),
    }
}
