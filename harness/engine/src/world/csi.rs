//! The CSI driver under test: its configuration, its manifests, its controller process.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use seatrial_journal::Border;
use seatrial_node::{ConfigurationFiles, DescribeCsi, SimulatedHost};
use seatrial_wires::{Process, dial_socket};
use serde_json::{Value, json};
use vsphere_csi::{ControllerOptions, run_controller};

use super::context::{Reached, WorldContext};
use super::names::{self, CONTROLLER, CONTROLLER_SOCKET, DRIVER, ENDPOINT};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, endpoint, run_child, service_account};
use super::vcenter;

/// The namespace that the driver lives in.
const NAMESPACE: &str = "vmware-system-csi";
/// Our driver, in words.
pub(super) const OURS: &str = "our CSI driver";
/// How long our controller may take until it serves.
const READY_WITHIN: Duration = Duration::from_mins(2);
const CONFIG_PATH: &str = "/etc/cloud/csi-vsphere.conf";

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
fn configuration(context: &WorldContext<'_>) -> String {
    let topology = &context.scenario.world.topology;
    let mut text = vcenters("", context);
    if topology.zone.is_some() || topology.region.is_some() {
        text.push_str("\n[Labels]\n");
    }
    for (key, category) in [("zone", &topology.zone), ("region", &topology.region)] {
        if let Some(category) = category {
            text.push_str(&format!("{key} = \"{category}\"\n"));
        }
    }
    text
}

/// The same as upstream's driver wants it: told of which distribution the cluster is, or it would look for a pod's
/// surroundings; told the labels of zones and regions, or it would take those that Kubernetes has given up.
pub(super) fn upstream_configuration(context: &WorldContext<'_>) -> String {
    let topology = &context.scenario.world.topology;
    let mut text = vcenters("cluster-distribution = \"Seatrial\"\n", context);
    match (&topology.zone, &topology.region) {
        (Some(zone), Some(region)) if context.scenario.world.vcenters.len() == 1 => {
            text.push_str(&format!("\n[Labels]\nzone = \"{zone}\"\nregion = \"{region}\"\n"));
            for (category, word) in [(zone, "zone"), (region, "region")] {
                text.push_str(&format!("\n[TopologyCategory \"{category}\"]\nlabel = \"topology.kubernetes.io/{word}\"\n"));
            }
        }
        (None, None) => {}
        // It knows zone and region only together, and only of one vCenter. The labels are then of a domain of its own.
        (zone, region) => {
            let names: Vec<&str> = region.iter().chain(zone).map(|category| category.value.as_str()).collect();
            text.push_str(&format!("\n[Labels]\ntopology-categories = \"{}\"\n", names.join(",")));
        }
    }
    text
}

fn vcenters(global: &str, context: &WorldContext<'_>) -> String {
    let mut text = format!("[Global]\ncluster-id = \"seatrial\"\n{global}");
    for described in &context.scenario.world.vcenters {
        let (Reached { host, port, ca_file }, datacenter) = (context.reached(&described.name), vcenter::configured_datacenters(described));
        let (user, password) = (names::CSI_ACCOUNT, names::PASSWORD);
        let trust = ca_file.map_or_else(|| "insecure-flag = \"true\"".to_owned(), |file| format!("ca-file = \"{}\"", file.display()));
        text.push_str(&format!(
            "\n[VirtualCenter \"{host}\"]\nuser = \"{user}\"\npassword = \"{password}\"\nport = \"{port}\"\n{trust}\ndatacenters = \"{datacenter}\"\n"
        ));
    }
    text
}

pub(super) fn start(context: &WorldContext<'_>) -> Result<(), ProcessEnvironmentError> {
    if let Some(environment) = context.environment {
        return start_program(context, environment);
    }
    let files = ConfigurationFiles::default();
    files.write(CONFIG_PATH, configuration(context));
    let behaviours = context.switches.csi;
    context.supervisor.start(CONTROLLER, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let options = ControllerOptions {
            config_path: CONFIG_PATH.into(),
            environment: vsphere_csi::Environment::default(),
            endpoint: ENDPOINT.to_owned(),
            namespace: NAMESPACE.to_owned(),
            behaviours,
        };
        let subject = process.clone();
        process.spawn("main", async move {
            if let Err(error) = run_controller(host, options).await {
                subject.exit(&error.to_string());
            }
        });
    });
    Ok(())
}

/// The controller as a process of the machine.
fn start_program(context: &WorldContext<'_>, environment: &Arc<ProcessEnvironment>) -> Result<(), ProcessEnvironmentError> {
    let config = environment.write("csi-controller/csi-vsphere.conf", &configuration(context))?;
    let mut variables = shared_variables(environment, CONTROLLER)?;
    variables.extend([
        ("X_CSI_MODE".to_owned(), "controller".into()),
        ("VSPHERE_CSI_CONFIG".to_owned(), config.into_os_string()),
        ("CSI_NAMESPACE".to_owned(), NAMESPACE.into()),
    ]);
    environment.awaits(CONTROLLER, OURS, READY_WITHIN);
    let child = Child {
        driver: OURS.to_owned(),
        program: environment.program.clone(),
        arguments: ARGUMENTS.map(OsString::from).to_vec(),
        variables,
        namespace: None,
    };
    let (environment, path) = (Arc::clone(environment), environment.driver_socket(CONTROLLER)?);
    context.supervisor.start(CONTROLLER, move |process: &Process| {
        forward(process, CONTROLLER_SOCKET, &path);
        run_child(&environment, process, child.clone());
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
    let identity = service_account(NAMESPACE, process.split('/').next().unwrap_or(process));
    let endpoint = endpoint(&environment.driver_socket(process)?);
    Ok(vec![("CSI_ENDPOINT".to_owned(), endpoint), ("KUBECONFIG".to_owned(), environment.kubeconfig(process, &identity)?.into_os_string())])
}

/// Serves an address of the world by the socket of the child that the process is.
pub(super) fn forward(process: &Process, address: &str, path: &Path) {
    process.listen(address, Border::Csi, dial_socket(process, path), Arc::new(DescribeCsi));
}
