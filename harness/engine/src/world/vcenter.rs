//! vCenters from the scenario's `world.vcenters`, with the cluster's nodes as VMs where they are at home.
//!
//! A vCenter is two processes: the appliance itself, which can be killed, and `hosts/<name>`, its ESXi hosts, which go on
//! without it: what they had begun they bring to its end, and HA restarts VMs.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use fake_vcenter_world::{
    ClusterConfig, DatacenterConfig, DatastoreConfig, DiskConfig, GuestAdapter, KeyProviderConfig, KeyProviderKind, LockOut, Release,
    UserConfig, VmConfig, WorldConfig,
};
use seatrial_journal::Border;
use seatrial_scenario::{Case, Habits, Home, Ids, Nic, Scenario, ScenarioError, Spanned};
use seatrial_wires::Process;
use vsphere_types::Method;

use super::context::{VCenters, WorldContext};
use super::{names, tags};
use crate::switches::Switches;

/// The datacenters that drivers are told: the one that there is, unless the scenario has them told others.
pub(super) fn configured_datacenters(described: &seatrial_scenario::VCenter) -> Vec<String> {
    match described.configured_datacenters.as_slice() {
        [] => vec![names::DATACENTER.to_owned()],
        names => names.iter().map(|name| name.value.clone()).collect(),
    }
}

/// The network that every VM is on.
const NETWORK: &str = "VM Network";
/// Room for a thousand claims of the size that tests ask for.
const DATASTORE_GIB: u64 = 2048;
/// So far apart begin the managed object ids of vCenters that do not collide.
const NUMBERS_APART: u64 = 10_000;

/// Versions that cannot be played, as errors at their places.
pub(crate) fn unplayable(scenario: &Scenario) -> Vec<ScenarioError> {
    let versions = scenario.world.vcenters.iter().flat_map(|vcenter| &vcenter.versions);
    let unknown = versions.filter(|version| Release::from_version(&version.value.to_string()).is_none());
    unknown
        .map(|version| ScenarioError::at(version.span, format!("vCenter {version} cannot be played"), "write 7.0.3, 8.0.3 or 9.1.0"))
        .collect()
}

pub(super) fn start(context: &WorldContext<'_>, case: &Case) -> VCenters {
    let WorldContext { network, scenario, switches, .. } = *context;
    let mut vcenters = VCenters::new();
    for (place, described) in scenario.world.vcenters.iter().enumerate() {
        let name = described.name.value.clone();
        let seed = network.seed().child("vcenter").child(&name);
        let config = config(scenario, case, place, switches);
        let vcenter = VCenter::new(config, seed, network.clock(), network.journal().clone());
        start_processes(context, &name, &vcenter);
        vcenters.insert(name, vcenter);
    }
    vcenters
}

fn start_processes(context: &WorldContext<'_>, name: &str, vcenter: &Arc<VCenter>) {
    let (supervisor, environment) = (context.supervisor, context.environment.cloned());
    let hosts = Arc::clone(vcenter);
    supervisor.start(&format!("hosts/{name}"), move |process: &Process| process.spawn("tasks", Arc::clone(&hosts).run()));
    let ended = Arc::clone(vcenter);
    // The database keeps the inventory and the volumes; sessions and tasks are lost with vpxd, at once.
    supervisor.at_end_of(name, move || ended.with_world(|world| world.restart(ended.now())));
    let (served, address) = (Arc::clone(vcenter), names::vcenter_address(name));
    supervisor.start(name, move |process: &Process| {
        process.listen(&address, Border::VCenter, served.http_service(), served.describe());
        if let Some(environment) = &environment {
            environment.open(&address, process);
        }
    });
}

fn config(scenario: &Scenario, case: &Case, place: usize, switches: &Switches) -> WorldConfig {
    let described = &scenario.world.vcenters[place];
    let version = case.version(&described.name).map(|version| version.to_string()).unwrap_or_default();
    let release = Release::from_version(&version).unwrap_or(Release::V8_0U3);
    let mut config = WorldConfig::new(&described.name, release);
    config.rules = switches.vcenter.clone();
    config.first_number = match described.ids {
        Ids::Colliding => 0,
        Ids::Distinct => place as u64 * NUMBERS_APART,
    };
    let lacks: Vec<String> = described.lacks.iter().map(|privilege| privilege.value.clone()).collect();
    for name in [names::CSI_ACCOUNT, names::CCM_ACCOUNT] {
        config.users.push(UserConfig { lacks: lacks.clone(), ..UserConfig::administrator(name, names::PASSWORD) });
    }
    config.key_providers = described.key_providers.iter().map(key_provider).collect();
    config.tags = tags::tags(scenario, described);
    config.policies = tags::policies(described);
    config.inventory.datacenters.push(datacenter(scenario, described));
    config.disks = described.disks.iter().map(disk).collect();
    take_habits(&mut config, &described.habits);
    config
}

