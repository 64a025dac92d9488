//! The first inventory, built from its description.
//!
//! Ids come from one counter in the order in which things are made, so two vCenters of the same description have the
//! same ids, as two freshly installed ones may.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_seed::{Generator, Seed};
use vsphere_types::{DuplicateName, Fault, MoRef, TypedFault};

use crate::config::{ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, KeyProviderConfig, VmConfig, WorldConfig};
use crate::crypto::keys;
use crate::fault;
use crate::identity::{disk_uuid, prefixed, principal};
use crate::policy;
use crate::state::{
    BootDisk, Cluster, Controller, Datacenter, Datastore, Folder, FolderKind, GuestState, Host, HostConnection, KeyProvider, Lack,
    MAX_CONTROLLERS, Network, PowerState, ResourcePool, Service, State, User, VirtualMachine, VmMark, WantedKey, number_of,
};
use crate::storage::disks;
use crate::vapi;
use crate::world::World;

const GIB: u64 = 1024 * 1024 * 1024;

impl World {
    /// A vCenter as it is described, with identities grown from the seed. Its calendar begins where the run's does.
    pub fn new(config: WorldConfig, seed: Seed) -> Self {
        Self::with_journal(config, seed, true)
    }

    /// The same; its first inventory is a change only where somebody hears of changes ([`World::set_heard`]).
    pub fn with_journal(config: WorldConfig, seed: Seed, heard: bool) -> Self {
        let mut world = Self::empty(config, seed);
        world.set_heard(heard);
        build(&mut world);
        world.commit("inventory");
        world
    }
}

/// Makes everything that the world's description names.
fn build(world: &mut World) {
    let root = MoRef::new("Folder", "group-d1");
    world.last_number = world.config.first_number.max(1);
    world.parts.state.folders.insert(root.clone(), Folder { name: "Datacenters".to_owned(), parent: None, kind: FolderKind::Datacenter });
    for service in Service::ALL {
        world.parts.state.services.insert(service, true);
    }
    let providers = world.config.key_providers.clone();
    for config in providers {
        key_provider(world, config);
    }
    let datacenters = world.config.inventory.datacenters.clone();
    for config in &datacenters {
        datacenter(world, &root, config);
    }
    for disk in world.config.disks.clone() {
        disks::put(world, &disk);
    }
    for user in world.config.users.clone() {
        let lacks = user.lacks.iter().map(|lack| Lack::parse(lack)).collect();
        let record = User { login: user.name.clone(), password: user.password, changed: false, lacks };
        world.parts.state.users.insert(principal(&user.name), record);
    }
    policy::add_policies(world);
    vapi::add_tags(world);
}

fn id(world: &mut World, kind: &'static str, prefix: &str) -> MoRef {
    let number = world.next_number();
    MoRef::new(kind, format!("{prefix}{number}"))
}

fn key_provider(world: &mut World, config: KeyProviderConfig) {
    let KeyProviderConfig { name, kind, default } = config;
    let record = KeyProvider { kind, default, available: true, keys: BTreeSet::new(), made: 0 };
    world.parts.state.key_providers.insert(name, record);
}

fn folder(world: &mut World, parent: &MoRef, name: &str, letter: char, kind: FolderKind) -> MoRef {
    let folder = id(world, "Folder", &format!("group-{letter}"));
    world.parts.state.folders.insert(folder.clone(), Folder { name: name.to_owned(), parent: Some(parent.clone()), kind });
    folder
}

/// What has been made of a datacenter so far, by name.
struct Site {
    folders: Datacenter,
    datastores: BTreeMap<String, MoRef>,
    networks: Vec<MoRef>,
    clusters: BTreeMap<String, MoRef>,
}

fn datacenter(world: &mut World, root: &MoRef, config: &DatacenterConfig) {
    let datacenter = id(world, "Datacenter", "datacenter-");
    let folders = Datacenter {
        name: config.name.clone(),
        parent: root.clone(),
        vm_folder: folder(world, &datacenter, "vm", 'v', FolderKind::Vm),
        host_folder: folder(world, &datacenter, "host", 'h', FolderKind::Host),
        datastore_folder: folder(world, &datacenter, "datastore", 's', FolderKind::Datastore),
        network_folder: folder(world, &datacenter, "network", 'n', FolderKind::Network),
    };
    world.parts.state.datacenters.insert(datacenter, folders.clone());
    let mut site = Site { folders, datastores: BTreeMap::new(), networks: Vec::new(), clusters: BTreeMap::new() };
    let named = config.networks.iter().map(String::as_str);
    let networks: Vec<&str> = if config.networks.is_empty() { vec!["VM Network"] } else { named.collect() };
    for name in networks {
        let network = id(world, "Network", "network-");
        world.parts.state.networks.insert(network.clone(), Network { name: name.to_owned(), parent: site.folders.network_folder.clone() });
        site.networks.push(network);
    }
    for datastore in &config.datastores {
        add_datastore(world, &mut site, datastore);
    }
    for config in &config.clusters {
        cluster(world, &mut site, config);
    }
    for (place, vm) in config.vms.iter().enumerate() {
        add_vm(world, &site, config, vm, place);
    }
}

