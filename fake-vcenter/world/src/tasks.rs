//! The task engine: a task is asked for, taken by a worker, done, and some minutes later gone.
//!
//! Its effect is judged and seen at the end, in one transaction with its state. Operations on one VM wait for each
//! other; all others run side by side. Not modelled: limits of workers, cancelling, progress in steps.

use std::sync::Arc;
use std::time::Duration;

use vsphere_types::{DataObject, Fault, Method, MoRef};

use crate::call::Call;
use crate::fault;
use crate::latency::Range;
use crate::schedule::Step;
use crate::state::{State, Task, TaskState, Work};
use crate::world::World;

/// What descriptions of CNS's tasks begin with.
const OF_CNS: &str = "com.vmware.cns.";

/// What a new task shall be.
pub struct Order {
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

/// Makes a task for the caller; answers its reference.
///
/// # Errors
/// The caller has no session.
pub fn create(world: &mut World, call: &Call, order: Order) -> Result<MoRef, Fault> {
    let session = call.key()?;
    let number = world.next_number();
    let task = MoRef::new("Task", format!("task-{number}"));
    let mut draws = world.seed.child("task").child(&task.id).generator();
    let now = world.now();
    let started = now + world.config.latency.queue.draw(&mut draws);
    let turn = order.lane.as_ref().and_then(|vm| world.busy.get(vm).copied()).map_or(started, |free| free.max(started));
    let drawn = order.takes.draw(&mut draws);
    let told = world.config.task_times.get(&call.method).filter(|_| !finds_its_volume(&world.parts.state, &order.work));
    let takes = told.copied().unwrap_or(drawn);
    let finished = turn + takes + planned_delay(world, call.method);
    if let Some(vm) = order.lane {
        world.busy.insert(vm, finished);
    }
    let user = world.parts.state.sessions.get(session).map(|session| session.user.clone()).unwrap_or_default();
    let record = Task {
        task: task.clone(),
        method: call.method,
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
    let halves = matches!(record.work.as_deref(), Some(Work::Reconfigure { .. } | Work::UpdateCrypto { .. }));
    world.parts.state.tasks.insert(task.clone(), record);
    world.schedule.at(started, Step::StartTask(task.clone()));
    if halves {
        world.schedule.at(turn + finished.duration_since(turn).unsigned_abs() / 2, Step::HalfTask(task.clone()));
    }
    world.schedule.at(finished, Step::FinishTask(task.clone()));
    Ok(task)
}

/// Whether a create finds the volume that it is to make, by the id that its caller chose: then nothing is made that could take long.
fn finds_its_volume(state: &State, work: &Work) -> bool {
    let Work::CreateVolume { spec, .. } = work else { return false };
    let volume = spec.volume_id.as_ref().and_then(|chosen| state.volumes.get(&chosen.id));
    volume.is_some_and(|volume| volume.in_cns && spec.datastores.contains(&volume.datastore))
}

/// By how much a task of this method is to take longer.
fn planned_delay(world: &mut World, method: Method) -> Duration {
    let planned = world.task_delays.iter().position(|(of, _)| *of == method);
    planned.map_or(Duration::ZERO, |place| world.task_delays.remove(place).1)
}

/// A worker takes the task, unless it has failed while it waited.
pub fn start(world: &mut World, task: &MoRef) {
    let now = world.now();
    if let Some(record) = world.parts.state.tasks.get_mut(task).filter(|record| record.state == TaskState::Queued) {
        record.state = TaskState::Running;
        record.started = Some(now);
    }
}

/// Whatever CNS works on fails at once and has no effect, as when the service that does it is started anew (what such tasks tell is unverified).
pub fn fail_those_of_cns(world: &mut World) {
    let now = world.now();
    let open = |record: &&Task| record.work.is_some() && record.description.starts_with(OF_CNS);
    let tasks: Vec<MoRef> = world.parts.state.tasks.values().filter(open).map(|record| record.task.clone()).collect();
    for task in tasks {
        if let Some(record) = world.parts.state.tasks.get_mut(&task) {
            record.state = TaskState::Error;
            record.completed = Some(now);
            record.work = None;
            record.error =
                Some(fault::localized(&fault::cns("The operation was interrupted: the service has been restarted.")).into_object());
        }
        world.schedule.at(now + world.config.task_retention, Step::PurgeTask(task));
    }
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