fn take_habits(config: &mut WorldConfig, habits: &Habits) {
    let known = habits.task_times.iter().filter_map(|(method, time)| Some((Method::from_wire(method)?, *time)));
    config.task_times = known.collect();
    if let Some(idle) = habits.session_idle {
        (config.session_idle, config.rest_session_idle) = (idle, idle);
    }
    config.session_absolute = habits.session_lifetime;
    if let Some(policy) = habits.lock_out {
        config.lock_out = LockOut { refusals: policy.refusals as usize, within: policy.within, lasts: policy.lasts };
    }
}

fn disk(described: &seatrial_scenario::Disk) -> DiskConfig {
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
    DiskConfig {
        name: described.name.value.clone(),
        datastore: described.datastore.value.clone(),
        capacity_mb: described.size.bytes.div_ceil(1024 * 1024),
        id: text(&described.id),
        file: text(&described.file),
    }
}

fn key_provider(described: &seatrial_scenario::KeyProvider) -> KeyProviderConfig {
    let kind = match described.kind {
        seatrial_scenario::KeyProviderKind::Standard => KeyProviderKind::Standard,
        seatrial_scenario::KeyProviderKind::Native => KeyProviderKind::Native,
    };
    KeyProviderConfig { name: described.name.value.clone(), kind, default: described.default }
}

fn datacenter(scenario: &Scenario, described: &seatrial_scenario::VCenter) -> DatacenterConfig {
    let clusters = described.clusters.iter().map(|cluster| {
        let datastores: Vec<&str> = cluster.datastores.iter().map(|name| name.value.as_str()).collect();
        ClusterConfig { ha: cluster.ha, ..ClusterConfig::new(&cluster.name, cluster.hosts.value as usize, &datastores) }
    });
    DatacenterConfig {
        name: names::DATACENTER.to_owned(),
        clusters: clusters.collect(),
        datastores: described.datastore_names().iter().map(|name| DatastoreConfig::vsan(name, DATASTORE_GIB)).collect(),
        networks: networks(scenario),
        vms: vms(scenario, described),
    }
}

/// The network that every VM is on, and those that guests tell of.
fn networks(scenario: &Scenario) -> Vec<String> {
    let mut networks = vec![NETWORK.to_owned()];
    for name in scenario.world.kubernetes.nodes.iter().flat_map(|node| &node.nics).filter_map(|nic| nic.network.as_ref()) {
        if !networks.contains(&name.value) {
            networks.push(name.value.clone());
        }
    }
    networks
}

/// Adapters as VMware Tools tell them.
pub(super) fn adapters(nics: &[Nic]) -> Vec<GuestAdapter> {
    let adapter = |nic: &Nic| GuestAdapter {
        network: nic.network.as_ref().map_or(NETWORK, |name| &name.value).to_owned(),
        addresses: nic.addresses.iter().map(|address| address.value.to_string()).collect(),
        hardware: !nic.guest_made,
    };
    nics.iter().map(adapter).collect()
}

fn vms(scenario: &Scenario, described: &seatrial_scenario::VCenter) -> Vec<VmConfig> {
    let homes = scenario.world.homes();
    let here = homes.iter().enumerate().filter(|(_, home)| home.vcenter.name.value == described.name.value);
    here.map(|(place, home)| node_vm(place, home)).collect()
}

/// A node's VM; the number makes its address.
pub(super) fn node_vm(place: usize, home: &Home<'_>) -> VmConfig {
    let mut vm = VmConfig::node(&home.node.name, place + 1);
    vm.host_name = home.node.host_name.as_ref().map(|name| name.value.clone());
    vm.adapters = adapters(&home.node.nics);
    vm.cluster = Some(home.cluster.name.value.clone());
    vm.encrypted_with = home.node.encrypted_with.as_ref().map(|provider| provider.value.clone());
    vm
}