fn add_datastore(world: &mut World, site: &mut Site, config: &DatastoreConfig) {
    // The url is the datastore's identity in every vCenter that mounts it, so it is not grown from this vCenter's seed.
    let mut identity = Seed::new(0).child("datastore").child(&config.name).generator();
    let datastore = id(world, "Datastore", "datastore-");
    let record = Datastore {
        name: config.name.clone(),
        parent: site.folders.datastore_folder.clone(),
        kind: config.kind,
        url: url(config.kind, &mut identity),
        capacity_bytes: config.capacity_gib.saturating_mul(GIB),
        used_bytes: config.used_gib.saturating_mul(GIB),
        full: false,
        accessible: true,
    };
    world.parts.state.datastores.insert(datastore.clone(), record);
    site.datastores.insert(config.name.clone(), datastore);
}

fn url(kind: DatastoreKind, identity: &mut Generator) -> String {
    let volume = match kind {
        DatastoreKind::Vsan => format!("vsan:52{}-{}", identity.hex(14), identity.hex(16)),
        DatastoreKind::Vmfs => format!("{}-{}-{}-{}", identity.hex(8), identity.hex(8), identity.hex(4), identity.hex(12)),
        DatastoreKind::Nfs => format!("{}-{}", identity.hex(8), identity.hex(8)),
    };
    format!("ds:///vmfs/volumes/{volume}/")
}

fn cluster(world: &mut World, site: &mut Site, config: &ClusterConfig) {
    let cluster = id(world, "ClusterComputeResource", "domain-c");
    let pool = id(world, "ResourcePool", "resgroup-");
    let state = &mut world.parts.state;
    let record = Cluster { name: config.name.clone(), parent: site.folders.host_folder.clone(), pool: pool.clone(), ha: config.ha };
    state.clusters.insert(cluster.clone(), record);
    state.pools.insert(pool, ResourcePool { name: "Resources".to_owned(), parent: cluster.clone(), owner: cluster.clone() });
    let mut datastores: Vec<MoRef> = config.datastores.iter().filter_map(|name| site.datastores.get(name).cloned()).collect();
    datastores.sort_by_key(number_of);
    for number in 1..=config.hosts {
        let name = format!("esx-{number}.{}.seatrial.test", config.name);
        add_host(world, &cluster, name, datastores.clone(), site.networks.clone());
    }
    site.clusters.insert(config.name.clone(), cluster);
}

fn add_host(world: &mut World, cluster: &MoRef, name: String, datastores: Vec<MoRef>, networks: Vec<MoRef>) -> MoRef {
    let host = id(world, "HostSystem", "host-");
    let record = Host {
        uuid: world.seed.child("host").child(&name).generator().uuid().to_string(),
        name,
        parent: cluster.clone(),
        datastores,
        networks,
        connection: HostConnection::Connected,
        failed: None,
        key_cache: BTreeSet::new(),
        maintenance: false,
    };
    world.parts.state.hosts.insert(host.clone(), record);
    host
}

/// One more host of a cluster, like its first one.
pub fn join_host(world: &mut World, cluster: &str) -> Result<MoRef, Fault> {
    let state = &world.parts.state;
    let found = state.clusters.iter().find(|(_, record)| record.name == cluster).map(|(found, _)| found.clone());
    let found = found.ok_or_else(|| fault::invalid_argument("cluster"))?;
    let there = state.hosts_of(&found);
    let like = there.first().and_then(|host| state.hosts.get(host)).ok_or_else(|| fault::not_found(&found))?;
    let (datastores, networks) = (like.datastores.clone(), like.networks.clone());
    let name = format!("esx-{}.{cluster}.seatrial.test", there.len() + 1);
    Ok(add_host(world, &found, name, datastores, networks))
}

/// Adds a VM of the first inventory. One that names a cluster without hosts, whose hosts mount nothing, or a key provider
/// that is not there, has nowhere to be and is left out.
fn add_vm(world: &mut World, site: &Site, datacenter: &DatacenterConfig, config: &VmConfig, place: usize) {
    let identity = world.seed.child("vm").child(&datacenter.name).child(&config.name).generator();
    let first = datacenter.clusters.first().map(|cluster| cluster.name.as_str());
    if let Some(home) = home_for(world, site, config, first, place) {
        // What cannot be encrypted as it is asked for is not made in clear.
        drop(make_vm(world, home, config, identity, place));
    }
}

/// Where a VM is going to be.
struct Home {
    folder: MoRef,
    pool: MoRef,
    host: MoRef,
    datastore: MoRef,
    network: MoRef,
}

