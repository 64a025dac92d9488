//! Which objects there are.

use vsphere_types::MoRef;

use super::{host_auto_start_manager, host_datastore_browser, service_instance, task};
use crate::look::Look;

/// Whether there is such an object.
pub fn exists(look: &Look, object: &MoRef) -> bool {
    match object.kind.as_str() {
        "Task" => look.state.tasks.contains(object),
        "VslmTask" => task::of_catalogue(object).is_some_and(|task| look.state.tasks.contains(&task)),
        "HostDatastoreBrowser" => {
            host_datastore_browser::datastore(object).is_some_and(|datastore| look.state.datastores.contains(&datastore))
        }
        "HostAutoStartManager" => host_auto_start_manager::host(object).is_some_and(|host| look.state.hosts.contains(&host)),
        "ListView" | "ContainerView" | "TaskHistoryCollector" | "EventHistoryCollector" => {
            look.state.views.get(object).is_some_and(|view| look.viewer.is_none_or(|key| view.session() == key))
        }
        _ => {
            look.state.has_entity(object) || service_instance::SINGLETONS.iter().any(|(kind, id)| object.kind == *kind && object.id == *id)
        }
    }
}
