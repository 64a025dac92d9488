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

use jiff::Timestamp;
use vsphere_types::{Array, Fault, MoRef, Value, type_info};

use crate::fault;
use crate::release::Release;
use crate::state::{READ, State, VIEW};

pub use authorization_manager::permissions;
pub use history_collector::list as history_list;
pub use host_datastore_browser::{browser, datastore as browsed_datastore};
pub use service_instance::{service_content, singleton};
pub use session_manager::user_session;
pub use value::{array, references, signed};
pub use view::contains;

/// What does not change while a vCenter runs, and the time.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The release that it plays.
    pub release: Release,
    /// `About.instanceUuid`.
    pub instance_uuid: String,
    /// The instant of the running call or step.
    pub now: Timestamp,
}

/// A look at the state, by somebody.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The state.
    pub state: &'a State,
    /// What else is shown.
    pub facts: &'a Facts,
    /// Key of the session that looks.
    pub viewer: Option<&'a str>,
}

impl Look<'_> {
    /// Whether somebody who logged in looks.
    pub fn authenticated(&self) -> bool {
        self.viewer.is_some()
    }

    /// Whether the looker's account lacks anything.
    pub fn is_limited(&self) -> bool {
        let session = self.viewer.and_then(|key| self.state.sessions.get(key));
        session.and_then(|session| self.state.users.get(&session.user)).is_some_and(|user| !user.lacks.is_empty())
    }

    /// Why the looker may not read this object, if so: without a session only what is needed to get one can be read.
    pub fn refusal(&self, object: &MoRef) -> Option<Fault> {
        if !self.authenticated() {
            let open = matches!(object.kind.as_str(), "ServiceInstance" | "SessionManager");
            return (!open).then(|| fault::not_authenticated(object));
        }
        (!self.holds(READ, object)).then(|| fault::no_permission(object, READ))
    }

    /// Whether the looker may know that this object is there.
    pub fn sees(&self, object: &MoRef) -> bool {
        self.holds(VIEW, object)
    }

    /// Entities and their tasks are guarded; singletons and what belongs to a session are not.
    fn holds(&self, privilege: &str, object: &MoRef) -> bool {
        let Some(session) = self.viewer.and_then(|key| self.state.sessions.get(key)) else { return true };
        let guarded = self.state.has_entity(object) || object.kind == "Task";
        !guarded || self.state.holds(&session.user, privilege, object)
    }
}

/// Whether there is such an object.
pub fn exists(look: &Look, object: &MoRef) -> bool {
    match object.kind.as_str() {
        "Task" => look.state.tasks.contains(object),
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
    field.array.then(|| Value::Array(Array { item_type: field.declared.item_type().to_owned(), items: Vec::new() }))
}
