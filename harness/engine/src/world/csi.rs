//! The CSI driver under test: its configuration, its manifests, its controller process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use seatrial_journal::Border;
use seatrial_node::{ConfigurationFiles, DescribeCsi, SimulatedHost};
use seatrial_scenario::DriverName;
use seatrial_wires::{Process, dial_socket};
use serde_json::{Value, json};
use vsphere_csi::{ControllerOptions, RunningController, start_controller};

use super::configuration::{Section, Syntax, Told};
use super::context::{Reached, WorldContext};
use super::names::{CONTROLLER, DRIVER, ENDPOINT, controller_socket, of_replica};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, endpoint, run_child, service_account};
use super::vcenter;

/// The namespace that the driver lives in.
pub(super) const NAMESPACE: &str = "vmware-system-csi";
/// Our driver, in words.
pub(super) const OURS: &str = "our CSI driver";
/// How long our controller may take until it serves.
const READY_WITHIN: Duration = Duration::from_mins(2);
const CONFIG_PATH: &str = "/etc/cloud/csi-vsphere.conf";
const CONFIG_FILE: &str = "csi-vsphere.conf";

/// The objects that the driver's installation consists of, but for its accounts and roles.
pub(super) fn manifests() -> Vec<Value> {
    vec![
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": NAMESPACE } }),
        json!({
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSIDriver",
            "metadata": { "name": DRIVER },
            "spec": { "attachRequired": true, "podInfoOnMount": false }
        }),
    ]
}

/// `vsphere.conf` for the scenario's vCenters, as our driver is told.
fn configuration(context: &WorldContext<'_>) -> Told {
    let topology = &context.scenario.world.topology;
    let mut sections = sections(Section::new("Global").key("cluster-id", CLUSTER), context);
    let labels = [("zone", &topology.zone), ("region", &topology.region)];
    let told = labels.iter().filter_map(|(key, category)| Some((key, category.as_ref()?)));
    let labels = told.fold(Section::new("Labels"), |section, (key, category)| section.key(key, &category.value));
    if topology.zone.is_some() || topology.region.is_some() {
        sections.push(labels);
    }
    context.told(DriverName::Csi, Syntax::Ini, sections)
}

/// The same as upstream's driver wants it: told of which distribution the cluster is, or it would look for a pod's
/// surroundings; told the labels of zones and regions, or it would take those that Kubernetes has given up.
pub(super) fn upstream_configuration(context: &WorldContext<'_>) -> Told {
    let topology = &context.scenario.world.topology;
    let global = Section::new("Global").key("cluster-id", CLUSTER).key("cluster-distribution", "Seatrial");
    let mut sections = sections(global, context);
    match (&topology.zone, &topology.region) {
        (Some(zone), Some(region)) if context.scenario.world.vcenters.len() == 1 => {
            sections.push(Section::new("Labels").key("zone", &zone.value).key("region", &region.value));
            for (category, word) in [(zone, "zone"), (region, "region")] {
                sections.push(Section::named("TopologyCategory", category).key("label", format!("topology.kubernetes.io/{word}")));
            }
        }
        (None, None) => {}
        // It knows zone and region only together, and only of one vCenter. The labels are then of a domain of its own.
        (zone, region) => {
            let names: Vec<&str> = region.iter().chain(zone).map(|category| category.value.as_str()).collect();
            sections.push(Section::new("Labels").key("topology-categories", names.join(",")));
        }
    }
    context.told(DriverName::Csi, Syntax::Ini, sections)
}

/// What CNS knows the cluster by.
const CLUSTER: &str = "seatrial";

fn sections(global: Section, context: &WorldContext<'_>) -> Vec<Section> {
    let mut sections = vec![global];
    for described in &context.scenario.world.vcenters {
        let Reached { host, port, ca_file } = context.reached(&described.name);
        let section = Section::named("VirtualCenter", &described.name).called(&host);
        let section = section.key("user", "${user}").key("password", "${password}").key("port", port.to_string());
        let section = match ca_file {
            None => section.key("insecure-flag", "true"),
            Some(file) => section.key("ca-file", file.display().to_string()),
        };
        sections.push(section.list("datacenters", vcenter::configured_datacenters(described)));
    }
    sections
}

