//! The names of a scenario's world, gathered once, and how a name is checked against them.

use crate::model::expectation::ExpectationKind;
use crate::model::object::{NODE_OF, derived_from, is_name};
use crate::model::scenario::Scenario;
use crate::model::steps::Action;
use crate::model::world::WorldSpec;
use crate::model::world::topology::Topology;
use crate::span::Spanned;
use crate::yaml::Problems;

/// What names may be used.
pub(super) struct Names<'a> {
    pub(super) world: &'a WorldSpec,
    pub(super) nodes: Vec<String>,
    pub(super) processes: Vec<String>,
    pub(super) servers: Vec<String>,
    pub(super) rules: Vec<String>,
    zones: Vec<String>,
    regions: Vec<String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Self {
        let topology = &scenario.world.topology;
        Self {
            world: &scenario.world,
            nodes: scenario.world.kubernetes.node_names(),
            processes: scenario.process_names(),
            servers: scenario.server_names(),
            rules: scenario.faults.iter().map(|rule| rule.id.value.clone()).collect(),
            zones: tags_of(scenario, topology, |topology| topology.zone.as_ref()),
            regions: tags_of(scenario, topology, |topology| topology.region.as_ref()),
        }
    }

    /// A node's name, or `node-of/POD`.
    pub(super) fn node(&self, name: &Spanned<String>, problems: &mut Problems) {
        if !is_node_of(name) {
            known(name, "node", &self.nodes, problems);
        }
    }

    /// A disk's name.
    pub(super) fn disk(&self, name: &Spanned<String>, problems: &mut Problems) {
        let disks: Vec<String> = self.world.vcenters.iter().flat_map(|vcenter| of(&vcenter.disks, |disk| &disk.name)).collect();
        known(name, "disk", &disks, problems);
    }

    /// Who and what an expectation counts.
    pub(super) fn counted(&self, kind: &ExpectationKind, problems: &mut Problems) {
        match kind {
            ExpectationKind::Fired(counts) => counts.iter().for_each(|(id, _)| known(id, "fault rule", &self.rules, problems)),
            ExpectationKind::Calls { from: Some(from), .. } => self.process(from, problems),
            _ => {}
        }
    }

    pub(super) fn process(&self, name: &Spanned<String>, problems: &mut Problems) {
        known(name, "process", &self.processes, problems);
    }

    pub(super) fn zone(&self, name: &Spanned<String>, problems: &mut Problems) {
        known(name, "zone", &self.zones, problems);
    }

    pub(super) fn region(&self, name: &Spanned<String>, problems: &mut Problems) {
        known(name, "region", &self.regions, problems);
    }

    pub(super) fn vcenter(&self, name: &Spanned<String>, problems: &mut Problems) {
        known(name, "vCenter", &of(&self.world.vcenters, |vcenter| &vcenter.name), problems);
    }

    pub(super) fn cluster(&self, name: &Spanned<String>, vcenter: &Spanned<String>, problems: &mut Problems) {
        self.vcenter(vcenter, problems);
        if let Some(found) = self.world.vcenter(vcenter) {
            known(name, &format!("cluster of {vcenter}"), &of(&found.clusters, |cluster| &cluster.name), problems);
        }
    }

    pub(super) fn datastore(&self, name: &Spanned<String>, vcenter: &Spanned<String>, problems: &mut Problems) {
        self.vcenter(vcenter, problems);
        if let Some(found) = self.world.vcenter(vcenter) {
            known(name, &format!("datastore of {vcenter}"), &found.datastore_names(), problems);
        }
    }

    pub(super) fn policy(&self, name: &Spanned<String>, vcenter: &Spanned<String>, problems: &mut Problems) {
        if let Some(found) = self.world.vcenter(vcenter) {
            known(name, &format!("storage policy of {vcenter}"), &of(&found.policies, |policy| &policy.name), problems);
        }
    }

    pub(super) fn key_provider(&self, name: &Spanned<String>, vcenter: &Spanned<String>, problems: &mut Problems) {
        if let Some(found) = self.world.vcenter(vcenter) {
            known(name, &format!("key provider of {vcenter}"), &of(&found.key_providers, |provider| &provider.name), problems);
        }
    }
}

/// All tags of the category that means zone (or region): of the world, and of those that steps put on.
fn tags_of(scenario: &Scenario, topology: &Topology, category: impl Fn(&Topology) -> Option<&Spanned<String>>) -> Vec<String> {
    let Some(category) = category(topology) else { return Vec::new() };
    let by_steps = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Tag(tag) => Some(&tag.tags),
        _ => None,
    });
    let tags = scenario.world.tags().chain(by_steps.flatten()).filter(|tag| tag.category.value == category.value);
    let mut names: Vec<String> = tags.map(|tag| tag.tag.value.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a text names the node of a pod.
pub(super) fn is_node_of(name: &str) -> bool {
    derived_from(name).is_some_and(|(word, pod)| word == NODE_OF && is_name(pod))
}

/// The names of some things of the world.
pub(super) fn of<T>(things: &[T], name: impl Fn(&T) -> &Spanned<String>) -> Vec<String> {
    things.iter().map(|thing| name(thing).value.clone()).collect()
}

/// How many names are listed in an error; a world may have thousands.
const LISTED: usize = 12;

/// Checks that a name is one of `names`; `what` is what they are, or `what of whom`.
pub(super) fn known(name: &Spanned<String>, what: &str, names: &[String], problems: &mut Problems) {
    if names.contains(&name.value) {
        return;
    }
    let plural = plural(what);
    let near = crate::nearest::nearest(name, names.iter().map(String::as_str));
    let mut help = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    let owned = what.contains(" of ");
    if names.is_empty() {
        let there = if owned { "" } else { " in this scenario" };
        help.push_str(&format!("there are no {plural}{there}"));
    } else {
        let whose = if owned { "" } else { " of this scenario" };
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
