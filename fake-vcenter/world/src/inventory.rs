//! The first inventory, built from its description.
//!
//! Ids come from one counter in the order in which things are made, so two vCenters of the same description have the
//! same ids, as two freshly installed ones may.

use std::collections::BTreeMap;

use fake_vcenter_types::MoRef;
use seatrial_journal::{Generator, Seed};

use crate::config::{ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, VmConfig};
use crate::state::{
    BootDisk, Cluster, Controller, Datacenter, Datastore, Folder, FolderKind, Host, MAX_CONTROLLERS, Network, PowerState, ResourcePool,
    VirtualMachine, number_of,
};
use crate::world::World;

const GIB: u64 = 1024 * 1024 * 1024;

/// Makes everything that the world's description names.
pub fn build(world: &mut World) {
    let root = MoRef::new("Folder", "group-d1");
    world.last_number = 1;
    world.parts.state.folders.insert(root.clone(), Folder { name: "Datacenters".to_owned(), parent: None, kind: FolderKind::Datacenter });
    let datacenters = world.config.inventory.datacenters.clone();
    for config in &datacenters {
        datacenter(world, &root, config);
    }
}

fn id(world: &mut World, kind: &str, prefix: &str) -> MoRef {
    let number = world.next_number();
    MoRef::new(kind, format!("{prefix}{number}"))
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
    state
        .clusters
        .insert(cluster.clone(), Cluster { name: config.name.clone(), parent: site.folders.host_folder.clone(), pool: pool.clone() });
    state.pools.insert(pool, ResourcePool { name: "Resources".to_owned(), parent: cluster.clone(), owner: cluster.clone() });
    let mut datastores: Vec<MoRef> = config.datastores.iter().filter_map(|name| site.datastores.get(name).cloned()).collect();
    datastores.sort_by_key(number_of);
    for number in 1..=config.hosts {
        let host = id(world, "HostSystem", "host-");
        let name = format!("esx-{number}.{}.seatrial.test", config.name);
        let record = Host {
            uuid: world.seed.child("host").child(&name).generator().uuid().to_string(),
            name,
            parent: cluster.clone(),
            datastores: datastores.clone(),
            networks: site.networks.clone(),
            connected: true,
            maintenance: false,
        };
        world.parts.state.hosts.insert(host, record);
    }
    site.clusters.insert(config.name.clone(), cluster);
}

/// Adds a VM; one that names a cluster without hosts, or whose hosts mount nothing, has nowhere to be and is left out.
fn add_vm(world: &mut World, site: &Site, datacenter: &DatacenterConfig, config: &VmConfig, place: usize) {
    let named = config.cluster.as_ref().or_else(|| datacenter.clusters.first().map(|cluster| &cluster.name));
    let Some(cluster) = named.and_then(|name| site.clusters.get(name)) else { return };
    let Some(pool) = world.parts.state.clusters.get(cluster).map(|record| record.pool.clone()) else { return };
    let hosts = world.parts.state.hosts_of(cluster);
    let Some(host) = hosts.get(place.checked_rem(hosts.len()).unwrap_or(0)) else { return };
    let mounted = world.parts.state.hosts.get(host).and_then(|record| record.datastores.first().cloned());
    let Some(datastore) = config.datastore.as_ref().and_then(|name| site.datastores.get(name).cloned()).or(mounted) else { return };
    let Some(network) = site.networks.first().cloned() else { return };
    let mut identity = world.seed.child("vm").child(&datacenter.name).child(&config.name).generator();
    let vm = id(world, "VirtualMachine", "vm-");
    let bios_uuid = config.bios_uuid.clone().unwrap_or_else(|| prefixed(&mut identity, "42"));
    let controllers = (0..config.scsi_controllers.clamp(1, MAX_CONTROLLERS)).filter_map(|bus| i32::try_from(bus).ok());
    let record = VirtualMachine {
        name: config.name.clone(),
        parent: site.folders.vm_folder.clone(),
        pool,
        host: host.clone(),
        datastore,
        network,
        bios_uuid,
        instance_uuid: prefixed(&mut identity, "50"),
        power: PowerState::PoweredOn,
        boot_time: Some(world.now()),
        host_name: config.name.clone(),
        addresses: config.addresses.clone(),
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
    world.parts.state.vms.insert(vm, record);
}

/// A uuid that begins with these two digits.
pub fn prefixed(generator: &mut Generator, prefix: &str) -> String {
    let uuid = generator.uuid().to_string();
    format!("{prefix}{}", &uuid[2..])
}

/// The uuid of a virtual disk, as a guest sees it: `6000C29x-…`.
pub fn disk_uuid(generator: &mut Generator) -> String {
    let digits = generator.hex(25);
    format!("6000C29{}-{}-{}-{}-{}", &digits[..1], &digits[1..5], &digits[5..9], &digits[9..13], &digits[13..])
}
