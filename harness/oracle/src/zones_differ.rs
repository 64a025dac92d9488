//! Zones differ: when settled, what CCM, CSI and vCenter's tags say of a node's zone and region is one.
//!
//! A finding, never a failure: labels are kept on purpose when a VM moves to another zone, but whoever runs the cluster
//! should hear of it. Compared are the node's label (CCM writes it once, at initialisation), the node's CSINodeTopology
//! (CSI writes it at registration), and the tag of the same category on the VM's present host or what is above it, the
//! nearest first (host, cluster, the one datacenter that is tagged). Labels are compared by what they mean, not by their keys
//! ([`Labels`]). Where nobody told which category is meant, it is the one that has the label's value among its tags. Not compared: tags on VM folders, resource pools and the VM itself, which only CCM reads; worlds
//! without tags.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#966; kubernetes/kubernetes#78841.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::findings::Findings;
use crate::homes::{self, Machine, NODES};
use crate::labels::{Labels, Meaning};
use crate::moment::Moment;
use crate::oracle::{Oracle, Severity, Violation, When};
use crate::view::KUBERNETES;
use crate::view::{Seen, View};

const TAGS: &str = "TagAssociation/";

/// See the module.
pub struct ZonesDiffer {
    labels: Labels,
    findings: Findings,
}

impl ZonesDiffer {
    /// In a world in which labels mean this.
    pub fn new(labels: &Labels) -> Self {
        Self { labels: labels.clone(), findings: Findings::default() }
    }
}

/// Who says what of one node's zone, or region.
#[derive(Default)]
struct Said {
    words: Vec<String>,
    values: Vec<String>,
    entries: Vec<u64>,
}

impl Said {
    fn add(&mut self, who: &str, value: &str, entry: u64) {
        self.words.push(format!("{who}: {value}"));
        self.values.push(value.to_owned());
        self.entries.push(entry);
    }

    fn differ(&self) -> bool {
        self.values.windows(2).any(|pair| pair[0] != pair[1])
    }
}

impl Oracle for ZonesDiffer {
    fn name(&self) -> &'static str {
        "zones-differ"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, _moment: &Moment) {}

    fn settled(&mut self, view: &View) {
        let categories = categories(view);
        for (name, node) in view.objects(KUBERNETES, NODES) {
            let Some(machine) = homes::machine_of(view, homes::identity(name, node)) else { continue };
            for meaning in Meaning::ALL {
                let said = testimony(view, &self.labels, (name, node), machine, meaning, &categories);
                if said.differ() {
                    let message = format!("what is the {} of node {name}? {}", meaning.word(), said.words.join("; "));
                    self.findings.add_about(name, message, said.entries);
                }
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.with_severity(self.name(), Severity::Finding)
    }
}

/// Whether a node's labels and the tags above its VM's present host disagree: it was moved, or its tags were.
pub(crate) fn disagree(view: &View, labels: &Labels, (name, node): (&str, &Seen), machine: Machine) -> bool {
    let categories = categories(view);
    Meaning::ALL.into_iter().any(|meaning| testimony(view, labels, (name, node), machine, meaning, &categories).differ())
}

/// The categories that have a tag of this name.
type Categories = BTreeMap<String, Vec<String>>;

fn categories(view: &View) -> Categories {
    let mut categories = Categories::new();
    for (_, _, seen) in view.in_vcenters(TAGS) {
        for (category, tags) in seen.state.as_object().into_iter().flatten() {
            for tag in tags.as_array().into_iter().flatten().filter_map(Value::as_str) {
                categories.entry(tag.to_owned()).or_default().push(category.clone());
            }
        }
    }
    categories
}

fn testimony(
    view: &View,
    labels: &Labels,
    (name, node): (&str, &Seen),
    machine: Machine,
    meaning: Meaning,
    categories: &Categories,
) -> Said {
    let mut said = Said::default();
    let by_ccm = labels.value_in(meaning, None, |key| node.text(&["metadata", "labels", key]));
    if let Some(value) = by_ccm {
        said.add("CCM's label", value, node.changed);
    }
    let topology = view.find(KUBERNETES, "csinodetopologies/", name);
    let csi: BTreeMap<&str, &str> = topology.into_iter().flat_map(labels_of).collect();
    let among_tags = || {
        let value = by_ccm.or_else(|| labels.value_in(meaning, None, |key| csi.get(key).copied()))?;
        categories.get(value)?.first().map(String::as_str)
    };
    let category = labels.category(meaning).or_else(among_tags);
    let by_csi = labels.value_in(meaning, category, |key| csi.get(key).copied());
    if let (Some(topology), Some(value)) = (topology, by_csi) {
        said.add("CSI's CSINodeTopology", value, topology.changed);
    }
    // Where neither driver says anything, nobody is contradicted.
    if let Some((tag, place, entry)) = category.filter(|_| !said.values.is_empty()).and_then(|category| tag_above(view, machine, category))
    {
        said.add(&format!("the tag of {} on {place}, where its VM is now", category.unwrap_or_default()), &tag, entry);
    }
    said
}

/// The labels of a CSINodeTopology.
fn labels_of(topology: &Seen) -> Vec<(&str, &str)> {
    let labels = topology.state.pointer("/status/topologyLabels").and_then(Value::as_array);
    labels.into_iter().flatten().filter_map(|label| Some((label.get("key")?.as_str()?, label.get("value")?.as_str()?))).collect()
}

/// The nearest tag of a category on a VM's host or above it: the tag, where, which entry says so.
fn tag_above(view: &View, machine: Machine, category: &str) -> Option<(String, String, u64)> {
    let vcenter = machine.vcenter;
    let id = machine.seen.text(&["host"])?;
    let host = view.find(vcenter, "HostSystem/", id)?;
    let near = [Some((id, host.text(&["name"]).unwrap_or(id))), host.text(&["cluster"]).map(|cluster| (cluster, cluster))];
    let found = near.into_iter().flatten().find_map(|(id, place)| Some((place, tag_on(view, vcenter, id, category)?)));
    let (place, (tag, entry)) = found.or_else(|| in_datacenter(view, vcenter, category))?;
    Some((tag.to_owned(), format!("{place} in {vcenter}"), entry))
}

fn tag_on<'a>(view: &'a View, vcenter: &str, id: &str, category: &str) -> Option<(&'a str, u64)> {
    let seen = view.find(vcenter, TAGS, id)?;
    Some((seen.state.get(category)?.as_array()?.first()?.as_str()?, seen.changed))
}

/// The tag of the one datacenter that has one; of several, nobody tells here which is above a host.
fn in_datacenter<'a>(view: &'a View, vcenter: &str, category: &str) -> Option<(&'a str, (&'a str, u64))> {
    let datacenters = view.objects(vcenter, TAGS).map(|(id, _)| id).filter(|id| id.starts_with("datacenter-"));
    let mut tagged = datacenters.filter_map(|id| Some((id, tag_on(view, vcenter, id, category)?)));
    let first = tagged.next()?;
    tagged.next().is_none().then_some(first)
}
