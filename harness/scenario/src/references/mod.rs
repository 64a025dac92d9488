//! Names that a scenario uses must be names that it declares.
//!
//! Claims and pods are not checked: manifests make them, and manifests are files.

mod names;
mod steps;
mod world;

use crate::ScenarioError;
use crate::model::configuration::DriverName;
use crate::model::fault::{Consequence, FaultRule};
use crate::model::object::NODE_OF;
use crate::model::scenario::Scenario;
use crate::yaml::Problems;
use names::{Names, known};

/// The processes of every world, beside its vCenters and what runs on its nodes.
const PROCESSES: [&str; 7] =
    ["kube-apiserver", "kube-scheduler", "kube-controller-manager", "csi-controller", "csi-provisioner", "csi-attacher", "csi-resizer"];

/// Those of worlds that have to do with snapshots.
const OF_SNAPSHOTS: [&str; 2] = ["csi-snapshotter", "snapshot-controller"];

/// Those that each replica of the CSI controller's pod has.
const OF_THE_CONTROLLER: [&str; 5] = ["csi-controller", "csi-provisioner", "csi-attacher", "csi-resizer", "csi-snapshotter"];

impl Scenario {
    /// The processes of the scenario's world, which `kill`, `from` and `to` may name.
    pub fn process_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.world.vcenters.iter().map(|vcenter| vcenter.name.value.clone()).collect();
        names.extend(PROCESSES.map(str::to_owned));
        names.extend(self.world.drivers.ccm.iter().map(|_| "ccm".to_owned()));
        for node in self.world.kubernetes.node_names() {
            names.extend([format!("csi-node/{node}"), format!("kubelet/{node}")]);
        }
        names.extend(OF_SNAPSHOTS.map(str::to_owned));
        let drivers = &self.world.drivers;
        for replica in 2..=drivers.replicas_of(DriverName::Csi) {
            names.extend(OF_THE_CONTROLLER.iter().map(|name| format!("{name}-{replica}")));
        }
        if drivers.ccm.is_some() {
            names.extend((2..=drivers.replicas_of(DriverName::Ccm)).map(|replica| format!("ccm-{replica}")));
        }
        names
    }

    /// Those of the processes that are called by others.
    pub fn server_names(&self) -> Vec<String> {
        let is_vcenter = |name: &str| self.world.vcenters.iter().any(|vcenter| vcenter.name.value == name);
        let serves = |name: &str| {
            name == "kube-apiserver" || name.starts_with("csi-controller") || name.starts_with("csi-node/") || is_vcenter(name)
        };
        self.process_names().into_iter().filter(|name| serves(name)).collect()
    }
}

/// Checks every name.
pub(crate) fn check(scenario: &Scenario, problems: &mut Problems) {
    let names = Names::of(scenario);
    world::check(&names, problems);
    for step in &scenario.steps {
        steps::check(&names, &step.action, problems);
    }
    for rule in &scenario.faults {
        fault(&names, rule, problems);
    }
    for expectation in &scenario.expect {
        names.counted(&expectation.kind, problems);
    }
    taken(scenario, &names.processes, problems);
    bounded(scenario, problems);
}

fn fault(names: &Names<'_>, rule: &FaultRule, problems: &mut Problems) {
    if let Some(from) = &rule.when.from {
        names.process(from, problems);
    }
    if let Some(to) = &rule.when.to {
        known(to, "server", &names.servers, problems);
    }
    match &rule.does {
        Consequence::Kill { process, .. } => names.process(process, problems),
        Consequence::Fail { target, .. } => {
            steps::target(names, target, problems);
            if let Some(pod) = target.node().and_then(|node| node.strip_prefix(NODE_OF)) {
                let help = format!("a fault strikes at a call, wherever `{pod}` is by then: name the node itself");
                problems.add(ScenarioError::at(target.span(), "the node of a pod in a fault rule", help));
            }
        }
        _ => {}
    }
}

/// How many variants one file may have; more is a slip, and would take for ever.
const CASES_MAX: usize = 64;

fn bounded(scenario: &Scenario, problems: &mut Problems) {
    let vcenters = &scenario.world.vcenters;
    let versions = vcenters.iter().fold(1_usize, |product, vcenter| product.saturating_mul(vcenter.versions.len()));
    let cases = scenario.matrix.iter().fold(versions, |product, dimension| product.saturating_mul(dimension.values.len()));
    if let Some(last) = scenario.matrix.last().filter(|_| cases > CASES_MAX && versions <= CASES_MAX) {
        let message = format!("the scenario would run more than {CASES_MAX} times, once for each combination of versions and values");
        problems.add(ScenarioError::at(last.name.span, message, "give fewer values"));
        return;
    }
    if let Some(last) = vcenters.last().filter(|_| cases > CASES_MAX) {
        let message = format!("the scenario would run more than {CASES_MAX} times, once for each combination of versions");
        problems.add(ScenarioError::at(last.name.span, message, "give fewer vCenters a list of versions"));
    }
}

/// A vCenter is a process, so it may not be called like one of the others.
fn taken(scenario: &Scenario, processes: &[String], problems: &mut Problems) {
    for vcenter in &scenario.world.vcenters {
        if processes.iter().filter(|name| **name == vcenter.name.value).count() > 1 {
            let duplicate = scenario.world.vcenters.iter().filter(|other| other.name.value == vcenter.name.value).count() > 1;
            if !duplicate {
                let message = format!("`{}` is the name of another process", vcenter.name);
                problems.add(ScenarioError::at(vcenter.name.span, message, "give the vCenter a name of its own, such as `vc-a`"));
            }
        }
    }
}
