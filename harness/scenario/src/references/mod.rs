//! Names that a scenario uses must be names that it declares.
//!
//! Claims and pods are not checked: manifests make them, and manifests are files.

mod world;

use crate::model::expectation::ExpectationKind;
use crate::model::fault::Consequence;
use crate::model::scenario::Scenario;
use crate::model::steps::Action;
use crate::model::steps::expect::{Attached, ExpectVolume};
use crate::span::Spanned;
use crate::yaml::Problems;

/// The processes of every world, beside its vCenters and what runs on its nodes.
const PROCESSES: [&str; 7] =
    ["kube-apiserver", "kube-scheduler", "kube-controller-manager", "csi-controller", "csi-provisioner", "csi-attacher", "csi-resizer"];

impl Scenario {
    /// The processes of the scenario's world, which `kill`, `from` and `to` may name.
    pub fn process_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.world.vcenters.iter().map(|vcenter| vcenter.name.value.clone()).collect();
        names.extend(PROCESSES.map(str::to_owned));
        names.extend(self.world.drivers.ccm.iter().map(|_| "ccm".to_owned()));
        for node in self.world.kubernetes.node_names() {
            names.extend([format!("csi-node/{node}"), format!("kubelet/{node}")]);
        }
        names
    }

    /// Those of the processes that are called by others.
    pub fn server_names(&self) -> Vec<String> {
        let is_vcenter = |name: &str| self.world.vcenters.iter().any(|vcenter| vcenter.name.value == name);
        let serves = |name: &str| name == "kube-apiserver" || name == "csi-controller" || name.starts_with("csi-node/") || is_vcenter(name);
        self.process_names().into_iter().filter(|name| serves(name)).collect()
    }
}

/// Checks every name.
pub(crate) fn check(scenario: &Scenario, problems: &mut Problems) {
    world::check(&scenario.world, problems);
    let processes = scenario.process_names();
    for step in &scenario.steps {
        match &step.action {
            Action::Expect(expect) => volume(scenario, expect, problems),
            Action::Kill(kill) => known(&kill.process, "process", &processes, problems),
            _ => {}
        }
    }
    for rule in &scenario.faults {
        if let Some(from) = &rule.when.from {
            known(from, "process", &processes, problems);
        }
        if let Some(to) = &rule.when.to {
            known(to, "server", &scenario.server_names(), problems);
        }
        if let Consequence::Kill { process, .. } = &rule.does {
            known(process, "process", &processes, problems);
        }
    }
    let rules: Vec<String> = scenario.faults.iter().map(|rule| rule.id.value.clone()).collect();
    for expectation in &scenario.expect {
        if let ExpectationKind::Fired(counts) = &expectation.kind {
            counts.iter().for_each(|(id, _)| known(id, "fault rule", &rules, problems));
        }
    }
    taken(scenario, problems);
    sailable(scenario, problems);
}

/// How many variants one file may have; more is a slip, and would take for ever.
const SAILINGS_MAX: usize = 64;

fn sailable(scenario: &Scenario, problems: &mut Problems) {
    let vcenters = &scenario.world.vcenters;
    let sailings = vcenters.iter().fold(1_usize, |product, vcenter| product.saturating_mul(vcenter.versions.len()));
    if let Some(last) = vcenters.last().filter(|_| sailings > SAILINGS_MAX) {
        let message = format!("the scenario would sail more than {SAILINGS_MAX} times, once for each combination of versions");
        problems.add(crate::ScenarioError::at(last.name.span, message, "give fewer vCenters a list of versions"));
    }
}

fn volume(scenario: &Scenario, expect: &ExpectVolume, problems: &mut Problems) {
    let vcenters: Vec<String> = scenario.world.vcenters.iter().map(|vcenter| vcenter.name.value.clone()).collect();
    known(&expect.vcenter, "vCenter", &vcenters, problems);
    if let Some(Spanned { value: Attached::Node(node), span }) = &expect.attached {
        let mut places = vec!["none".to_owned(), "anywhere".to_owned()];
        places.extend(scenario.world.kubernetes.node_names());
        known(&Spanned::new(node.clone(), *span), "node", &places, problems);
    }
}

/// A vCenter is a process, so it may not be called like one of the others.
fn taken(scenario: &Scenario, problems: &mut Problems) {
    let processes = scenario.process_names();
    for vcenter in &scenario.world.vcenters {
        if processes.iter().filter(|name| **name == vcenter.name.value).count() > 1 {
            let duplicate = scenario.world.vcenters.iter().filter(|other| other.name.value == vcenter.name.value).count() > 1;
            if !duplicate {
                let message = format!("`{}` is the name of another process", vcenter.name);
                problems.add(crate::ScenarioError::at(vcenter.name.span, message, "give the vCenter a name of its own, such as `vc-a`"));
            }
        }
    }
}

/// How many names are listed in an error; a world may have thousands.
const LISTED: usize = 12;

fn known(name: &Spanned<String>, what: &str, names: &[String], problems: &mut Problems) {
    if names.contains(&name.value) {
        return;
    }
    let plural = plural(what);
    let near = crate::nearest::nearest(name, names.iter().map(String::as_str));
    let mut help = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    if names.is_empty() {
        let there = if what.contains(" of ") { "" } else { " in this scenario" };
        help.push_str(&format!("there are no {plural}{there}"));
    } else {
        let whose = if what.contains(" of ") { "" } else { " of this scenario" };
        help.push_str(&format!("{plural}{whose}: {}", names[..names.len().min(LISTED)].join(", ")));
    }
    if names.len() > LISTED {
        help.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    let (thing, owner) = what.split_once(" of ").unwrap_or((what, "this scenario"));
    let error = crate::ScenarioError::at(name.span, format!("unknown {thing} `{}`", name.value), help);
    problems.add(error.labelled(format!("not in {owner}")));
}

/// `key provider of vc-a` becomes `key providers of vc-a`.
fn plural(what: &str) -> String {
    let (thing, rest) = what.split_once(" of ").map_or((what, String::new()), |(thing, owner)| (thing, format!(" of {owner}")));
    match thing {
        "process" => "processes".to_owned(),
        "storage policy" => format!("storage policies{rest}"),
        _ => format!("{thing}s{rest}"),
    }
}
