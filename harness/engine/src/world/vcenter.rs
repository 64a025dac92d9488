//! vCenters from the scenario's `world.vcenters`, with the cluster's nodes as VMs in the first of them.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use fake_vcenter_world::{ClusterConfig, DatacenterConfig, DatastoreConfig, Release, VmConfig, WorldConfig};
use seatrial_journal::Border;
use seatrial_scenario::{Sailing, Scenario, ScenarioError};
use seatrial_wires::{Network, Process};

use super::VCenters;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

/// The one datacenter of each vCenter.
pub(super) const DATACENTER: &str = "dc-1";
/// Room for a thousand claims of the size that tests ask for.
const DATASTORE_GIB: u64 = 2048;

/// Where a vCenter is reached.
pub(super) fn host(name: &str) -> String {
    format!("{name}.seatrial.test")
}

/// Versions that cannot be played, as errors at their places.
pub(crate) fn unplayable(scenario: &Scenario) -> Vec<ScenarioError> {
    let versions = scenario.world.vcenters.iter().flat_map(|vcenter| &vcenter.versions);
    let unknown = versions.filter(|version| Release::from_version(&version.value.to_string()).is_none());
    unknown
        .map(|version| ScenarioError::at(version.span, format!("vCenter {version} cannot be played"), "write 7.0.3, 8.0.3 or 9.1.0"))
        .collect()
}

pub(super) fn start(network: &Network, supervisor: &Supervisor, scenario: &Scenario, sailing: &Sailing, switches: &Switches) -> VCenters {
    let mut vcenters = VCenters::new();
    for (place, described) in scenario.world.vcenters.iter().enumerate() {
        let name = described.name.value.clone();
        let nodes = if place == 0 { scenario.world.kubernetes.node_names() } else { Vec::new() };
        let config = config(scenario, sailing, place, &nodes, switches);
        let seed = network.seed().child("vcenter").child(&name);
        let vcenter = VCenter::new(config, seed, network.clock(), network.journal().clone());
        let (served, address) = (Arc::clone(&vcenter), format!("{}:443", host(&name)));
        supervisor.start(&name, move |process: &Process| {
            if process.incarnation() > 1 {
                // The database keeps the inventory and the volumes; sessions and tasks are lost with vpxd.
                served.with_world(|world| world.restart(served.now()));
            }
            process.spawn("tasks", Arc::clone(&served).run());
            process.listen(&address, Border::Vcenter, served.http_service(), served.describe());
        });
        vcenters.insert(name, vcenter);
    }
    vcenters
}

fn config(scenario: &Scenario, sailing: &Sailing, place: usize, nodes: &[String], switches: &Switches) -> WorldConfig {
    let described = &scenario.world.vcenters[place];
    let version = sailing.version(&described.name).map(|version| version.to_string()).unwrap_or_default();
    let release = Release::from_version(&version).unwrap_or(Release::V8_0U3);
    let mut config = WorldConfig::new(&described.name, release);
    config.rules = switches.vcenter.clone();
    let clusters: Vec<ClusterConfig> = described
        .clusters
        .iter()
        .map(|cluster| ClusterConfig {
            name: cluster.name.value.clone(),
            hosts: cluster.hosts.value as usize,
            datastores: cluster.datastores.iter().map(|name| name.value.clone()).collect(),
        })
        .collect();
    let mut stores: Vec<&str> = clusters.iter().flat_map(|cluster| cluster.datastores.iter().map(String::as_str)).collect();
    stores.sort_unstable();
    stores.dedup();
    config.inventory.datacenters.push(DatacenterConfig {
        name: DATACENTER.to_owned(),
        datastores: stores.into_iter().map(|name| DatastoreConfig::vsan(name, DATASTORE_GIB)).collect(),
        networks: vec!["VM Network".to_owned()],
        vms: nodes.iter().enumerate().map(|(place, name)| node_vm(name, place, &clusters)).collect(),
        clusters,
    });
    config
}

/// A node's VM; nodes go round the clusters in turn.
fn node_vm(name: &str, place: usize, clusters: &[ClusterConfig]) -> VmConfig {
    let mut vm = VmConfig::node(name, place + 1);
    vm.cluster = clusters.get(place % clusters.len().max(1)).map(|cluster| cluster.name.clone());
    vm
}