fn home_for(world: &World, site: &Site, config: &VmConfig, first: Option<&str>, place: usize) -> Option<Home> {
    let state = &world.parts.state;
    let cluster = config.cluster.as_deref().or(first).and_then(|name| site.clusters.get(name))?;
    let hosts: Vec<MoRef> =
        state.hosts_of(cluster).into_iter().filter(|host| state.hosts.get(host).is_some_and(Host::takes_machines)).collect();
    let host = hosts.get(place.checked_rem(hosts.len()).unwrap_or(0))?;
    let mounted = state.hosts.get(host).and_then(|record| record.datastores.first().cloned());
    Some(Home {
        folder: site.folders.vm_folder.clone(),
        pool: state.clusters.get(cluster)?.pool.clone(),
        host: host.clone(),
        datastore: config.datastore.as_ref().and_then(|name| site.datastores.get(name).cloned()).or(mounted)?,
        network: site.networks.first().cloned()?,
    })
}

fn make_vm(world: &mut World, home: Home, config: &VmConfig, mut identity: Generator, place: usize) -> Result<MoRef, Fault> {
    let key = match &config.encrypted_with {
        Some(provider) => Some(keys::take(world, &WantedKey::of_provider(provider))?),
        None => None,
    };
    if let Some(key) = &key {
        keys::bring(world, &home.host, &[vec![key.clone()]])?;
    }
    let vm = id(world, "VirtualMachine", "vm-");
    let bios_uuid = config.bios_uuid.clone().unwrap_or_else(|| prefixed(&mut identity, "42"));
    let controllers = (0..config.scsi_controllers.clamp(1, MAX_CONTROLLERS)).filter_map(|bus| i32::try_from(bus).ok());
    let record = VirtualMachine {
        name: config.name.clone(),
        parent: home.folder,
        pool: home.pool,
        host: home.host,
        datastore: home.datastore,
        network: home.network,
        bios_uuid,
        instance_uuid: prefixed(&mut identity, "50"),
        power: if config.powered_on { PowerState::PoweredOn } else { PowerState::PoweredOff },
        boot_time: config.powered_on.then(|| world.now()),
        boot_id: u64::from(config.powered_on),
        guest: guest(config),
        uuid_hidden: false,
        key,
        old_key: None,
        restart_owed: false,
        mac_address: format!(
            "00:50:56:{}:{}:{}",
            ["8", "9", "a", "b"][place % 4].to_owned() + &identity.hex(1),
            identity.hex(2),
            identity.hex(2)
        ),
        boot_disk: BootDisk { key: 2_000, uuid: disk_uuid(&mut identity), capacity_bytes: 64 * GIB },
        controllers: controllers.map(|bus| Controller { key: 1_000 + bus, bus }).collect(),
        change_version: 1,
    };
    world.parts.state.vms.insert(vm.clone(), record);
    Ok(vm)
}

/// What Tools tell of a guest that has just started.
fn guest(config: &VmConfig) -> GuestState {
    let host_name = Some(config.host_name.clone().unwrap_or_else(|| config.name.clone()));
    let guest = GuestState { tools_running: config.powered_on, host_name, addresses: config.addresses.clone(), adapters: Vec::new() };
    if config.adapters.is_empty() { guest } else { guest.with_adapters(config.adapters.clone()) }
}

/// Makes a VM in a vCenter that runs already. It shares nothing with an earlier one of its name but the name.
///
/// # Errors
/// There is no such datacenter, cluster, datastore or key provider, or a VM of that name is there.
pub fn create_vm(world: &mut World, config: &VmConfig, datacenter: &str) -> Result<MoRef, Fault> {
    let state = &world.parts.state;
    let site = site_of(state, datacenter).ok_or_else(|| fault::invalid_argument("datacenter"))?;
    if let Some(vm) = state.vms_by(&VmMark::Name(config.name.clone()), |vm| vm.parent == site.folders.vm_folder).first() {
        return Err(DuplicateName { name: config.name.clone(), object: vm.clone(), ..DuplicateName::default() }.fault());
    }
    let place = state.vms.len();
    let number = world.last_number.to_string();
    let identity = world.seed.child("vm").child(datacenter).child(&config.name).child(&number).generator();
    let first = site.clusters.iter().min_by_key(|(_, cluster)| number_of(cluster)).map(|(name, _)| name.as_str());
    let home = home_for(world, &site, config, first, place).ok_or_else(|| fault::invalid_argument("cluster"))?;
    make_vm(world, home, config, identity, place)
}

/// What there is of a datacenter, by name.
fn site_of(state: &State, datacenter: &str) -> Option<Site> {
    let folders = state.datacenters.values().find(|record| record.name == datacenter)?.clone();
    let datastores = state.datastores.iter().filter(|(_, record)| record.parent == folders.datastore_folder);
    let clusters = state.clusters.iter().filter(|(_, record)| record.parent == folders.host_folder);
    let mut networks: Vec<MoRef> =
        state.networks.iter().filter(|(_, record)| record.parent == folders.network_folder).map(|(network, _)| network.clone()).collect();
    networks.sort_by_key(number_of);
    Some(Site {
        datastores: datastores.map(|(datastore, record)| (record.name.clone(), datastore.clone())).collect(),
        networks,
        clusters: clusters.map(|(cluster, record)| (record.name.clone(), cluster.clone())).collect(),
        folders,
    })
}
