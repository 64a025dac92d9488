//! The state of a vCenter: small records of our own, in ordered tables.
//!
//! A record holds only what nothing else says. What a client sees is projected from it on request (`managed`), so
//! that a derived property (a datastore's free space, a host's VMs) cannot disagree with what it is derived from.

mod inventory;
mod relations;
mod session;
mod task;
mod view;
mod vm;
mod volume;

use fake_vcenter_types::MoRef;

pub use inventory::{Cluster, Datacenter, Datastore, Folder, FolderKind, Host, Network, ResourcePool};
pub use session::Session;
pub use task::{Task, TaskState, Work};
pub use view::View;
pub use vm::{BootDisk, CONTROLLER_SLOTS, Controller, MAX_CONTROLLERS, PowerState, VirtualMachine};
pub use volume::{Attachment, ContainerCluster, Entity, EntityKey, Volume};

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
    /// Tasks, those that ended a while ago among them.
    pub tasks: Table<MoRef, Task>,
    /// Sessions, by key.
    pub sessions: Table<String, Session>,
    /// List and container views.
    pub views: Table<MoRef, View>,
}

/// Applies `$body` to every table of a state.
macro_rules! each_table {
    ($state:expr, $table:ident => $body:expr) => {{
        let State { folders, datacenters, clusters, hosts, pools, datastores, networks, vms, volumes, tasks, sessions, views } = $state;
        {
            let $table = folders;
            $body
        }
        {
            let $table = datacenters;
            $body
        }
        {
            let $table = clusters;
            $body
        }
        {
            let $table = hosts;
            $body
        }
        {
            let $table = pools;
            $body
        }
        {
            let $table = datastores;
            $body
        }
        {
            let $table = networks;
            $body
        }
        {
            let $table = vms;
            $body
        }
        {
            let $table = volumes;
            $body
        }
        {
            let $table = tasks;
            $body
        }
        {
            let $table = sessions;
            $body
        }
        {
            let $table = views;
            $body
        }
    }};
}

impl State {
    /// Exchanges every touched row with its before-image.
    pub fn swap(&mut self) {
        each_table!(self, table => table.swap());
    }

    /// Forgets the before-images.
    pub fn settle(&mut self) {
        each_table!(self, table => table.settle());
    }

    /// The volumes that are disks in a VM's hardware, in the order of their device keys.
    pub fn volumes_of(&self, vm: &MoRef) -> Vec<&Volume> {
        let plugged = |volume: &&Volume| volume.attachment_to(vm).is_some_and(|attachment| attachment.in_hardware);
        let mut volumes: Vec<&Volume> = self.volumes.values().filter(plugged).collect();
        volumes.sort_by_key(|volume| volume.attachment_to(vm).map(|attachment| attachment.key));
        volumes
    }

    /// Bytes that are free on a datastore: its size without what others use and what volumes take.
    pub fn free_bytes(&self, datastore: &MoRef) -> u64 {
        let Some(record) = self.datastores.get(datastore) else { return 0 };
        let taken: u64 =
            self.volumes.values().filter(|volume| volume.datastore == *datastore && volume.takes_space).map(Volume::capacity_bytes).sum();
        record.capacity_bytes.saturating_sub(record.used_bytes).saturating_sub(taken)
    }
}

/// The number in a managed object id, by which lists are ordered: `vm-12` comes before `vm-100`.
pub fn number_of(object: &MoRef) -> u64 {
    let digits = object.id.rfind(|character: char| !character.is_ascii_digit()).map_or(0, |place| place + 1);
    object.id[digits..].parse().unwrap_or(0)
}
