//! The CSI driver under test: its configuration, its manifests, its controller process.

use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_scenario::Scenario;
use seatrial_wires::Process;
use serde_json::{Value, json};
use vsphere_csi::{ControllerOptions, run_controller};

use super::account;
use super::vcenter;
use crate::supervisor::Supervisor;
use crate::switches::Switches;

/// The driver's name in Kubernetes.
pub(super) const DRIVER: &str = "csi.vsphere.vmware.com";
/// The namespace that the driver lives in.
const NAMESPACE: &str = "vmware-system-csi";
/// The controller's process.
pub(super) const CONTROLLER: &str = "csi-controller";
/// Where the sidecars reach the controller.
pub(super) const CONTROLLER_SOCKET: &str = "csi-controller:/csi/csi.sock";
/// The endpoint that the driver is told, in its own machine's words.
pub(super) const ENDPOINT: &str = "unix:///csi/csi.sock";
const CONFIG_PATH: &str = "/etc/cloud/csi-vsphere.conf";

/// The objects that the driver's installation consists of.
pub(crate) fn manifests() -> Vec<Value> {
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

/// `vsphere.conf` for the scenario's vCenters.
fn configuration(scenario: &Scenario) -> String {
    let mut text = "[Global]\ncluster-id = \"seatrial\"\n".to_owned();
    for described in &scenario.world.vcenters {
        let (host, datacenter) = (vcenter::host(&described.name), vcenter::DATACENTER);
        let (user, password) = (account::CSI, account::PASSWORD);
        text.push_str(&format!(
            "\n[VirtualCenter \"{host}\"]\nuser = \"{user}\"\npassword = \"{password}\"\nport = \"443\"\ninsecure-flag = \"true\"\ndatacenters = \"{datacenter}\"\n"
        ));
    }
    let topology = &scenario.world.topology;
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

pub(super) fn start(supervisor: &Supervisor, scenario: &Scenario, switches: &Switches) {
    let files = ConfigurationFiles::default();
    files.write(CONFIG_PATH, configuration(scenario));
    let behaviours = switches.csi;
    supervisor.start(CONTROLLER, move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), None, files.clone());
        let options = ControllerOptions {
            config_path: CONFIG_PATH.into(),
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
}
