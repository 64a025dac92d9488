//! What a vCenter is built from.

mod disks;
mod policies;
mod tags;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use vsphere_types::Method;

pub use disks::DiskConfig;
pub use policies::{PolicyConfig, PolicyRule};
pub use tags::{Cardinality, CategoryConfig, TagConfig, TagTarget, TagsConfig};

use crate::latency::LatencyProfile;
use crate::release::Release;
use crate::rules::Rules;
use crate::state::GuestAdapter;

/// Everything that makes one vCenter differ from another.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// Its name, `vc-a`; the store's name in the journal.
    pub name: String,
    /// The release that it plays.
    pub release: Release,
    /// `About.instanceUuid`; grown from the seed when not given.
    pub instance_uuid: Option<String>,
    /// What is there at first.
    pub inventory: InventoryConfig,
    /// Who may log in.
    pub users: Vec<UserConfig>,
    /// Categories and tags.
    pub tags: TagsConfig,
    /// Storage policies, beside those that every vCenter has.
    pub policies: Vec<PolicyConfig>,
    /// Where keys come from.
    pub key_providers: Vec<KeyProviderConfig>,
    /// Disks that somebody made by hand before.
    pub disks: Vec<DiskConfig>,
    /// Numbers of managed object ids count on from here; the same in two vCenters makes their ids collide.
    pub first_number: u64,
    /// How long tasks take.
    pub latency: LatencyProfile,
    /// Methods whose tasks take just so long once they have their turn, whatever `latency` says; but for creates that find their volume.
    pub task_times: BTreeMap<Method, Duration>,
    /// When an account is locked.
    pub lock_out: LockOut,
    /// A session that makes no call for so long ends.
    pub session_idle: Duration,
    /// A session ends so long after its login, however busy it is; never when not given.
    pub session_absolute: Option<Duration>,
    /// A REST session that makes no call for so long ends.
    pub rest_session_idle: Duration,
    /// How many REST sessions one user may have at a time.
    pub rest_session_limit: usize,
    /// A task that has ended is gone after so long.
    pub task_retention: Duration,
    /// How many transactions of change are kept for readers of property updates.
    pub change_window: usize,
    /// What its calendar shows when it begins; from then on it goes by the instants that it is told, none of which lies before.
    pub begins: Timestamp,
    /// What tests switch off.
    pub rules: Rules,
}

impl WorldConfig {
    /// A vCenter of this name without inventory, with one administrator.
    pub fn new(name: &str, release: Release) -> Self {
        Self {
            name: name.to_owned(),
            release,
            instance_uuid: None,
            inventory: InventoryConfig::default(),
            users: vec![UserConfig::administrator("administrator@vsphere.local", "seatrial")],
            tags: TagsConfig::default(),
            policies: Vec::new(),
            key_providers: Vec::new(),
            disks: Vec::new(),
            first_number: 1,
            latency: LatencyProfile::default(),
            task_times: BTreeMap::new(),
            lock_out: LockOut::default(),
            session_idle: Duration::from_mins(30),
            session_absolute: None,
            rest_session_idle: Duration::from_hours(1),
            rest_session_limit: 550,
            task_retention: Duration::from_mins(10),
            change_window: 10_000,
            begins: seatrial_journal::epoch(),
            rules: Rules::default(),
        }
    }

    /// One datacenter `dc-1` with one cluster `prod` of `hosts` hosts, one vSAN datastore `vsan-a`, and `nodes` VMs `worker-N`.
    pub fn small(name: &str, hosts: usize, nodes: usize) -> Self {
        let mut config = Self::new(name, Release::V8_0U3);
        config.inventory.datacenters.push(DatacenterConfig {
            name: "dc-1".to_owned(),
            clusters: vec![ClusterConfig::new("prod", hosts, &["vsan-a"])],
            datastores: vec![DatastoreConfig::vsan("vsan-a", 1024)],
            networks: vec!["VM Network".to_owned()],
            vms: (1..=nodes).map(|number| VmConfig::node(&format!("worker-{number}"), number)).collect(),
        });
        config
    }
}

/// When single sign-on locks an account, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// So many refusals lock it.
    pub refusals: usize,
    /// Within this time.
    pub within: Duration,
    /// For so long after the last of them.
    pub lasts: Duration,
}

impl Default for LockOut {
    /// As a vCenter is delivered: five in three minutes lock for five minutes.
    fn default() -> Self {
        Self { refusals: 5, within: Duration::from_mins(3), lasts: Duration::from_mins(5) }
    }
}

/// Who may log in: an administrator, less the privileges that are named.
#[derive(Clone)]
pub struct UserConfig {
    /// `administrator@vsphere.local`.
    pub name: String,
    /// In clear: nobody is protected by it.
    pub password: String,
    /// Privileges that the account does not hold: `Cns.Searchable` nowhere, `System.Read@dc-1` not on the entity of this
    /// name and what is inside of it.
    pub lacks: Vec<String>,
}

