//! A cluster of ESXi hosts.

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

use super::tags::{self, ObjectTag};
use crate::model::lists::{different, members};

/// A cluster of ESXi hosts.
///
/// ```yaml
/// - {name: prod, hosts: 3, datastores: [vsan-a], ha: false, tags: {k8s-zone: zone-a}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: Spanned<String>,
    /// How many hosts it has.
    pub hosts: Spanned<u32>,
    /// Datastores that all its hosts see, at least one. A datastore named in two clusters of a vCenter is one datastore.
    pub datastores: Vec<Spanned<String>>,
    /// Whether vSphere HA restarts the VMs of a failed host on another; `true` when not said.
    pub ha: bool,
    /// Tags on the cluster.
    pub tags: Vec<ObjectTag>,
}

pub(crate) const EXAMPLE: &str = "{name: prod, hosts: 3, datastores: [vsan-a]}";

/// A vCenter's limit of hosts in a cluster.
pub(crate) const HOSTS_MAX: u32 = 96;

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Cluster>> {
    let clusters = members(node, "clusters", EXAMPLE, problems, one)?;
    different("cluster", clusters.iter().map(|cluster| &cluster.name), problems);
    Some(clusters)
}

fn one(node: &Node, problems: &mut Problems) -> Option<Cluster> {
    let mut fields = Fields::of(node, "cluster", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node.words("name", "prod", problems));
    let hosts = fields.required("hosts", problems).and_then(|node| node.number("hosts", 1, HOSTS_MAX, problems));
    let datastores = fields.required("datastores", problems).and_then(|node| datastores(node, problems));
    let ha = fields.optional("ha").map_or(Some(true), |node| node.truth("ha", problems));
    let tags = fields.optional("tags").map_or(Some(Vec::new()), |node| tags::decode(node, problems));
    fields.finish(problems);
    Some(Cluster { name: name?, hosts: hosts?, datastores: datastores?, ha: ha?, tags: tags? })
}

/// Names of datastores, each once.
pub(super) fn datastores(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    let names = members(node, "datastores", "[vsan-a]", problems, |member, problems| member.words("datastore", "vsan-a", problems))?;
    different("datastore", names.iter(), problems);
    Some(names)
}
