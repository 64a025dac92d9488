//! Tasks, events and their histories.

use super::core::ManagedObject;
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
        Vec<TaskInfo> = "latestPage",
    }

    EventHistoryCollector: HistoryCollector {
        Vec<Object> = "latestPage" -> "Event",
        Option<bool> = "initialized" since "8.0.3.0",
    }
}
