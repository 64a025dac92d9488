//! CreateCollectorForTasks, CreateCollectorForEvents, QueryEvents, and reading what a collector holds.
//!
//! Of a filter are heeded: the entity (with what is inside), types of events (`eventTypeId`), `maxCount`. Not modelled: times, users,
//! states, chains, categories, tags: what they would leave out is there.

use vsphere_types::request::{
    CreateCollectorForEvents, CreateCollectorForTasks, DestroyCollector, QueryEvents, ReadNextEvents, ReadNextTasks, ReadPreviousEvents,
    ReadPreviousTasks, ResetCollector, RewindCollector, SetCollectorPageSize,
};
use vsphere_types::{Fault, Item, MoRef, Object, Value};

use super::session_object::session_object;
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::look::Look;
use crate::managed::{event, task};
use crate::state::{View, number_of};
use crate::world::World;

/// How many a page has until the client says otherwise.
const PAGE: usize = 10;
/// How many a page has at most.
const LONGEST_PAGE: usize = 1_000;

impl Operation for QueryEvents {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        Ok(Reply::Done(events(&world.parts.look_as(Some(call.key()?)), &self.filter)))
    }
}

impl Operation for CreateCollectorForEvents {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let found = events(&world.parts.look_as(Some(call.key()?)), &self.filter);
        let items = found.into_iter().map(Value::Object).collect();
        create(world, call, "EventHistoryCollector", self.filter, items).map(Reply::Done)
    }
}

impl Operation for CreateCollectorForTasks {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let items = tasks(&world.parts.look_as(Some(call.key()?)), &self.filter);
        create(world, call, "TaskHistoryCollector", self.filter, items).map(Reply::Done)
    }
}

impl Operation for DestroyCollector {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        history(world, call)?;
        world.parts.state.views.remove(call.this);
        Ok(Reply::Done(()))
    }
}

impl Operation for SetCollectorPageSize {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let History { page, .. } = history(world, call)?;
        *page = count(self.max_count).ok_or_else(|| fault::invalid_argument("maxCount"))?.min(LONGEST_PAGE);
        Ok(Reply::Done(()))
    }
}

impl Operation for RewindCollector {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        *history(world, call)?.next = 0;
        Ok(Reply::Done(()))
    }
}

impl Operation for ResetCollector {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let History { items, next, .. } = history(world, call)?;
        *next = items.len();
        Ok(Reply::Done(()))
    }
}

impl Operation for ReadNextTasks {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        history(world, call)?.read_on(self.max_count).map(Reply::Done)
    }
}

impl Operation for ReadNextEvents {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        history(world, call)?.read_on(self.max_count).map(Reply::Done)
    }
}

impl Operation for ReadPreviousTasks {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        history(world, call)?.read_back(self.max_count).map(Reply::Done)
    }
}

impl Operation for ReadPreviousEvents {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        history(world, call)?.read_back(self.max_count).map(Reply::Done)
    }
}

/// What a collector holds. It begins at the oldest and reads on to the newest; reset, it reads back from the newest.
struct History<'a> {
    items: &'a [Value],
    page: &'a mut usize,
    next: &'a mut usize,
}

impl History<'_> {
    fn read_on<T: Item>(self, most: i32) -> Result<Vec<T>, Fault> {
        let from = *self.next;
        *self.next = (from + count(most).unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE)).min(self.items.len());
        self.items[from..*self.next].iter().map(item).collect()
    }

    fn read_back<T: Item>(self, most: i32) -> Result<Vec<T>, Fault> {
        let until = *self.next;
        *self.next = until.saturating_sub(count(most).unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE));
        self.items[*self.next..until].iter().rev().map(item).collect()
    }
}

fn count(asked: i32) -> Option<usize> {
    usize::try_from(asked).ok().filter(|count| *count > 0)
}

/// An item as what the collector's kind holds.
fn item<T: Item>(value: &Value) -> Result<T, Fault> {
    let read = T::from_value(value).map_err(|error| fault::system_error(&error.to_string()))?;
    read.ok_or_else(|| fault::system_error(&format!("a history holds a {}", value.type_name())))
}

/// The history of the caller's own collector.
fn history<'a>(world: &'a mut World, call: &Call) -> Result<History<'a>, Fault> {
    let key = call.key()?;
    match world.parts.state.views.get_mut(call.this) {
        Some(View::History { session, items, page, next, .. }) if session == key => Ok(History { items, page, next }),
        _ => Err(fault::not_found(call.this)),
    }
}

fn create(world: &mut World, call: &Call, kind: &'static str, filter: Object, items: Vec<Value>) -> Result<MoRef, Fault> {
    let reference = session_object(world, call, kind)?;
    let session = call.key()?.to_owned();
    let view = View::History { session, filter: Some(filter), items, page: PAGE, next: 0 };
    world.parts.state.views.insert(reference.clone(), view);
    Ok(reference)
}

/// The events that a filter means, oldest first.
fn events(look: &Look, filter: &Object) -> Vec<Object> {
    let kinds = texts(filter, "eventTypeId");
    let most = match filter.get("maxCount") {
        Some(Value::Int(count)) => usize::try_from(*count).unwrap_or(usize::MAX),
        Some(Value::Text(count)) => count.parse().unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let of_kind = |name: &str| kinds.is_empty() || kinds.iter().any(|kind| kind.rsplit('.').next() == Some(name));
    let all = event::all(look).into_iter().filter(|told| of_kind(&told.event.type_name) && within(look, filter, told.entity.as_ref()));
    let mut found: Vec<Object> = all.map(|told| told.event).collect();
    let newest = found.len().saturating_sub(most);
    found.split_off(newest)
}

/// The tasks that a filter means, oldest first.
fn tasks(look: &Look, filter: &Object) -> Vec<Value> {
    let mut tasks: Vec<_> =
        look.state.tasks.values().filter(|task| look.sees(&task.entity) && within(look, filter, Some(&task.entity))).collect();
    tasks.sort_by_key(|task| number_of(&task.task));
    tasks.into_iter().map(|record| Value::of(task::info(record))).collect()
}

/// Whether an event or a task of this entity is asked for.
fn within(look: &Look, filter: &Object, entity: Option<&MoRef>) -> bool {
    let Some(Value::Object(chosen)) = filter.get("entity") else { return true };
    let id = match chosen.get("entity") {
        Some(Value::Ref(reference)) => &reference.id,
        Some(Value::Text(id)) => id,
        _ => return true,
    };
    let Some(container) = look.state.entities().into_iter().find(|entity| entity.id == *id) else { return false };
    look.state.parent_of(&container).is_none()
        || entity.is_some_and(|entity| *entity == container || look.state.is_within(entity, &container))
}

fn texts(filter: &Object, name: &str) -> Vec<String> {
    filter.get(name).map_or(&[][..], Value::items).iter().filter_map(Value::as_text).map(str::to_owned).collect()
}
