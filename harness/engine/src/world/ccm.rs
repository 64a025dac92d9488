//! The cloud controller manager under test: its configuration and its process.

use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_scenario::Scenario;
use seatrial_wires::Process;
use vsphere_ccm::CcmOptions;

use super::account;
use super::vcenter;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

const PROCESS: &str = "ccm";
const CONFIG_PATH: &str = "/etc/cloud/vsphere.conf";

/// `vsphere.conf` in YAML for the scenario's vCenters.
fn configuration(scenario: &Scenario) -> String {
    let mut text = "global:\n  port: 443\n  insecureFlag: true\nvcenter:\n".to_owned();
    for described in &scenario.world.vcenters {
        let (name, host, datacenter) = (&described.name, vcenter::host(&described.name), vcenter::DATACENTER);
        let (user, password) = (account::CCM, account::PASSWORD);
        text.push_str(&format!(
            "  {name}:\n    server: {host}\n    user: {user}\n    password: {password}\n    datacenters: [{datacenter}]\n"
        ));
    }
    let topology = &scenario.world.topology;
    if topology.zone.is_some() || topology.region.is_some() {
        text.push_str("labels:\n");
    }
    for (key, category) in [("zone", &topology.zone), ("region", &topology.region)] {
        if let Some(category) = category {
            text.push_str(&format!("  {key}: {category}\n"));
        }
    }
    text
}

pub(super) fn start(supervisor: &Supervisor, scenario: &Scenario, switches: &Switches) {
    if scenario.world.drivers.ccm.is_none() {
        return;
    }
    let files = ConfigurationFiles::default();
    files.write(CONFIG_PATH, configuration(scenario));
    let behaviours = switches.ccm;
    supervisor.start(PROCESS, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let options = CcmOptions { config_path: CONFIG_PATH.into(), behaviours, ..CcmOptions::default() };
        let subject = process.clone();
        process.spawn("main", async move {
            if let Err(error) = vsphere_ccm::run(host, options).await {
                subject.exit(&error.to_string());
            }
        });
    });
}
