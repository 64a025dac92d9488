//! The cloud controller manager under test: its configuration and its process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_scenario::DriverName;
use seatrial_wires::Process;
use vsphere_ccm::{CcmOptions, Election, RunningCcm};

use super::configuration::{Section, Syntax, Told};
use super::context::{Reached, WorldContext};
use super::names::{CCM, of_replica};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, run_child, service_account};
use super::vcenter;

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
    for replica in 1..=context.scenario.world.drivers.replicas_of(DriverName::Ccm) {
        match context.environment {
            Some(environment) => start_program(context, environment, replica)?,
            None => start_task(context, replica),
        }
    }
    Ok(())
}

/// How a replica is chosen, where it is not alone.
fn election(context: &WorldContext<'_>, name: &str) -> Option<Election> {
    (context.scenario.world.drivers.replicas_of(DriverName::Ccm) > 1).then(|| Election::of(name))
}

/// A controller manager in this process.
fn start_task(context: &WorldContext<'_>, replica: u32) {
    let files = ConfigurationFiles::default();
    let (told, changing) = (configuration(context), files.clone());
    files.write(CONFIG_PATH, told.text());
    context.configurations.keep(&of_replica(CCM, replica), told, move |text| {
        changing.write(CONFIG_PATH, text);
        Ok(())
    });
    let name = of_replica(CCM, replica);
    let (behaviours, told, election) = (context.switches.ccm, context.configurations.clone(), election(context, &name));
    context.supervisor.start(&name, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let environment = told.variables(DriverName::Ccm).into_iter().collect();
        let election = election.clone();
        let options = CcmOptions { config_path: CONFIG_PATH.into(), environment, behaviours, election, ..CcmOptions::default() };
        let (subject, told) = (process.clone(), told.clone());
        process.spawn("main", async move {
            match vsphere_ccm::run(host, options).await {
                Ok(running) => {
                    let why = told.end_of(DriverName::Ccm, over(&running)).await;
                    running.leave().await;
                    subject.exit(why);
                }
                Err(error) => subject.exit(&error.to_string()),
            }
        });
    });
}

async fn over(running: &RunningCcm) -> &'static str {
    running.over().await.reason()
}

/// The cloud controller manager as a process of the machine.
fn start_program(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>, replica: u32) -> Result<(), ProcessEnvironmentError> {
    let (name, told) = (of_replica(CCM, replica), configuration(context));
    environment.give(&name, &BTreeMap::from([(CONFIG_FILE.to_owned(), told.text())]))?;
    let config = environment.folder_of(&name)?.join(CONFIG_FILE);
    let (giving, network, given) = (Arc::clone(environment), context.network.clone(), name.clone());
    context.configurations.keep(&name, told, move |text| {
        network.touch();
        giving.give(&given, &BTreeMap::from([(CONFIG_FILE.to_owned(), text.to_owned())]))
    });
    let identity = service_account("kube-system", "cloud-controller-manager");
    let kubeconfig = environment.kubeconfig(&name, &identity)?;
    let mut arguments = ["driver", "ccm", "--cloud-config"].map(OsString::from).to_vec();
    arguments.extend([config.into_os_string(), "--kubeconfig".into(), kubeconfig.into_os_string()]);
    arguments.push(format!("--leader-elect={}", election(context, &name).is_some()).into());
    // As a container is told its pod's name.
    let variables = vec![("HOSTNAME".to_owned(), name.clone().into())];
    let (driver, program) = ("our cloud controller manager".to_owned(), environment.program.clone());
    let child = Child { driver, program, arguments, variables, namespace: None };
    let environment = Arc::clone(environment);
    let told = context.configurations.clone();
    context.supervisor.start(&name, move |process: &Process| {
        run_child(&environment, process, child.clone().told(told.variables(DriverName::Ccm)));
    });
    Ok(())
}
