//! Task.
//!
//! Modelled: its whole life as `info` tells it, and its end some minutes after it is over. Not modelled: cancelling,
//! progress in steps, child tasks, which vCenter lists beside the tasks of CNS.

use vsphere_types::{DataObject, LocalizedMethodFault, MoRef, TaskInfo, TaskInfoState, TaskReasonUser, Value};

use super::value::data;
use crate::state::{Task, TaskState};

/// The task that VSLM, the service of first class disks, shows by another name.
pub fn of_catalogue(object: &MoRef) -> Option<MoRef> {
    (object.kind == "VslmTask").then(|| MoRef::new("Task", object.id.clone()))
}

/// Reads one of its own properties.
pub fn property(task: &Task, name: &str) -> Option<Value> {
    match name {
        "info" => Some(data(info(task))),
        _ => None,
    }
}

/// All that is known of it.
pub fn info(task: &Task) -> TaskInfo {
    let state = match task.state {
        TaskState::Queued => TaskInfoState::Queued,
        TaskState::Running => TaskInfoState::Running,
        TaskState::Success => TaskInfoState::Success,
        TaskState::Error => TaskInfoState::Error,
    };
    TaskInfo {
        key: task.task.id.clone(),
        task: task.task.clone(),
        description_id: task.description.to_owned(),
        entity: Some(task.entity.clone()),
        entity_name: Some(task.entity_name.clone()),
        state,
        cancelled: false,
        cancelable: false,
        error: task.error.as_ref().and_then(|error| LocalizedMethodFault::from_object(error).ok()),
        result: task.result.clone(),
        progress: if task.state == TaskState::Running { Some(0) } else { None },
        reason: TaskReasonUser { user_name: task.user.clone() }.into_object(),
        queue_time: task.queued,
        start_time: task.started,
        complete_time: task.completed,
        event_chain_id: task.chain,
        activation_id: Some(task.activation.clone()),
        ..TaskInfo::default()
    }
}
