//! The world that a scenario runs in: vCenters, a Kubernetes cluster, the drivers under test.
//!
//! Not said: several datacenters in a vCenter, several clusters of Kubernetes, resource pools, sizes of datastores.

pub(crate) mod cluster;
pub(crate) mod disk;
pub(crate) mod drivers;
pub(crate) mod guest;
pub(crate) mod habits;
pub(crate) mod include;
pub(crate) mod key_provider;
pub(crate) mod kubernetes;
pub(crate) mod placement;
pub(crate) mod policy;
pub(crate) mod tags;
pub(crate) mod topology;
pub(crate) mod vcenter;

use crate::yaml::{Fields, Node, Problems};

use drivers::Drivers;
use kubernetes::Kubernetes;
use topology::Topology;
use vcenter::VCenter;

/// Everything that is there before the first step.
///
/// ```yaml
/// world:
///   vcenters:
///     - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}
///   kubernetes: {nodes: 3}
///   topology: {zone: k8s-zone, region: k8s-region}
///   drivers: {csi: ours, ccm: ours}
/// ```
/// ```yaml
/// world: worlds/two-zones.yaml
/// ```
/// ```yaml
/// world: {include: worlds/two-zones.yaml, drivers: {csi: ours}}   # keys of its own take the place of the included ones
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldSpec {
    /// The vCenters, at least one, each with a name of its own.
    pub vcenters: Vec<VCenter>,
    /// The Kubernetes cluster.
    pub kubernetes: Kubernetes,
    /// The tag categories that both drivers read zones and regions from; none when not said.
    pub topology: Topology,
    /// The drivers under test.
    pub drivers: Drivers,
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<WorldSpec> {
    let mut fields = Fields::of(node, "world", "{vcenters: […], kubernetes: {nodes: 3}, drivers: {csi: ours}}", problems)?;
    // What was included stands here already; the key may.
    let _ = fields.optional(include::INCLUDE);
    let vcenters = fields.required("vcenters", problems).and_then(|node| vcenter::decode(node, problems));
    let kubernetes = fields.required("kubernetes", problems).and_then(|node| kubernetes::decode(node, problems));
    let topology = fields.optional("topology").map_or(Some(Topology::default()), |node| topology::decode(node, problems));
    let drivers = fields.required("drivers", problems).and_then(|node| drivers::decode(node, problems));
    fields.finish(problems);
    Some(WorldSpec { vcenters: vcenters?, kubernetes: kubernetes?, topology: topology?, drivers: drivers? })
}
