//! Nodes: a machine on a VM, a kubelet, the driver's node plugin.

use std::collections::BTreeMap;
use std::sync::Arc;

use fake_vcenter_server::VCenter;
use seatrial_node::{ConfigurationFiles, CsiPlugin, Disks, Kubelet, KubeletConfig, SimulatedHost, SimulatedMachine};
use seatrial_scenario::Scenario;
use seatrial_wires::{Network, Process};
use vsphere_csi::{NodeOptions, run_node};

use super::VCenters;
use super::driver::{DRIVER, ENDPOINT};
use super::hardware::VmHardware;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

pub(super) fn start_all(
    network: &Network,
    supervisor: &Supervisor,
    scenario: &Scenario,
    vcenters: &VCenters,
    disks: &Arc<Disks>,
    switches: &Switches,
) -> BTreeMap<String, Arc<SimulatedMachine>> {
    let Some(vcenter) = scenario.world.vcenters.first().and_then(|described| vcenters.get(&described.name.value)) else {
        return BTreeMap::new();
    };
    let names = scenario.world.kubernetes.node_names();
    names.into_iter().map(|name| (name.clone(), start(network, supervisor, &name, vcenter, disks, switches))).collect()
}

fn start(
    network: &Network,
    supervisor: &Supervisor,
    name: &str,
    vcenter: &Arc<VCenter>,
    disks: &Arc<Disks>,
    switches: &Switches,
) -> Arc<SimulatedMachine> {
    let vm = vcenter.with_world(|world| world.vm_named(name)).expect("the node's VM was put into the inventory");
    let hardware = Arc::new(VmHardware { vcenter: Arc::clone(vcenter), vm: name.to_owned() });
    let machine = SimulatedMachine::new(name, &vm.bios_uuid, hardware, Arc::clone(disks), network.journal().clone());
    start_plugin(supervisor, name, &machine, switches);
    let address = vm.addresses.first().cloned().unwrap_or_default();
    let mut config = KubeletConfig::new(Arc::clone(&machine), &address);
    config.csi.push(CsiPlugin { driver: DRIVER.to_owned(), address: format!("csi-node/{name}:/csi/csi.sock") });
    let starter = move |process: &Process| drop(Kubelet::start(process, config.clone()));
    supervisor.start(&format!("kubelet/{name}"), starter);
    machine
}

fn start_plugin(supervisor: &Supervisor, name: &str, machine: &Arc<SimulatedMachine>, switches: &Switches) {
    let (machine, node_name, behaviours) = (Arc::clone(machine), name.to_owned(), switches.csi);
    supervisor.start(&format!("csi-node/{name}"), move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), Some(Arc::clone(&machine)), ConfigurationFiles::default());
        let options = NodeOptions { node_name: node_name.clone(), endpoint: ENDPOINT.to_owned(), behaviours };
        let subject = process.clone();
        process.spawn("main", async move {
            if let Err(error) = run_node(host, options).await {
                subject.exit(&error.to_string());
            }
        });
    });
}
