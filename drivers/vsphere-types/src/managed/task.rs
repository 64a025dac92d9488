//! Tasks, events and their histories.

use crate::table::managed_objects;
use crate::{CustomFieldDef, MoRef, Object, TaskInfo, Value};

managed_objects! {
    TaskManager: ManagedObject {
        Vec<MoRef> = "recentTask" -> "Task",
        Object = "description" -> "TaskDescription",
        i32 = "maxCollector",
    }

    ExtensibleManagedObject: ManagedObject {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
    }

    Task: ExtensibleManagedObject {
        Vec<Object> = "value" -> "CustomFieldValue",
        Vec<CustomFieldDef> = "availableField",
        TaskInfo = "info",
    }

    EventManager: ManagedObject {
        Object = "description" -> "EventDescription",
        Option<Object> = "latestEvent" -> "Event",
        i32 = "maxCollector",
    }

    HistoryCollector: ManagedObject {
        Value = "filter",
    }

    TaskHistoryCollector: HistoryCollector {
        Value = "filter",
        Vec<TaskInfo> = "latestPage",
    }

    EventHistoryCollector: HistoryCollector {
        Value = "filter",
        Vec<Object> = "latestPage" -> "Event",
        Option<bool> = "initialized" since "8.0.3.0",
    }
}
