//! The world that a scenario sails in: vCenters, a Kubernetes cluster, the drivers under test.
//!
//! Not said yet: zones, several clusters of Kubernetes, storage policies, key providers, resource pools.

use crate::nearest::remedy;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

use super::object::is_name;
use super::version::{self, Version};

/// Everything that is there before the first step.
///
/// ```yaml
/// world:
///   vcenters:
///     - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}
///   kubernetes: {nodes: 3}
///   drivers: {csi: ours}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The vCenters, at least one, each with a name of its own.
    pub vcenters: Vec<VCenter>,
    /// The Kubernetes cluster.
    pub kubernetes: Kubernetes,
    /// The drivers under test.
    pub drivers: Drivers,
}

/// A vCenter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VCenter {
    /// Its name: a DNS label, because it becomes part of its address.
    pub name: Spanned<String>,
    /// Its version; with several, the scenario sails once for each.
    pub versions: Vec<Spanned<Version>>,
    /// Its clusters of hosts, at least one.
    pub clusters: Vec<Cluster>,
}

/// A cluster of ESXi hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: Spanned<String>,
    /// How many hosts it has.
    pub hosts: Spanned<u32>,
    /// Datastores that all its hosts see, at least one. A datastore named in two clusters of a vCenter is one datastore.
    pub datastores: Vec<Spanned<String>>,
}

/// The Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    /// How many nodes it has: `worker-1`, `worker-2`, …; each is a VM of the same name.
    pub nodes: Spanned<u32>,
}

impl Kubernetes {
    /// The nodes' names.
    pub fn node_names(&self) -> Vec<String> {
        (1..=self.nodes.value).map(|number| format!("worker-{number}")).collect()
    }
}

/// The drivers under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drivers {
    /// The CSI driver.
    pub csi: Spanned<CsiDriver>,
}

/// A CSI driver that can be put to sea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsiDriver {
    /// This project's own, in the same process: `ours`.
    Ours,
}

const EXAMPLE: &str = "{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}";
const CLUSTER_EXAMPLE: &str = "{name: prod, hosts: 3, datastores: [vsan-a]}";

/// A vCenter's limit of hosts in a cluster.
const HOSTS_MAX: u32 = 96;
/// Kubernetes is not tested beyond it, nor are we.
const NODES_MAX: u32 = 5_000;

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<World> {
    let mut fields = Fields::of(node, "world", "{vcenters: […], kubernetes: {nodes: 3}, drivers: {csi: ours}}", problems)?;
    let vcenters = fields.required("vcenters", problems).and_then(|node| vcenters(node, problems));
    let kubernetes = fields.required("kubernetes", problems).and_then(|node| kubernetes(node, problems));
    let drivers = fields.required("drivers", problems).and_then(|node| drivers(node, problems));
    fields.finish(problems);
    Some(World { vcenters: vcenters?, kubernetes: kubernetes?, drivers: drivers? })
}

fn vcenters(node: &Node, problems: &mut Problems) -> Option<Vec<VCenter>> {
    let members = node.some("vcenters", EXAMPLE, problems)?;
    let read: Vec<Option<VCenter>> = members.iter().map(|member| vcenter(member, problems)).collect();
    let vcenters = read.into_iter().collect::<Option<Vec<VCenter>>>()?;
    different("vCenter", vcenters.iter().map(|vcenter| &vcenter.name), problems);
    Some(vcenters)
}

fn vcenter(node: &Node, problems: &mut Problems) -> Option<VCenter> {
    let mut fields = Fields::of(node, "vcenter", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| host_name(node, problems));
    let versions = fields.required("version", problems).and_then(|node| version::decode(node, problems));
    let clusters = fields.required("clusters", problems).and_then(|node| clusters(node, problems));
    fields.finish(problems);
    Some(VCenter { name: name?, versions: versions?, clusters: clusters? })
}

fn host_name(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = node.words("name", "vc-a", problems)?;
    if !is_name(&name) || name.contains('.') || name.len() > 63 {
        let help = "it becomes part of an address: lower-case letters, digits and `-`, such as `vc-a`";
        return problems.at(name.span, format!("`{}` cannot be a vCenter's name", name.value), help);
    }
    Some(name)
}

fn clusters(node: &Node, problems: &mut Problems) -> Option<Vec<Cluster>> {
    let members = node.some("clusters", CLUSTER_EXAMPLE, problems)?;
    let read: Vec<Option<Cluster>> = members.iter().map(|member| cluster(member, problems)).collect();
    let clusters = read.into_iter().collect::<Option<Vec<Cluster>>>()?;
    different("cluster", clusters.iter().map(|cluster| &cluster.name), problems);
    Some(clusters)
}

fn cluster(node: &Node, problems: &mut Problems) -> Option<Cluster> {
    let mut fields = Fields::of(node, "cluster", CLUSTER_EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node.words("name", "prod", problems));
    let hosts = fields.required("hosts", problems).and_then(|node| node.number("hosts", 1, HOSTS_MAX, problems));
    let datastores = fields.required("datastores", problems).and_then(|node| datastores(node, problems));
    fields.finish(problems);
    Some(Cluster { name: name?, hosts: hosts?, datastores: datastores? })
}

fn datastores(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    let members = node.some("datastores", "[vsan-a]", problems)?;
    let names = members.iter().map(|member| member.words("datastore", "vsan-a", problems)).collect::<Option<Vec<_>>>()?;
    different("datastore", names.iter(), problems);
    Some(names)
}

fn kubernetes(node: &Node, problems: &mut Problems) -> Option<Kubernetes> {
    let mut fields = Fields::of(node, "kubernetes", "{nodes: 3}", problems)?;
    let nodes = fields.required("nodes", problems).and_then(|node| node.number("nodes", 1, NODES_MAX, problems));
    fields.finish(problems);
    Some(Kubernetes { nodes: nodes? })
}

fn drivers(node: &Node, problems: &mut Problems) -> Option<Drivers> {
    let mut fields = Fields::of(node, "drivers", "{csi: ours}", problems)?;
    let csi = fields.required("csi", problems).and_then(|node| csi_driver(node, problems));
    fields.finish(problems);
    Some(Drivers { csi: csi? })
}

fn csi_driver(node: &Node, problems: &mut Problems) -> Option<Spanned<CsiDriver>> {
    let name = node.words("csi", "ours", problems)?;
    match name.as_str() {
        "ours" => Some(name.map(|_| CsiDriver::Ours)),
        other => {
            let help = remedy(other, "CSI drivers that can sail", ["ours"]);
            problems.at(name.span, format!("unknown CSI driver `{other}`"), help)
        }
    }
}

/// Says where a name stands that stood before.
pub(crate) fn different<'a>(what: &str, names: impl Iterator<Item = &'a Spanned<String>>, problems: &mut Problems) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for name in names {
        match seen.iter().find(|earlier| earlier.value == name.value) {
            Some(earlier) => {
                let error = crate::ScenarioError::at(
                    name.span,
                    format!("two of the name `{}`", name.value),
                    format!("give each {what} a name of its own"),
                );
                problems.add(error.labelled("again here").also(earlier.span, "first here"));
            }
            None => seen.push(name),
        }
    }
}
