//! Property collectors, filters and views.

use super::core::ManagedObject;
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

    ListView: ManagedObjectView {}

    ContainerView: ManagedObjectView {
        MoRef = "container" -> "ManagedEntity",
        Vec<String> = "type",
        bool = "recursive",
    }

    InventoryView: ManagedObjectView {}
}
