//! Methods of tasks, events, and their histories.

rows! { task:
    known CancelTask on Task () returns ();
    known SetTaskDescription on Task (
        LocalizableMessage = "description",
    ) returns ();
    known SetTaskState on Task (
        TaskInfoState = "state",
        Option<Value> = "result",
        Option<LocalizedMethodFault> = "fault",
    ) returns ();
    known UpdateProgress on Task (
        i32 = "percentDone",
    ) returns ();
    known CreateTask on TaskManager (
        MoRef = "obj" -> "ManagedObject",
        String = "taskTypeId",
        Option<String> = "initiatedBy",
        bool = "cancelable",
        Option<String> = "parentTaskKey",
        Option<String> = "activationId",
    ) returns (TaskInfo);
    served CreateCollectorForTasks on TaskManager (
        filter: Object = "filter" -> "TaskFilterSpec",
    ) returns (MoRef as "TaskHistoryCollector");
    served CreateCollectorForEvents on EventManager (
        filter: Object = "filter" -> "EventFilterSpec",
    ) returns (MoRef as "EventHistoryCollector");
    served QueryEvents on EventManager (
        filter: Object = "filter" -> "EventFilterSpec",
        event_view_spec: Option<Object> = "eventViewSpec" -> "EventManagerEventViewSpec" since "9.0.0.0",
    ) returns (Vec<Object> as "Event") reads;
    served DestroyCollector on HistoryCollector () returns ();
    served SetCollectorPageSize on HistoryCollector (
        max_count: i32 = "maxCount",
    ) returns ();
    served RewindCollector on HistoryCollector () returns ();
    served ResetCollector on HistoryCollector () returns ();
    served ReadNextTasks on TaskHistoryCollector (
        max_count: i32 = "maxCount",
    ) returns (Vec<TaskInfo>);
    served ReadPreviousTasks on TaskHistoryCollector (
        max_count: i32 = "maxCount",
    ) returns (Vec<TaskInfo>);
    served ReadNextEvents on EventHistoryCollector (
        max_count: i32 = "maxCount",
    ) returns (Vec<Object> as "Event");
    served ReadPreviousEvents on EventHistoryCollector (
        max_count: i32 = "maxCount",
    ) returns (Vec<Object> as "Event");
    known PostEvent on EventManager (
        Object = "eventToPost" -> "Event",
        Option<TaskInfo> = "taskInfo",
    ) returns ();
    known LogUserEvent on EventManager (
        MoRef = "entity" -> "ManagedEntity",
        String = "msg",
    ) returns ();
}
