//! Property collector: filters, reads, updates.

use crate::table::data_objects;
use crate::{LocalizedMethodFault, MoRef, Object, ObjectUpdateKind, PropertyChangeOp, Value};

data_objects! {
    /// Which properties of which objects.
    PropertyFilterSpec: DynamicData {
        prop_set: Vec<PropertySpec> = "propSet" [required],
        object_set: Vec<ObjectSpec> = "objectSet" [required],
        report_missing_objects_in_results: Option<bool> = "reportMissingObjectsInResults",
    }

    /// Properties of a type; an object of a subtype matches too.
    PropertySpec: DynamicData {
        kind: String = "type",
        all: Option<bool> = "all",
        path_set: Vec<String> = "pathSet",
    }

    /// An object to start from, and how to go on from it.
    ObjectSpec: DynamicData {
        obj: MoRef = "obj" -> "ManagedObject",
        skip: Option<bool> = "skip",
        select_set: Vec<Object> = "selectSet" -> "SelectionSpec",
    }

    /// A named selection; without a traversal of its own it names one that stands elsewhere.
    SelectionSpec: DynamicData {
        name: Option<String> = "name",
    }

    /// Goes from objects of a type along one property.
    TraversalSpec: SelectionSpec {
        kind: String = "type",
        path: String = "path",
        skip: Option<bool> = "skip",
        select_set: Vec<Object> = "selectSet" -> "SelectionSpec",
    }

    /// The size of a page.
    RetrieveOptions: DynamicData {
        max_objects: Option<i32> = "maxObjects",
    }

    /// A page of objects.
    RetrieveResult: DynamicData {
        token: Option<String> = "token",
        objects: Vec<ObjectContent> = "objects" [required],
    }

    /// An object and what was read of it.
    ObjectContent: DynamicData {
        obj: MoRef = "obj" -> "ManagedObject",
        prop_set: Vec<DynamicProperty> = "propSet",
        missing_set: Vec<MissingProperty> = "missingSet",
    }

    /// A property path and its value.
    DynamicProperty: DynamicData {
        name: String = "name",
        val: Value = "val",
    }

    /// A property that could not be read, and why.
    MissingProperty: DynamicData {
        path: String = "path",
        fault: LocalizedMethodFault = "fault",
    }

    /// How long to wait, and for how much.
    WaitOptions: DynamicData {
        max_wait_seconds: Option<i32> = "maxWaitSeconds",
        max_object_updates: Option<i32> = "maxObjectUpdates",
    }

    /// What changed since the version that the client named.
    UpdateSet: DynamicData {
        version: String = "version",
        filter_set: Vec<PropertyFilterUpdate> = "filterSet",
        truncated: Option<bool> = "truncated",
    }

    /// What changed for one filter.
    PropertyFilterUpdate: DynamicData {
        filter: MoRef = "filter" -> "PropertyFilter",
        object_set: Vec<ObjectUpdate> = "objectSet",
        missing_set: Vec<MissingObject> = "missingSet",
    }

    /// What changed of one object.
    ObjectUpdate: DynamicData {
        kind: ObjectUpdateKind = "kind",
        obj: MoRef = "obj" -> "ManagedObject",
        change_set: Vec<PropertyChange> = "changeSet",
        missing_set: Vec<MissingProperty> = "missingSet",
    }

    /// What changed at one path.
    PropertyChange: DynamicData {
        name: String = "name",
        op: PropertyChangeOp = "op",
        val: Option<Value> = "val",
    }

    /// An object that could not be reached, and why.
    MissingObject: DynamicData {
        obj: MoRef = "obj" -> "ManagedObject",
        fault: LocalizedMethodFault = "fault",
    }
}
