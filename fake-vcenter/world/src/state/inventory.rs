//! Records of the inventory but virtual machines.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vsphere_types::MoRef;

use super::key::KeyRef;
use crate::config::DatastoreKind;

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderKind {
    /// Datacenters.
    Datacenter,
    /// Virtual machines.
    Vm,
    /// Hosts and clusters.
    Host,
    /// Datastores.
    Datastore,
    /// Networks.
    Network,
}

/// A folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    /// Its name.
    pub name: String,
    /// Where it is; nothing for the root folder.
    pub parent: Option<MoRef>,
    /// What it holds.
    pub kind: FolderKind,
}

/// A datacenter.
#[derive(Clone, Debug, PartialEq)]
pub struct Datacenter {
    /// Its name.
    pub name: String,
    /// The folder that it is in.
    pub parent: MoRef,
    /// Its VMs' folder.
    pub vm_folder: MoRef,
    /// Its hosts' folder.
    pub host_folder: MoRef,
    /// Its datastores' folder.
    pub datastore_folder: MoRef,
    /// Its networks' folder.
    pub network_folder: MoRef,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The folder that it is in.
    pub parent: MoRef,
    /// Its root resource pool.
    pub pool: MoRef,
    /// Whether HA restarts what ran on a host that failed.
    pub ha: bool,
}

/// Whether vCenter talks to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostConnection {
    /// It does.
    Connected,
    /// It would like to: the host does not answer.
    NotResponding,
    /// An administrator told it not to.
    Disconnected,
}

/// A host.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Its cluster.
    pub parent: MoRef,
    /// The datastores that it mounts.
    pub datastores: Vec<MoRef>,
    /// The networks that it has.
    pub networks: Vec<MoRef>,
    /// Whether vCenter talks to it, as far as vCenter knows.
    pub connection: HostConnection,
    /// When it failed, if it is down; vCenter learns of it some seconds later.
    pub failed: Option<Timestamp>,
    /// The keys that it holds in memory until it boots again.
    pub key_cache: BTreeSet<KeyRef>,
    /// Whether it is in maintenance mode.
    pub maintenance: bool,
    /// Its hardware's uuid.
    pub uuid: String,
}

impl Host {
    /// Whether vCenter takes it to be connected.
    pub fn connected(&self) -> bool {
        self.connection == HostConnection::Connected
    }

    /// Whether a machine may come to it and start there.
    pub fn takes_machines(&self) -> bool {
        self.reachable() && !self.maintenance
    }

    /// Whether it would carry out what it is told.
    pub fn reachable(&self) -> bool {
        self.connected() && self.failed.is_none()
    }
}

/// A resource pool.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourcePool {
    /// Its name, `Resources` for a root pool.
    pub name: String,
    /// The pool or cluster that it is in.
    pub parent: MoRef,
    /// The cluster that it belongs to.
    pub owner: MoRef,
}

/// A datastore.
#[derive(Clone, Debug, PartialEq)]
pub struct Datastore {
    /// Its name.
    pub name: String,
    /// The folder that it is in.
    pub parent: MoRef,
    /// What it lies on.
    pub kind: DatastoreKind,
    /// `ds:///vmfs/volumes/…/`, the same in every vCenter that sees it.
    pub url: String,
    /// Its size.
    pub capacity_bytes: u64,
    /// What something other than volumes has taken.
    pub used_bytes: u64,
    /// Whether something else has taken all that was free.
    pub full: bool,
    /// Whether any host can reach it.
    pub accessible: bool,
}

/// A network.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// The folder that it is in.
    pub parent: MoRef,
}

/// The number in a managed object id, by which lists are ordered: `vm-12` comes before `vm-100`.
pub fn number_of(object: &MoRef) -> u64 {
    let digits = object.id.rfind(|character: char| !character.is_ascii_digit()).map_or(0, |place| place + 1);
    object.id[digits..].parse().unwrap_or(0)
}
