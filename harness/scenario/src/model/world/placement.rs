//! Where everything lies: which vCenter and cluster a node's VM is in, and which zone and region that is.

use super::WorldSpec;
use super::cluster::Cluster;
use super::kubernetes::NodeSpec;
use super::tags::ObjectTag;
use super::vcenter::VCenter;

/// A node and where its VM is before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home<'a> {
    /// The node.
    pub node: &'a NodeSpec,
    /// The vCenter that its VM is in.
    pub vcenter: &'a VCenter,
    /// The cluster that its VM is in.
    pub cluster: &'a Cluster,
}

impl WorldSpec {
    /// The vCenter of this name.
    pub fn vcenter(&self, name: &str) -> Option<&VCenter> {
        self.vcenters.iter().find(|vcenter| vcenter.name.value == name)
    }

    /// All nodes with their homes, in the order of the file. Nodes that do not say where they want to be go round the
    /// clusters of all vCenters in turn; those that name only a vCenter, round its clusters.
    pub fn homes(&self) -> Vec<Home<'_>> {
        let mut turns: Vec<(Option<&str>, usize)> = Vec::new();
        self.kubernetes.nodes.iter().filter_map(|node| self.home_in_turn(node, &mut turns)).collect()
    }

    /// The home of one node.
    pub fn home(&self, node: &str) -> Option<Home<'_>> {
        self.homes().into_iter().find(|home| home.node.name.value == node)
    }

    fn home_in_turn<'a>(&'a self, node: &'a NodeSpec, turns: &mut Vec<(Option<&'a str>, usize)>) -> Option<Home<'a>> {
        let wanted = node.vcenter.as_ref().map(|name| name.value.as_str());
        let possible: Vec<(&VCenter, &Cluster)> =
            self.places().filter(|(vcenter, _)| wanted.is_none_or(|wanted| vcenter.name.value == wanted)).collect();
        let (vcenter, cluster) = match &node.cluster {
            Some(name) => *possible.iter().find(|(_, cluster)| cluster.name.value == name.value)?,
            None => {
                if !turns.iter().any(|(vcenter, _)| *vcenter == wanted) {
                    turns.push((wanted, 0));
                }
                let (_, turn) = turns.iter_mut().find(|(vcenter, _)| *vcenter == wanted)?;
                *turn += 1;
                *possible.get((*turn - 1) % possible.len().max(1))?
            }
        };
        Some(Home { node, vcenter, cluster })
    }

    /// All clusters with their vCenters, in the order of the file.
    pub fn places(&self) -> impl Iterator<Item = (&VCenter, &Cluster)> {
        self.vcenters.iter().flat_map(|vcenter| vcenter.clusters.iter().map(move |cluster| (vcenter, cluster)))
    }

    /// The clusters that lie in a zone: those that carry its tag, or whose datacenter does and they none of their own.
    pub fn clusters_in_zone(&self, zone: &str) -> Vec<(&VCenter, &Cluster)> {
        self.places().filter(|(vcenter, cluster)| self.zone_of(vcenter, cluster) == Some(zone)).collect()
    }

    /// The zone of a cluster.
    pub fn zone_of<'a>(&self, vcenter: &'a VCenter, cluster: &'a Cluster) -> Option<&'a str> {
        inherited(&self.topology.zone.as_ref()?.value, vcenter, cluster)
    }

    /// The region of a cluster.
    pub fn region_of<'a>(&self, vcenter: &'a VCenter, cluster: &'a Cluster) -> Option<&'a str> {
        inherited(&self.topology.region.as_ref()?.value, vcenter, cluster)
    }

    /// All tags of the world.
    pub fn tags(&self) -> impl Iterator<Item = &ObjectTag> {
        let vcenters = self.vcenters.iter().flat_map(|vcenter| &vcenter.tags);
        let clusters = self.places().flat_map(|(_, cluster)| &cluster.tags);
        vcenters.chain(clusters).chain(self.kubernetes.nodes.iter().flat_map(|node| &node.tags))
    }
}

/// The nearest tag of a category: of the cluster, or of its datacenter.
fn inherited<'a>(category: &str, vcenter: &'a VCenter, cluster: &'a Cluster) -> Option<&'a str> {
    let tag = cluster.tags.iter().chain(&vcenter.tags).find(|tag| tag.category.value == category)?;
    Some(&tag.tag.value)
}
