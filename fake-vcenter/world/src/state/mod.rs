//! The state of a vCenter: small records of our own, in ordered tables.
//!
//! A record holds only what nothing else says. What a client sees is projected from it on request (`managed`), so
//! that a derived property (a datastore's free space, a host's VMs) cannot disagree with what it is derived from.

mod found;
mod index;
mod inventory;
mod key;
mod policy;
mod relations;
mod rest_session;
mod service;
mod session;
mod tag;
mod task;
mod user;
mod view;
mod vm;
mod volume;

use vsphere_types::MoRef;

pub use index::{VmMark, VolumeMark};
pub use inventory::{Cluster, Datacenter, Datastore, Folder, FolderKind, Host, HostConnection, Network, ResourcePool};
pub use key::{KeyProvider, KeyRef};
pub use policy::{Policy, Rule, RuleSet};
pub use rest_session::RestSession;
pub use service::Service;
pub use session::Session;
pub use tag::{Category, Tag};
pub use task::{Task, TaskState, Work};
pub use user::{Lack, READ, User, VIEW};
pub use view::View;
pub use vm::{BootDisk, CONTROLLER_SLOTS, Controller, GuestState, MAX_CONTROLLERS, PowerState, VirtualMachine};
pub use volume::{Attachment, ContainerCluster, Entity, EntityKey, Snapshot, Volume};

use crate::table::Table;
use index::Indexes;

/// All tables.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Folders, the root folder among them.
    pub folders: Table<MoRef, Folder>,
    /// Datacenters.
    pub datacenters: Table<MoRef, Datacenter>,
    /// Clusters.
    pub clusters: Table<MoRef, Cluster>,
    /// Hosts.
    pub hosts: Table<MoRef, Host>,
    /// Resource pools.
    pub pools: Table<MoRef, ResourcePool>,
    /// Datastores.
    pub datastores: Table<MoRef, Datastore>,
    /// Networks.
    pub networks: Table<MoRef, Network>,
    /// Virtual machines.
    pub vms: Table<MoRef, VirtualMachine>,
    /// Volumes, by id.
    pub volumes: Table<String, Volume>,
    /// Key providers, by name.
    pub key_providers: Table<String, KeyProvider>,
    /// Services, and whether each runs.
    pub services: Table<Service, bool>,
    /// Tasks, those that ended a while ago among them.
    pub tasks: Table<MoRef, Task>,
    /// Sessions, by key.
    pub sessions: Table<String, Session>,
    /// List and container views.
    pub views: Table<MoRef, View>,
    /// Categories of tags, by URN.
    pub categories: Table<String, Category>,
    /// Tags, by URN.
    pub tags: Table<String, Tag>,
    /// Which object carries which tag.
    pub associations: Table<(MoRef, String), ()>,
    /// Storage policies, by id.
    pub policies: Table<String, Policy>,
    /// Users, by the name that sessions show.
    pub users: Table<String, User>,
    /// Sessions of the REST endpoint, by key.
    pub rest_sessions: Table<String, RestSession>,
    indexes: Indexes,
}

/// Applies `$body` to every table of a state; a table that is not named here does not compile.
macro_rules! each_table {
    ($state:expr, $table:ident => $body:expr) => {
        each_table!($state, $table => $body;
            folders datacenters clusters hosts pools datastores networks vms
            volumes key_providers services tasks sessions views categories tags
            associations policies users rest_sessions)
    };
    ($state:expr, $table:ident => $body:expr; $($name:ident)*) => {{
        let State { $($name),*, indexes: _ } = $state;
        $({
            let $table = $name;
            $body
        })*
    }};
}

impl State {
    /// Exchanges every touched row with its before-image.
    pub fn swap(&mut self) {
        each_table!(self, table => table.swap());
    }

    /// Forgets the before-images.
    pub fn settle(&mut self) {
        self.indexes.follow(&self.vms, &self.volumes);
        each_table!(self, table => table.settle());
    }

    /// How many rows of all tables were ever looked at.
    pub fn looked(&self) -> u64 {
        let mut looked = 0;
        each_table!(self, table => looked += table.looked());
        looked
    }

    /// Whether the transaction touched anything.
    pub fn is_touched(&self) -> bool {
        let mut touched = false;
        each_table!(self, table => touched |= table.is_touched());
        touched
    }
}

/// The number in a managed object id, by which lists are ordered: `vm-12` comes before `vm-100`.
pub fn number_of(object: &MoRef) -> u64 {
    let digits = object.id.rfind(|character: char| !character.is_ascii_digit()).map_or(0, |place| place + 1);
    object.id[digits..].parse().unwrap_or(0)
}
