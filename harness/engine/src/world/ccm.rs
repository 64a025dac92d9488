//! The cloud controller manager under test: its configuration and its process.

use std::ffi::OsString;
use std::sync::Arc;

use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_wires::Process;
use vsphere_ccm::CcmOptions;

use super::context::{Reached, WorldContext};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, run_child, service_account};
use super::{names, vcenter};

const PROCESS: &str = "ccm";
const CONFIG_PATH: &str = "/etc/cloud/vsphere.conf";

/// `vsphere.conf` in YAML for the scenario's vCenters.
pub(super) fn configuration(context: &WorldContext<'_>) -> String {
    let scenario = context.scenario;
    let mut text = "vcenter:\n".to_owned();
    for described in &scenario.world.vcenters {
        let (name, datacenter) = (&described.name, vcenter::configured_datacenters(described));
        let Reached { host, port, ca_file } = context.reached(name);
        let trust = ca_file.map_or_else(|| "insecureFlag: true".to_owned(), |file| format!("caFile: {}", file.display()));
        let (user, password) = (names::CCM_ACCOUNT, names::PASSWORD);
        text.push_str(&format!(
            "  {name}:\n    server: {host}\n    port: {port}\n    {trust}\n    user: {user}\n    password: {password}\n    datacenters: [{datacenter}]\n"
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

pub(super) fn start(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    if let Some(environment) = context.environment {
        return start_program(context, environment);
    }
    let files = ConfigurationFiles::default();
    files.write(CONFIG_PATH, configuration(context));
    let behaviours = context.switches.ccm;
    context.supervisor.start(PROCESS, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let options = CcmOptions { config_path: CONFIG_PATH.into(), behaviours, ..CcmOptions::default() };
        let subject = process.clone();
        process.spawn("main", async move {
            if let Err(error) = vsphere_ccm::run(host, options).await {
                subject.exit(&error.to_string());
            }
        });
    });
    Ok(())
}

/// The cloud controller manager as a process of the machine.
fn start_program(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>) -> Result<(), ProcessEnvironmentError> {
    let config = environment.write("ccm/vsphere.conf", &configuration(context))?;
    let identity = service_account("kube-system", "cloud-controller-manager");
    let kubeconfig = environment.kubeconfig(PROCESS, &identity)?;
    let mut arguments = ["driver", "ccm", "--cloud-config"].map(OsString::from).to_vec();
    arguments.extend([config.into_os_string(), "--kubeconfig".into(), kubeconfig.into_os_string()]);
    let (driver, program) = ("our cloud controller manager".to_owned(), environment.program.clone());
    let child = Child { driver, program, arguments, variables: Vec::new(), namespace: None };
    let environment = Arc::clone(environment);
    context.supervisor.start(PROCESS, move |process: &Process| run_child(&environment, process, child.clone()));
    Ok(())
}
