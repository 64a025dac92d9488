//! Methods of property collectors, filters and views.

use crate::table::methods;
use crate::{MoRef, ObjectContent, PropertyFilterSpec, RetrieveOptions, RetrieveResult, UpdateSet, Value, WaitOptions};

methods! {
    // Not in the published tables: how pyVmomi reads one property of any object.
    "Fetch" on "ManagedObject" (
        String = "prop",
    ) returns (Option<Value> = "returnval");
    "RetrievePropertiesEx" on "PropertyCollector" (
        Vec<PropertyFilterSpec> = "specSet" [required],
        RetrieveOptions = "options",
    ) returns (Option<RetrieveResult> = "returnval");
    "ContinueRetrievePropertiesEx" on "PropertyCollector" (
        String = "token",
    ) returns (RetrieveResult = "returnval");
    "CancelRetrievePropertiesEx" on "PropertyCollector" (
        String = "token",
    ) returns ();
    "RetrieveProperties" on "PropertyCollector" (
        Vec<PropertyFilterSpec> = "specSet" [required],
    ) returns (Vec<ObjectContent> = "returnval");
    "CreatePropertyCollector" on "PropertyCollector" () returns (MoRef = "returnval" -> "PropertyCollector");
    "DestroyPropertyCollector" on "PropertyCollector" () returns ();
    "CreateFilter" on "PropertyCollector" (
        PropertyFilterSpec = "spec",
        bool = "partialUpdates",
    ) returns (MoRef = "returnval" -> "PropertyFilter");
    "DestroyPropertyFilter" on "PropertyFilter" () returns ();
    "WaitForUpdatesEx" on "PropertyCollector" (
        Option<String> = "version",
        Option<WaitOptions> = "options",
    ) returns (Option<UpdateSet> = "returnval");
    "WaitForUpdates" on "PropertyCollector" (
        Option<String> = "version",
    ) returns (UpdateSet = "returnval");
    "CheckForUpdates" on "PropertyCollector" (
        Option<String> = "version",
    ) returns (Option<UpdateSet> = "returnval");
    "CancelWaitForUpdates" on "PropertyCollector" () returns ();
    "CreateListView" on "ViewManager" (
        Vec<MoRef> = "obj" -> "ManagedObject",
    ) returns (MoRef = "returnval" -> "ListView");
    "CreateListViewFromView" on "ViewManager" (
        MoRef = "view" -> "View",
    ) returns (MoRef = "returnval" -> "ListView");
    "ModifyListView" on "ListView" (
        Vec<MoRef> = "add" -> "ManagedObject",
        Vec<MoRef> = "remove" -> "ManagedObject",
    ) returns (Vec<MoRef> = "returnval" -> "ManagedObject");
    "ResetListView" on "ListView" (
        Vec<MoRef> = "obj" -> "ManagedObject",
    ) returns (Vec<MoRef> = "returnval" -> "ManagedObject");
    "ResetListViewFromView" on "ListView" (
        MoRef = "view" -> "View",
    ) returns ();
    "CreateContainerView" on "ViewManager" (
        MoRef = "container" -> "ManagedEntity",
        Vec<String> = "type",
        bool = "recursive",
    ) returns (MoRef = "returnval" -> "ContainerView");
    "CreateInventoryView" on "ViewManager" () returns (MoRef = "returnval" -> "InventoryView");
    "DestroyView" on "View" () returns ();
    "OpenInventoryViewFolder" on "InventoryView" (
        Vec<MoRef> = "entity" -> "ManagedEntity" [required],
    ) returns (Vec<MoRef> = "returnval" -> "ManagedEntity");
    "CloseInventoryViewFolder" on "InventoryView" (
        Vec<MoRef> = "entity" -> "ManagedEntity" [required],
    ) returns (Vec<MoRef> = "returnval" -> "ManagedEntity");
}
