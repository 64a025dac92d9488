//! The task engine: a task is asked for, taken by a worker, done, and some minutes later gone.
//!
//! Its effect is judged and seen at the end, in one transaction with its state. Operations on one VM wait for each
//! other; all others run side by side. Not modelled: limits of workers, cancelling, progress in steps.

use std::sync::Arc;

use vsphere_types::{DataObject, Fault, Method, MoRef, Value};

use crate::fault;
use crate::latency::Range;
use crate::machines::{power, reconfigure, remove};
use crate::schedule::Step;
use crate::state::{Task, TaskState, Work};
use crate::storage;
use crate::world::World;

/// What a new task shall be.
pub struct Order {
    /// The method that asks for it.
    pub method: Method,
    /// `com.vmware.cns.tasks.createvolume`.
    pub description: &'static str,
    /// What it works on.
    pub entity: MoRef,
    /// How long it takes once it has its turn.
    pub takes: Range,
    /// The VM whose other operations it waits for.
    pub lane: Option<MoRef>,
    /// What it does.
    pub work: Work,
}

/// A plan for tasks to fail.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskFault {
    /// The method whose tasks fail.
    pub method: Method,
    /// What they fail with.
    pub fault: Fault,
    /// How many of them, the next ones to end.
    pub times: u32,
    /// Whether what they were to do is done all the same.
    pub after_effect: bool,
}

/// Makes a task for the owner of a session; answers its reference.
pub fn create(world: &mut World, session: &str, order: Order) -> MoRef {
    let number = world.next_number();
    let task = MoRef::new("Task", format!("task-{number}"));
    let mut draws = world.seed.child("task").child(&task.id).generator();
    let now = world.now();
    let started = now + world.config.latency.queue.draw(&mut draws);
    let turn = order.lane.as_ref().and_then(|vm| world.busy.get(vm).copied()).map_or(started, |free| free.max(started));
    let finished = turn + order.takes.draw(&mut draws);
    if let Some(vm) = order.lane {
        world.busy.insert(vm, finished);
    }
    let user = world.parts.state.sessions.get(session).map(|session| session.user.clone()).unwrap_or_default();
    let record = Task {
        task: task.clone(),
        method: order.method,
        description: order.description,
        entity_name: world.parts.state.name_of(&order.entity).unwrap_or_default().to_owned(),
        entity: order.entity,
        state: TaskState::Queued,
        user,
        activation: draws.hex(8),
        chain: i32::try_from(number).unwrap_or(i32::MAX),
        queued: now,
        started: None,
        completed: None,
        result: None,
        error: None,
        work: Some(Arc::new(order.work)),
    };
    world.parts.state.tasks.insert(task.clone(), record);
    world.schedule.at(started, Step::StartTask(task.clone()));
    if matches!(record_work(world, &task).as_deref(), Some(Work::Reconfigure { .. } | Work::UpdateCrypto { .. })) {
        world.schedule.at(turn + finished.duration_since(turn).unsigned_abs() / 2, Step::HalfTask(task.clone()));
    }
    world.schedule.at(finished, Step::FinishTask(task.clone()));
    task
}

/// A worker takes the task.
pub fn start(world: &mut World, task: &MoRef) {
    let now = world.now();
    if let Some(record) = world.parts.state.tasks.get_mut(task) {
        record.state = TaskState::Running;
        record.started = Some(now);
    }
}

/// The task's work is done: all of it, or none.
pub fn finish(world: &mut World, task: &MoRef) {
    let Some((work, method)) = world.parts.state.tasks.get(task).map(|record| (record.work.clone(), record.method)) else {
        if let Some(work) = world.orphaned.remove(task) {
            // Nobody is left to be told how it went.
            drop(carry_out(world, Arc::unwrap_or_clone(work)));
        }
        return;
    };
    world.acting = world.parts.state.tasks.get(task).map(|record| record.user.clone()).unwrap_or_default();
    let outcome = match work {
        Some(work) => as_planned(world, Arc::unwrap_or_clone(work), method),
        None => Err(Failure::NoEffect(fault::system_error("the task has ended already"))),
    };
    world.acting.clear();
    if outcome.is_err() && !matches!(outcome, Err(Failure::AfterEffect(_))) {
        // All of a task's work is done, or none of it.
        world.roll_back();
    }
    let now = world.now();
    let Some(record) = world.parts.state.tasks.get_mut(task) else { return };
    record.completed = Some(now);
    record.work = None;
    match outcome {
        Ok(result) => {
            record.state = TaskState::Success;
            record.result = result;
        }
        Err(Failure::NoEffect(fault) | Failure::AfterEffect(fault)) => {
            record.state = TaskState::Error;
            record.error = Some(fault::localized(&fault).into_object());
        }
    }
    world.schedule.at(now + world.config.task_retention, Step::PurgeTask(task.clone()));
}

/// A task that ended a while ago goes.
pub fn purge(world: &mut World, task: &MoRef) {
    let now = world.now();
    let entity = world.parts.state.tasks.remove(task).map(|record| record.entity);
    // A VM that nothing waits for is not kept in mind; operations on a VM are tasks of it.
    if let Some(vm) = entity.filter(|vm| world.busy.get(vm).is_some_and(|free| *free <= now)) {
        world.busy.remove(&vm);
    }
}

/// How a task failed as a whole.
enum Failure {
    /// Nothing was done.
    NoEffect(Fault),
    /// All was done, and yet the task says that it failed.
    AfterEffect(Fault),
}

/// Does the work, unless a failure was planned for this method.
fn as_planned(world: &mut World, work: Work, method: Method) -> Result<Option<Value>, Failure> {
    let Some(planned) = world.task_faults.iter_mut().find(|planned| planned.method == method && planned.times > 0) else {
        return carry_out(world, work).map_err(Failure::NoEffect);
    };
    planned.times -= 1;
    let planned = planned.clone();
    world.task_faults.retain(|planned| planned.times > 0);
    if !planned.after_effect {
        return Err(Failure::NoEffect(planned.fault));
    }
    carry_out(world, work).map_err(Failure::NoEffect)?;
    Err(Failure::AfterEffect(planned.fault))
}

fn record_work(world: &World, task: &MoRef) -> Option<Arc<Work>> {
    world.parts.state.tasks.get(task).and_then(|record| record.work.clone())
}

/// Half of a task's work is done, where work has halves. What cannot be begun is told at the end.
pub fn half(world: &mut World, task: &MoRef) {
    let work = record_work(world, task).or_else(|| world.orphaned.get(task).cloned());
    let begun = match work.as_deref() {
        Some(Work::Reconfigure { vm, spec }) => reconfigure::begin(world, vm, spec),
        Some(Work::UpdateCrypto { id, step, cns }) => storage::crypto::begin(world, id, step, *cns),
        _ => Ok(()),
    };
    if begun.is_err() {
        world.roll_back();
    }
}

fn carry_out(world: &mut World, work: Work) -> Result<Option<Value>, Fault> {
    match work {
        Work::Power { vm, change } => power::change(world, &vm, &change).map(|()| None),
        Work::Destroy { vm } => remove::destroy(world, &vm).map(|()| None),
        Work::Reconfigure { vm, spec } => reconfigure::apply(world, &vm, &spec).map(|()| None),
        Work::ProviderStatus { providers } => Ok(Some(crate::operations::keys::statuses(world, &providers))),
        other => storage::finish(world, other),
    }
}
