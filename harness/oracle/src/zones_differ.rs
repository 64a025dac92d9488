//! Zones differ: when settled, what CCM, CSI and vCenter's tags say of a node's zone and region is one.
//!
//! A finding, never a failure: labels are kept on purpose when a VM moves to another zone, but whoever runs the cluster
//! should hear of it. Compared are the node's label (CCM writes it once, at initialisation), the node's CSINodeTopology
//! (CSI writes it at registration), and the tag of the same category on the VM's present host or what is above it, the
//! nearest first (host, cluster, the one datacenter that is tagged). A label's category is the one that has the label's
//! value among its tags. Not compared: tags on VM folders, resource pools and the VM itself, which only CCM reads; worlds
//! without tags.
//!
//! Whom it has hurt: B35, B38.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::findings::Findings;
use crate::homes::{self, Machine, NODES};
use crate::view::KUBERNETES;
use crate::{Moment, Oracle, Seen, Severity, View, Violation, When};

const TAGS: &str = "TagAssociation/";
const CSI_KEYS: &str = "topology.csi.vmware.com/";
/// Labels that both drivers may write, with their words.
const LABELS: [(&str, &str); 2] = [("topology.kubernetes.io/zone", "zone"), ("topology.kubernetes.io/region", "region")];

/// See the module.
#[derive(Default)]
pub struct ZonesDiffer {
    findings: Findings,
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
            for (label, word) in LABELS {
                let said = testimony(view, (name, node), machine, label, &categories);
                if said.differ() {
                    let message = format!("what is the {word} of node {name}? {}", said.words.join("; "));
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
pub(crate) fn disagree(view: &View, (name, node): (&str, &Seen), machine: Machine) -> bool {
    let categories = categories(view);
    LABELS.iter().any(|(label, _)| testimony(view, (name, node), machine, label, &categories).differ())
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

fn testimony(view: &View, (name, node): (&str, &Seen), machine: Machine, label: &str, categories: &Categories) -> Said {
    let mut said = Said::default();
    let by_ccm = node.text(&["metadata", "labels", label]);
    if let Some(value) = by_ccm {
        said.add("CCM's label", value, node.changed);
    }
    let topology = view.find(KUBERNETES, "csinodetopologies/", name);
    let csi: BTreeMap<&str, &str> = topology.into_iter().flat_map(labels_of).collect();
    let known = |value: &str| categories.get(value).and_then(|categories| categories.first());
    let value = by_ccm.or(csi.get(label).copied());
    let Some(category) = value.and_then(known) else {
        if let (Some(topology), Some(value)) = (topology, csi.get(label)) {
            said.add("CSI's CSINodeTopology", value, topology.changed);
        }
        return said;
    };
    let by_csi = csi.get(label).or_else(|| csi.get(format!("{CSI_KEYS}{category}").as_str()));
    if let (Some(topology), Some(value)) = (topology, by_csi) {
        said.add("CSI's CSINodeTopology", value, topology.changed);
    }
    if let Some((tag, place, entry)) = tag_above(view, machine, category) {
        said.add(&format!("the tag of {category} on {place}, where its VM is now"), &tag, entry);
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
