//! The task engine: a task is asked for, taken by a worker, done, and some minutes later gone.
//!
//! Its effect is judged and seen at the end, in one transaction with its state. Operations on one VM wait for each
//! other; all others run side by side. Not modelled: limits of workers, cancelling, progress in steps.

use fake_vcenter_types::{DataObject, Fault, MoRef, Value};
use jiff::Timestamp;

use crate::fault;
use crate::latency::Range;
use crate::schedule::Step;
use crate::state::{PowerState, Task, TaskState, Work};
use crate::storage;
use crate::world::World;

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
    let user = world.parts.state.sessions.get(&session.to_owned()).map(|session| session.user.clone()).unwrap_or_default();
    let record = Task {
        task: task.clone(),
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
        work: order.work,
    };
    world.parts.state.tasks.insert(task.clone(), record);
    world.schedule.at(started, Step::StartTask(task.clone()));
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
    let Some(work) = world.parts.state.tasks.get(task).map(|record| record.work.clone()) else {
        if let Some(work) = world.orphaned.remove(task) {
            // Nobody is left to be told how it went.
            drop(carry_out(world, work));
        }
        return;
    };
    let outcome = carry_out(world, work);
    let now = world.now();
    let Some(record) = world.parts.state.tasks.get_mut(task) else { return };
    record.completed = Some(now);
    match outcome {
        Ok(result) => {
            record.state = TaskState::Success;
            record.result = result;
        }
        Err(fault) => {
            record.state = TaskState::Error;
            record.error = Some(fault::localized(&fault).into_object());
        }
    }
    world.schedule.at(now + world.config.task_retention, Step::PurgeTask(task.clone()));
}

/// A task that ended a while ago goes.
pub fn purge(world: &mut World, task: &MoRef) {
    world.parts.state.tasks.remove(task);
    let now = world.now();
    world.busy.retain(|_, free: &mut Timestamp| *free > now);
}

fn carry_out(world: &mut World, work: Work) -> Result<Option<Value>, Fault> {
    match work {
        Work::Power { vm, state } => power(world, &vm, state).map(|()| None),
        Work::Destroy { vm } => destroy(world, &vm).map(|()| None),
        other => storage::finish(world, other).map(Some),
    }
}

/// Switches a VM.
pub fn power(world: &mut World, vm: &MoRef, wanted: PowerState) -> Result<(), Fault> {
    let now = world.now();
    let record = world.parts.state.vms.get_mut(vm).ok_or_else(|| fault::not_found(vm))?;
    if record.power == wanted {
        return Err(fault::invalid_power_state(wanted, record.power));
    }
    record.power = wanted;
    record.boot_time = (wanted == PowerState::PoweredOn).then_some(now);
    Ok(())
}

/// Deletes a VM that does not run.
fn destroy(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if record.power == PowerState::PoweredOn {
        return Err(fault::invalid_power_state(PowerState::PoweredOff, record.power));
    }
    remove_vm(world, vm)
}

/// Takes a VM out of the inventory. Its volumes are first class disks that outlive it, detached.
pub fn remove_vm(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    world.parts.state.vms.remove(vm).ok_or_else(|| fault::not_found(vm))?;
    let attached = world.parts.state.volumes.values().filter(|volume| volume.attachment_to(vm).is_some());
    for id in attached.map(|volume| volume.id.clone()).collect::<Vec<_>>() {
        if let Some(volume) = world.parts.state.volumes.get_mut(&id) {
            volume.attachments.retain(|attachment| attachment.vm != *vm);
        }
    }
    Ok(())
}
