//! Tasks.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{KeyAnyValue, LocalizableMessage, LocalizedMethodFault, MoRef, Object, TaskInfoState, Value};

data_objects! {
    /// All that is known of a task.
    TaskInfo: DynamicData {
        key: String = "key",
        task: MoRef = "task" -> "Task",
        description: Option<LocalizableMessage> = "description",
        name: Option<String> = "name",
        description_id: String = "descriptionId",
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        entity_name: Option<String> = "entityName",
        locked: Vec<MoRef> = "locked" -> "ManagedEntity",
        state: TaskInfoState = "state",
        cancelled: bool = "cancelled",
        cancelable: bool = "cancelable",
        error: Option<LocalizedMethodFault> = "error",
        result: Option<Value> = "result",
        progress: Option<i32> = "progress",
        progress_details: Vec<KeyAnyValue> = "progressDetails" since "8.0.1.0",
        reason: Object = "reason" -> "TaskReason",
        queue_time: Timestamp = "queueTime",
        start_time: Option<Timestamp> = "startTime",
        complete_time: Option<Timestamp> = "completeTime",
        event_chain_id: i32 = "eventChainId",
        change_tag: Option<String> = "changeTag",
        parent_task_key: Option<String> = "parentTaskKey",
        root_task_key: Option<String> = "rootTaskKey",
        activation_id: Option<String> = "activationId",
    }

    /// Why a task was started.
    TaskReason: DynamicData {}

    /// A user started it.
    TaskReasonUser: TaskReason {
        user_name: String = "userName",
    }

    /// The server started it.
    TaskReasonSystem: TaskReason {}

    /// An alarm started it.
    TaskReasonAlarm: TaskReason {
        alarm_name: String = "alarmName",
        alarm: MoRef = "alarm" -> "Alarm",
        entity_name: String = "entityName",
        entity: MoRef = "entity" -> "ManagedEntity",
    }

    /// A schedule started it.
    TaskReasonSchedule: TaskReason {
        name: String = "name",
        scheduled_task: MoRef = "scheduledTask" -> "ScheduledTask",
    }
}
