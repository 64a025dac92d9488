//! Methods of property collectors, filters and views.

rows! { property:
    // Not in the published tables: how pyVmomi reads one property of any object.
    served Fetch on ManagedObject (
        prop: String = "prop",
    ) returns (Option<Value>) reads of_any_type;
    served RetrievePropertiesEx on PropertyCollector (
        spec_set: Vec<PropertyFilterSpec> = "specSet" [required],
        options: RetrieveOptions = "options",
    ) returns (Option<RetrieveResult>) reads without_session of_any_type;
    served ContinueRetrievePropertiesEx on PropertyCollector (
        token: String = "token",
    ) returns (RetrieveResult) reads of_any_type;
    served CancelRetrievePropertiesEx on PropertyCollector (
        token: String = "token",
    ) returns ();
    served RetrieveProperties on PropertyCollector (
        spec_set: Vec<PropertyFilterSpec> = "specSet" [required],
    ) returns (Vec<ObjectContent>) reads without_session of_any_type;
    served CreatePropertyCollector on PropertyCollector () returns (MoRef as "PropertyCollector");
    served DestroyPropertyCollector on PropertyCollector () returns ();
    served CreateFilter on PropertyCollector (
        spec: PropertyFilterSpec = "spec",
        partial_updates: bool = "partialUpdates",
    ) returns (MoRef as "PropertyFilter");
    served DestroyPropertyFilter on PropertyFilter () returns ();
    served WaitForUpdatesEx on PropertyCollector (
        version: Option<String> = "version",
        options: Option<WaitOptions> = "options",
    ) returns (Option<UpdateSet>) reads waits of_any_type;
    served WaitForUpdates on PropertyCollector (
        version: Option<String> = "version",
    ) returns (UpdateSet) reads waits of_any_type;
    served CheckForUpdates on PropertyCollector (
        version: Option<String> = "version",
    ) returns (Option<UpdateSet>) reads of_any_type;
    served CancelWaitForUpdates on PropertyCollector () returns ();
    served CreateListView on ViewManager (
        obj: Vec<MoRef> = "obj" -> "ManagedObject",
    ) returns (MoRef as "ListView");
    known CreateListViewFromView on ViewManager (
        MoRef = "view" -> "View",
    ) returns (MoRef as "ListView");
    served ModifyListView on ListView (
        add: Vec<MoRef> = "add" -> "ManagedObject",
        remove: Vec<MoRef> = "remove" -> "ManagedObject",
    ) returns (Vec<MoRef> as "ManagedObject");
    served ResetListView on ListView (
        obj: Vec<MoRef> = "obj" -> "ManagedObject",
    ) returns (Vec<MoRef> as "ManagedObject");
    known ResetListViewFromView on ListView (
        MoRef = "view" -> "View",
    ) returns ();
    served CreateContainerView on ViewManager (
        container: MoRef = "container" -> "ManagedEntity",
        kind: Vec<String> = "type",
        recursive: bool = "recursive",
    ) returns (MoRef as "ContainerView");
    known CreateInventoryView on ViewManager () returns (MoRef as "InventoryView");
    served DestroyView on View () returns ();
    known OpenInventoryViewFolder on InventoryView (
        Vec<MoRef> = "entity" -> "ManagedEntity" [required],
    ) returns (Vec<MoRef> as "ManagedEntity");
    known CloseInventoryViewFolder on InventoryView (
        Vec<MoRef> = "entity" -> "ManagedEntity" [required],
    ) returns (Vec<MoRef> as "ManagedEntity");
}