pub(super) fn start(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    for replica in 1..=context.scenario.world.drivers.replicas_of(DriverName::Csi) {
        match context.environment {
            Some(environment) => start_program(context, environment, replica)?,
            None => start_task(context, replica),
        }
    }
    Ok(())
}

/// A controller in this process.
fn start_task(context: &WorldContext<'_>, replica: u32) {
    let files = ConfigurationFiles::default();
    let (told, changing) = (configuration(context), files.clone());
    files.write(CONFIG_PATH, told.text());
    context.configurations.keep(&of_replica(CONTROLLER, replica), told, move |text| {
        changing.write(CONFIG_PATH, text);
        Ok(())
    });
    let (behaviours, told) = (context.switches.csi, context.configurations.clone());
    context.supervisor.start(&of_replica(CONTROLLER, replica), move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let options = ControllerOptions {
            config_path: CONFIG_PATH.into(),
            environment: told.variables(DriverName::Csi).into_iter().collect(),
            endpoint: ENDPOINT.to_owned(),
            namespace: NAMESPACE.to_owned(),
            behaviours,
        };
        let (subject, told) = (process.clone(), told.clone());
        process.spawn("main", async move {
            match start_controller(host, options).await {
                Ok(running) => {
                    let why = told.end_of(DriverName::Csi, outdated(&running)).await;
                    running.leave().await;
                    subject.exit(why);
                }
                Err(error) => subject.exit(&error.to_string()),
            }
        });
    });
}

/// Waits until a controller runs by what its configuration says no more; answers why that ends it.
async fn outdated(running: &RunningController) -> &'static str {
    running.outdated().await;
    "its configuration is another"
}

/// The controller as a process of the machine.
fn start_program(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>, replica: u32) -> Result<(), ProcessEnvironmentError> {
    let (name, told) = (of_replica(CONTROLLER, replica), configuration(context));
    environment.give(&name, &BTreeMap::from([(CONFIG_FILE.to_owned(), told.text())]))?;
    let config = environment.folder_of(&name)?.join(CONFIG_FILE);
    let (giving, network, given) = (Arc::clone(environment), context.network.clone(), name.clone());
    context.configurations.keep(&name, told, move |text| {
        network.touch();
        giving.give(&given, &BTreeMap::from([(CONFIG_FILE.to_owned(), text.to_owned())]))
    });
    let mut variables = shared_variables(environment, &name)?;
    variables.extend([
        ("X_CSI_MODE".to_owned(), "controller".into()),
        ("VSPHERE_CSI_CONFIG".to_owned(), config.into_os_string()),
        ("CSI_NAMESPACE".to_owned(), NAMESPACE.into()),
    ]);
    environment.awaits(&name, OURS, READY_WITHIN);
    let child = Child {
        driver: OURS.to_owned(),
        program: environment.program.clone(),
        arguments: ARGUMENTS.map(OsString::from).to_vec(),
        variables,
        namespace: None,
    };
    let (environment, path) = (Arc::clone(environment), environment.driver_socket(&name)?);
    let (told, address) = (context.configurations.clone(), controller_socket(replica));
    context.supervisor.start(&name, move |process: &Process| {
        forward(process, &address, &path);
        run_child(&environment, process, child.clone().told(told.variables(DriverName::Csi)));
    });
    Ok(())
}

/// How our driver is called.
pub(super) const ARGUMENTS: [&str; 2] = ["driver", "csi"];

/// What both of the driver's programs are told.
pub(super) fn shared_variables(
    environment: &ProcessEnvironment,
    process: &str,
) -> Result<Vec<(String, OsString)>, ProcessEnvironmentError> {
    // All replicas and all nodes have one account each.
    let account = if process.starts_with(CONTROLLER) { CONTROLLER } else { process.split('/').next().unwrap_or(process) };
    let identity = service_account(NAMESPACE, account);
    let endpoint = endpoint(&environment.driver_socket(process)?);
    Ok(vec![("CSI_ENDPOINT".to_owned(), endpoint), ("KUBECONFIG".to_owned(), environment.kubeconfig(process, &identity)?.into_os_string())])
}

/// Serves an address of the world by the socket of the child that the process is.
pub(super) fn forward(process: &Process, address: &str, path: &Path) {
    process.listen(address, Border::Csi, dial_socket(process, path), Arc::new(DescribeCsi));
}
