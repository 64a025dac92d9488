//! The managed objects as clients see them: one file each, with a projection from our records to its properties.
//!
//! A property is projected when it is read and not before. Properties that the type has and that nothing here models
//! are unset, or empty where they are arrays.

mod authorization_manager;
mod cluster_compute_resource;
pub mod crypto_manager;
mod datacenter;
mod datastore;
pub mod event;
mod existence;
mod folder;
mod guest_operations_manager;
mod history_collector;
mod host_auto_start_manager;
mod host_datastore_browser;
mod host_system;
mod license_manager;
mod managed_entity;
mod network;
mod resource_pool;
mod service_instance;
mod session_manager;
pub mod task;
mod task_manager;
mod value;
mod view;
mod virtual_machine;

use vsphere_types::{Array, MoRef, Value, type_info};

use crate::look::Look;

pub use authorization_manager::permissions;
pub use existence::exists;
pub use host_datastore_browser::{browser, datastore as browsed_datastore};
pub use service_instance::{service_content, singleton};
pub use session_manager::user_session;
pub use task::of_catalogue as catalogue_task;
pub use value::{array, signed};
pub use view::contains;

/// Reads one property by its own name.
pub fn top_level(look: &Look, object: &MoRef, name: &str) -> Option<Value> {
    let state = look.state;
    let own = match object.kind.as_str() {
        "Folder" => state.folders.get(object).and_then(|row| folder::property(look, object, row, name)),
        "Datacenter" => state.datacenters.get(object).and_then(|row| datacenter::property(look, object, row, name)),
        "ClusterComputeResource" => state.clusters.get(object).and_then(|row| cluster_compute_resource::property(look, object, row, name)),
        "HostSystem" => state.hosts.get(object).and_then(|row| host_system::property(look, object, row, name)),
        "ResourcePool" => state.pools.get(object).and_then(|row| resource_pool::property(look, object, row, name)),
        "Datastore" => state.datastores.get(object).and_then(|row| datastore::property(look, object, row, name)),
        "Network" => state.networks.get(object).and_then(|row| network::property(look, object, row, name)),
        "VirtualMachine" => state.vms.get(object).and_then(|row| virtual_machine::property(look, object, row, name)),
        "Task" => state.tasks.get(object).and_then(|row| task::property(row, name)),
        "ListView" | "ContainerView" => state.views.get(object).and_then(|row| view::property(look, row, name)),
        "TaskHistoryCollector" | "EventHistoryCollector" => {
            state.views.get(object).and_then(|row| history_collector::property(row, name, &object.kind))
        }
        "HostDatastoreBrowser" => host_datastore_browser::property(object, name),
        "HostAutoStartManager" => host_auto_start_manager::property(name),
        "GuestOperationsManager" => guest_operations_manager::property(name),
        "LicenseManager" => license_manager::property(name),
        "EventManager" => event::manager_property(name),
        "ServiceInstance" => service_instance::property(look, name),
        "SessionManager" => session_manager::property(look, name),
        "CryptoManagerKmip" => crypto_manager::property(look, name),
        "TaskManager" => task_manager::property(look, name),
        "ViewManager" => view::manager_property(look, name),
        "AuthorizationManager" => authorization_manager::property(look, name),
        _ => None,
    };
    own.or_else(|| managed_entity::property(look, object, name)).or_else(|| empty(look, object, name))
}

/// A part of a property, and how many steps of the path lead to it, where it can be had without the rest.
pub fn part(look: &Look, object: &MoRef, path: &str) -> Option<(Value, usize)> {
    let row = (object.kind == "VirtualMachine").then(|| look.state.vms.get(object))??;
    virtual_machine::part(look, object, row, path)
}

/// An array that nothing models is empty rather than unset; nothing is read off without a session.
fn empty(look: &Look, object: &MoRef, name: &str) -> Option<Value> {
    if object.kind == "SessionManager" && !look.authenticated() {
        return None;
    }
    let field = type_info(&object.kind)?.field(name)?;
    field.array.then(|| Value::Array(Array { item_type: field.declared.item_type().into(), items: Vec::new() }))
}