impl UserConfig {
    /// An account that holds every privilege.
    pub fn administrator(name: &str, password: &str) -> Self {
        Self { name: name.to_owned(), password: password.to_owned(), lacks: Vec::new() }
    }
}

impl std::fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserConfig").field("name", &self.name).field("lacks", &self.lacks).finish_non_exhaustive()
    }
}

/// The inventory at first.
#[derive(Clone, Debug, Default)]
pub struct InventoryConfig {
    /// Its datacenters, all in the root folder.
    pub datacenters: Vec<DatacenterConfig>,
}

/// A datacenter and what is in it.
#[derive(Clone, Debug)]
pub struct DatacenterConfig {
    /// Its name.
    pub name: String,
    /// Its clusters.
    pub clusters: Vec<ClusterConfig>,
    /// Its datastores.
    pub datastores: Vec<DatastoreConfig>,
    /// Its networks; at least one is made.
    pub networks: Vec<String>,
    /// Its virtual machines.
    pub vms: Vec<VmConfig>,
}

/// A cluster and its hosts.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// Its name.
    pub name: String,
    /// How many hosts it has.
    pub hosts: usize,
    /// The datastores that all its hosts mount, by name.
    pub datastores: Vec<String>,
    /// Whether HA restarts what ran on a host that failed.
    pub ha: bool,
}

impl ClusterConfig {
    /// A cluster with HA.
    pub fn new(name: &str, hosts: usize, datastores: &[&str]) -> Self {
        Self { name: name.to_owned(), hosts, datastores: datastores.iter().map(|name| (*name).to_owned()).collect(), ha: true }
    }
}

/// Who keeps the keys of a key provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProviderKind {
    /// Servers that speak KMIP, outside of vCenter.
    Standard,
    /// vCenter and the hosts themselves.
    Native,
}

/// A key provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProviderConfig {
    /// Its name, which is its id.
    pub name: String,
    /// Who keeps its keys.
    pub kind: KeyProviderKind,
    /// Whether keys are taken from it when nobody says from where.
    pub default: bool,
}

impl KeyProviderConfig {
    /// A provider of KMIP servers that is not the default.
    pub fn standard(name: &str) -> Self {
        Self { name: name.to_owned(), kind: KeyProviderKind::Standard, default: false }
    }
}

/// What a datastore lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatastoreKind {
    /// vSAN.
    Vsan,
    /// A VMFS volume.
    Vmfs,
    /// An NFS export.
    Nfs,
}

/// A datastore.
#[derive(Clone, Debug)]
pub struct DatastoreConfig {
    /// Its name.
    pub name: String,
    /// What it lies on.
    pub kind: DatastoreKind,
    /// Its size.
    pub capacity_gib: u64,
    /// What something other than volumes has taken of it.
    pub used_gib: u64,
}

impl DatastoreConfig {
    /// An empty vSAN datastore.
    pub fn vsan(name: &str, capacity_gib: u64) -> Self {
        Self { name: name.to_owned(), kind: DatastoreKind::Vsan, capacity_gib, used_gib: 0 }
    }
}

/// A virtual machine that is there at first.
#[derive(Clone, Debug)]
pub struct VmConfig {
    /// Its name.
    pub name: String,
    /// The cluster that it runs in; the datacenter's first when not given.
    pub cluster: Option<String>,
    /// The datastore that its files are on; the cluster's first when not given.
    pub datastore: Option<String>,
    /// The guest's addresses, as VMware Tools tells them.
    pub addresses: Vec<String>,
    /// The adapters that it has them by, in the place of `addresses`; none for the one card that it has.
    pub adapters: Vec<GuestAdapter>,
    /// What the guest calls itself; its VM's name when not given.
    pub host_name: Option<String>,
    /// How many PVSCSI controllers it has at first, 1 to 4.
    pub scsi_controllers: usize,
    /// BIOS uuid; grown from the seed when not given.
    pub bios_uuid: Option<String>,
    /// The key provider whose key its files are encrypted with; in clear when not given.
    pub encrypted_with: Option<String>,
    /// Whether it is switched on at first.
    pub powered_on: bool,
}

impl VmConfig {
    /// A Kubernetes node's VM, the `number`th.
    pub fn node(name: &str, number: usize) -> Self {
        let address = format!("10.{}.{}.{}", 10 + number / 62_500, number / 250 % 250, number % 250 + 1);
        Self {
            name: name.to_owned(),
            cluster: None,
            datastore: None,
            addresses: vec![address],
            adapters: Vec::new(),
            host_name: None,
            scsi_controllers: 1,
            bios_uuid: None,
            encrypted_with: None,
            powered_on: true,
        }
    }
}
