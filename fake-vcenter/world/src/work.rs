//! What tasks do when their time has come: who does each kind of work, and how it ends.

use std::sync::Arc;

use vsphere_types::{DataObject, Fault, Method, MoRef, Value};

use crate::fault;
use crate::machines::{power, reconfigure, remove};
use crate::operations::keys::statuses;
use crate::schedule::Step;
use crate::state::{TaskState, Work};
use crate::storage;
use crate::world::{Orphan, World};

/// The task's work is done: all of it, or none.
pub fn finish(world: &mut World, task: &MoRef) {
    let Some((work, method)) = world.parts.state.tasks.get(task).map(|record| (record.work.clone(), record.method)) else {
        if let Some(Orphan { work, user }) = world.orphaned.remove(task) {
            world.acting = user;
            // Nobody is left to be told how it went.
            if carry_out(world, Arc::unwrap_or_clone(work)).is_err() {
                world.roll_back();
            }
            world.acting.clear();
        }
        return;
    };
    // What has failed while it ran has ended already.
    let Some(work) = work else { return };
    world.acting = world.parts.state.tasks.get(task).map(|record| record.user.clone()).unwrap_or_default();
    let outcome = as_planned(world, Arc::unwrap_or_clone(work), method);
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
    let work = record_work(world, task).or_else(|| world.orphaned.get(task).map(|orphan| Arc::clone(&orphan.work)));
    let begun = match work.as_deref() {
        Some(Work::Reconfigure { vm, spec }) => reconfigure::begin(world, vm, spec),
        Some(Work::UpdateCrypto { id, step, cns }) => storage::crypto::begin(world, id, step, *cns),
        _ => Ok(()),
    };
    if begun.is_err() {
        world.roll_back();
    }
}

/// Does a task's work; answers its result. What fails inside of a result has changed nothing.
fn carry_out(world: &mut World, work: Work) -> Result<Option<Value>, Fault> {
    Ok(Some(match work {
        Work::Power { vm, change } => return power::change(world, &vm, &change).map(|()| None),
        Work::Destroy { vm } => return remove::destroy(world, &vm).map(|()| None),
        Work::Reconfigure { vm, spec } => return reconfigure::apply(world, &vm, &spec).map(|()| None),
        Work::ProviderStatus { providers } => statuses(&world.parts.state, &providers),
        Work::CreateVolume { spec, id } => storage::create::finish(world, &spec, &id),
        Work::DeleteVolume { id, delete_disk } => storage::delete::finish(world, &id, delete_disk),
        Work::AttachVolume { id, vm } => storage::attach::finish(world, &id, &vm),
        Work::DetachVolume { id, vm } => storage::detach::finish(world, &id, &vm),
        Work::ExtendVolume { id, capacity_mb } => storage::extend::finish(world, &id, capacity_mb),
        Work::UpdateMetadata { spec } => storage::metadata::finish(world, &spec),
        Work::QueryVolumes { filter, selection } => storage::query::finish(world, &filter, selection.as_ref()),
        Work::QueryVolumeInfo { ids } => storage::query::below(&world.parts, &ids),
        Work::CreateSnapshot { spec, id } => storage::snapshots::create(world, &spec, &id)?,
        Work::DeleteSnapshot { volume, id } => storage::snapshots::delete(world, &volume, &id),
        Work::QuerySnapshots { filter } => storage::snapshots::query(world, &filter)?,
        Work::Disk(work) => return storage::disks::carry_out(world, work),
        Work::UpdateCrypto { id, step, cns: false } => return storage::crypto::update(world, &id, &step, false).map(|()| None),
        Work::UpdateCrypto { id, step, cns: true } => storage::crypto::finish(world, &id, &step),
        Work::SearchDatastore { datastore, folder, patterns, below } => {
            storage::files::search(&world.parts.state, &datastore, &folder, &patterns, below)?
        }
    }))
}
