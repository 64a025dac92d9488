//! Property collectors, filters and views.

use crate::table::managed_objects;
use crate::{MoRef, PropertyFilterSpec};

managed_objects! {
    PropertyCollector: ManagedObject {
        Vec<MoRef> = "filter" -> "PropertyFilter",
    }

    PropertyFilter: ManagedObject {
        PropertyFilterSpec = "spec",
        bool = "partialUpdates",
    }

    ViewManager: ManagedObject {
        Vec<MoRef> = "viewList" -> "View",
    }

    View: ManagedObject {}

    ManagedObjectView: View {
        Vec<MoRef> = "view" -> "ManagedObject",
    }

    ListView: ManagedObjectView {
        Vec<MoRef> = "view" -> "ManagedObject",
    }

    ContainerView: ManagedObjectView {
        Vec<MoRef> = "view" -> "ManagedObject",
        MoRef = "container" -> "ManagedEntity",
        Vec<String> = "type",
        bool = "recursive",
    }

    InventoryView: ManagedObjectView {
        Vec<MoRef> = "view" -> "ManagedObject",
    }
}
