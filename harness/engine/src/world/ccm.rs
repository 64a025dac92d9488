//! The cloud controller manager under test: its configuration and its process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_scenario::DriverName;
use seatrial_wires::Process;
use vsphere_ccm::CcmOptions;

use super::configuration::{Section, Syntax, Told};
use super::context::{Reached, WorldContext};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, run_child, service_account};
use super::vcenter;

const PROCESS: &str = "ccm";
const CONFIG_PATH: &str = "/etc/cloud/vsphere.conf";
const CONFIG_FILE: &str = "vsphere.conf";

/// `vsphere.conf` in YAML for the scenario's vCenters.
pub(super) fn configuration(context: &WorldContext<'_>) -> Told {
    let scenario = context.scenario;
    let mut sections = Vec::new();
    for described in &scenario.world.vcenters {
        let Reached { host, port, ca_file } = context.reached(&described.name);
        let section = Section::named("vcenter", &described.name).key("server", host).key("port", port.to_string());
        let section = match ca_file {
            None => section.key("insecureFlag", "true"),
            Some(file) => section.key("caFile", file.display().to_string()),
        };
        let section = section.key("user", "${user}").key("password", "${password}");
        sections.push(section.list("datacenters", vcenter::configured_datacenters(described)));
    }
    let topology = &scenario.world.topology;
    let labels = [("zone", &topology.zone), ("region", &topology.region)];
    let told = labels.iter().filter_map(|(key, category)| Some((key, category.as_ref()?)));
    let labels = told.fold(Section::new("labels"), |section, (key, category)| section.key(key, &category.value));
    if topology.zone.is_some() || topology.region.is_some() {
        sections.push(labels);
    }
    context.told(DriverName::Ccm, Syntax::Yaml, sections)
}

pub(super) fn start(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    if let Some(environment) = context.environment {
        return start_program(context, environment);
    }
    let files = ConfigurationFiles::default();
    let (told, changing) = (configuration(context), files.clone());
    files.write(CONFIG_PATH, told.text());
    context.configurations.keep(told, move |text| {
        changing.write(CONFIG_PATH, text);
        Ok(())
    });
    let (behaviours, told) = (context.switches.ccm, context.configurations.clone());
    context.supervisor.start(PROCESS, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let environment = told.variables(DriverName::Ccm).into_iter().collect();
        let options = CcmOptions { config_path: CONFIG_PATH.into(), environment, behaviours, ..CcmOptions::default() };
        let (subject, told) = (process.clone(), told.clone());
        process.spawn("main", async move {
            match vsphere_ccm::run(host, options).await {
                Ok(running) => {
                    let why = told.end_of(DriverName::Ccm, running.outdated()).await;
                    running.leave().await;
                    subject.exit(why);
                }
                Err(error) => subject.exit(&error.to_string()),
            }
        });
    });
    Ok(())
}

/// The cloud controller manager as a process of the machine.
fn start_program(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>) -> Result<(), ProcessEnvironmentError> {
    let told = configuration(context);
    environment.give(PROCESS, &BTreeMap::from([(CONFIG_FILE.to_owned(), told.text())]))?;
    let config = environment.folder_of(PROCESS)?.join(CONFIG_FILE);
    let (giving, network) = (Arc::clone(environment), context.network.clone());
    context.configurations.keep(told, move |text| {
        network.touch();
        giving.give(PROCESS, &BTreeMap::from([(CONFIG_FILE.to_owned(), text.to_owned())]))
    });
    let identity = service_account("kube-system", "cloud-controller-manager");
    let kubeconfig = environment.kubeconfig(PROCESS, &identity)?;
    let mut arguments = ["driver", "ccm", "--cloud-config"].map(OsString::from).to_vec();
    arguments.extend([config.into_os_string(), "--kubeconfig".into(), kubeconfig.into_os_string()]);
    let (driver, program) = ("our cloud controller manager".to_owned(), environment.program.clone());
    let child = Child { driver, program, arguments, variables: Vec::new(), namespace: None };
    let environment = Arc::clone(environment);
    let told = context.configurations.clone();
    context.supervisor.start(PROCESS, move |process: &Process| {
        run_child(&environment, process, child.clone().told(told.variables(DriverName::Ccm)));
    });
    Ok(())
}
