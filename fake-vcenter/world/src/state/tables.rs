//! All tables, and what is done to all of them.

use vsphere_types::MoRef;

use super::index::Indexes;
use super::inventory::{Cluster, Datacenter, Datastore, Folder, Host, Network, ResourcePool};
use super::key::KeyProvider;
use super::policy::Policy;
use super::rest_session::RestSession;
use super::service::Service;
use super::session::Session;
use super::tag::{Category, Tag};
use super::task::Task;
use super::user::User;
use super::view::View;
use super::vm::VirtualMachine;
use super::volume::Volume;
use crate::table::Table;

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
    /// What rows are found by.
    pub(super) indexes: Indexes,
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
