//! Methods of tasks, events, and their histories.

use crate::table::methods;
use crate::{LocalizableMessage, LocalizedMethodFault, MoRef, Object, TaskInfo, TaskInfoState, Value};

methods! {
    "CancelTask" on "Task" () returns ();
    "SetTaskDescription" on "Task" (
        LocalizableMessage = "description",
    ) returns ();
    "SetTaskState" on "Task" (
        TaskInfoState = "state",
        Option<Value> = "result",
        Option<LocalizedMethodFault> = "fault",
    ) returns ();
    "UpdateProgress" on "Task" (
        i32 = "percentDone",
    ) returns ();
    "CreateTask" on "TaskManager" (
        MoRef = "obj" -> "ManagedObject",
        String = "taskTypeId",
        Option<String> = "initiatedBy",
        bool = "cancelable",
        Option<String> = "parentTaskKey",
        Option<String> = "activationId",
    ) returns (TaskInfo = "returnval");
    "CreateCollectorForTasks" on "TaskManager" (
        Object = "filter" -> "TaskFilterSpec",
    ) returns (MoRef = "returnval" -> "TaskHistoryCollector");
    "CreateCollectorForEvents" on "EventManager" (
        Object = "filter" -> "EventFilterSpec",
    ) returns (MoRef = "returnval" -> "EventHistoryCollector");
    "QueryEvents" on "EventManager" (
        Object = "filter" -> "EventFilterSpec",
        Option<Object> = "eventViewSpec" -> "EventManagerEventViewSpec" since "9.0.0.0",
    ) returns (Vec<Object> = "returnval" -> "Event");
    "DestroyCollector" on "HistoryCollector" () returns ();
    "SetCollectorPageSize" on "HistoryCollector" (
        i32 = "maxCount",
    ) returns ();
    "RewindCollector" on "HistoryCollector" () returns ();
    "ResetCollector" on "HistoryCollector" () returns ();
    "ReadNextTasks" on "TaskHistoryCollector" (
        i32 = "maxCount",
    ) returns (Vec<TaskInfo> = "returnval");
    "ReadPreviousTasks" on "TaskHistoryCollector" (
        i32 = "maxCount",
    ) returns (Vec<TaskInfo> = "returnval");
    "ReadNextEvents" on "EventHistoryCollector" (
        i32 = "maxCount",
    ) returns (Vec<Object> = "returnval" -> "Event");
    "ReadPreviousEvents" on "EventHistoryCollector" (
        i32 = "maxCount",
    ) returns (Vec<Object> = "returnval" -> "Event");
    "PostEvent" on "EventManager" (
        Object = "eventToPost" -> "Event",
        Option<TaskInfo> = "taskInfo",
    ) returns ();
    "LogUserEvent" on "EventManager" (
        MoRef = "entity" -> "ManagedEntity",
        String = "msg",
    ) returns ();
}
