//! The world of an explored scenario.

use seatrial_seed::Generator;

use super::workload::one_of;
use crate::document::Tree;

/// Versions of vCenter that can be played.
const VERSIONS: [&str; 3] = ["7.0.3", "8.0.3", "9.1.0"];

/// A datacenter that is not there.
pub(super) const ABSENT: &str = "dc-old";

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    /// The zone that it lies in, where there are zones.
    pub(super) zone: Option<String>,
    /// How its firmware writes the machine's uuid, if otherwise than is usual.
    uuid: Option<&'static str>,
}

/// Ways to write a machine's uuid.
const UUIDS: [&str; 3] = ["byte-swapped", "upper-case", "as-written"];

/// A cluster of a vCenter.
#[derive(Clone, Debug)]
struct Cluster {
    vcenter: String,
    name: String,
    hosts: u64,
    datastores: Vec<String>,
    zone: Option<String>,
}

/// The world.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) vcenters: Vec<(String, &'static str)>,
    clusters: Vec<Cluster>,
    pub(super) nodes: Vec<Node>,
    pub(super) ccm: bool,
    /// Whether there is a policy `gold`, of some datastores.
    pub(super) policy: bool,
    /// Whether volumes are encrypted, by a policy `secret`.
    pub(super) encrypted: bool,
    /// Whether managed objects of several vCenters have the same ids.
    colliding: bool,
    /// Whether the drivers are told of a datacenter that is not there, and of no other.
    pub(super) misconfigured: bool,
    /// Whether a set comes up at once that nearly fills its few nodes, or more than fills one.
    pub(super) storm: bool,
    /// A method whose tasks take so long.
    slow: Option<(&'static str, &'static str)>,
    /// How long sessions live, however busy they are: never so short that logins are all that is heard of a world at rest.
    lifetime: Option<&'static str>,
}

/// Methods whose tasks may take long, and how long: less and more than their callers wait, and never so long that a rest has no end.
const TASK_TIMES: [(&str, [&str; 2]); 4] = [
    ("CnsCreateVolume", ["1m", "7m"]),
    ("CnsDeleteVolume", ["1m", "6m"]),
    ("CnsAttachVolume", ["40s", "2m"]),
    ("CnsDetachVolume", ["40s", "2m"]),
];

impl World {
    /// One without zones in half of all draws, one with zones in a third, two vCenters in the rest.
    pub(super) fn draw(draws: &mut Generator) -> Self {
        let two_vcenters = draws.chance(1, 6);
        let zones = if two_vcenters {
            2
        } else if draws.chance(2, 5) {
            2 + draws.below(2)
        } else {
            0
        };
        let names: &[&str] = if two_vcenters { &["vc-a", "vc-b"] } else { &["vc-a"] };
        let vcenters: Vec<(String, &'static str)> = names.iter().map(|name| ((*name).to_owned(), one_of(&VERSIONS, draws))).collect();
        let encrypted = !two_vcenters && zones == 0 && draws.chance(1, 8);
        let letters = ["a", "b", "c"];
        let clusters: Vec<Cluster> = (0..zones.max(1))
            .map(|place| {
                let letter = letters[usize::try_from(place).unwrap_or(0)];
                let more = draws.chance(1, 3);
                let mut datastores = vec![format!("vsan-{letter}")];
                if more {
                    datastores.push(format!("vmfs-{letter}"));
                }
                Cluster {
                    vcenter: if two_vcenters { format!("vc-{letter}") } else { "vc-a".to_owned() },
                    name: format!("cluster-{letter}"),
                    hosts: 2 + draws.below(2),
                    datastores,
                    zone: (zones > 0).then(|| format!("zone-{letter}")),
                }
            })
            .collect();
        let storm = !two_vcenters && zones == 0 && !encrypted && draws.chance(1, 12);
        let per_cluster = match zones {
            _ if storm => 1 + draws.below(2),
            0 => 2 + draws.below(3),
            _ => 1 + draws.below(2),
        };
        let mut nodes = Vec::new();
        let mixed = draws.chance(1, 6);
        for _ in 0..per_cluster {
            for cluster in &clusters {
                let uuid = mixed.then(|| one_of(&UUIDS, draws));
                nodes.push(Node { name: format!("worker-{}", nodes.len() + 1), zone: cluster.zone.clone(), uuid });
            }
        }
        let policy = !encrypted && draws.chance(1, 4);
        // Two vCenters cannot be told apart without it.
        let ccm = two_vcenters || draws.chance(if zones > 0 { 4 } else { 3 }, 6);
        let misconfigured = !two_vcenters && draws.chance(1, 24);
        let colliding = two_vcenters && draws.chance(1, 2);
        // A machine's line of many disks would not end in time.
        let slow = (!storm && draws.chance(1, 8)).then(|| {
            let (method, times) = one_of(&TASK_TIMES, draws);
            (method, one_of(&times, draws))
        });
        let lifetime = draws.chance(1, 8).then(|| one_of(&["20m", "45m"], draws));
        Self { vcenters, clusters, nodes, ccm, policy, encrypted, colliding, misconfigured, storm, slow, lifetime }
    }

    pub(super) fn has_zones(&self) -> bool {
        self.nodes.iter().any(|node| node.zone.is_some())
    }

    /// The zones, each once.
    pub(super) fn zones(&self) -> Vec<&str> {
        self.clusters.iter().filter_map(|cluster| cluster.zone.as_deref()).collect()
    }

    /// The datastores, each with its vCenter.
    pub(super) fn datastores(&self) -> Vec<(String, String)> {
        let of =
            |cluster: &Cluster| cluster.datastores.iter().map(|datastore| (datastore.clone(), cluster.vcenter.clone())).collect::<Vec<_>>();
        self.clusters.iter().flat_map(of).collect()
    }

    /// The cluster of a zone, and its vCenter.
    pub(super) fn cluster_of(&self, zone: &str) -> Option<(&str, &str)> {
        let cluster = self.clusters.iter().find(|cluster| cluster.zone.as_deref() == Some(zone))?;
        Some((&cluster.name, &cluster.vcenter))
    }

    /// Whether pods of this node can run on another one.
    pub(super) fn is_spare(&self, node: &Node) -> bool {
        self.nodes.iter().filter(|other| other.zone == node.zone).count() > 1
    }

    pub(super) fn words(&self) -> String {
        let versions: Vec<&str> = self.vcenters.iter().map(|(_, version)| *version).collect();
        format!("vCenter {}, {} zones, {} nodes", versions.join(" and "), self.zones().len(), self.nodes.len())
    }

    pub(super) fn tree(&self) -> Tree {
        let vcenters = self.vcenters.iter().map(|(name, version)| self.vcenter(name, version)).collect();
        let nodes = if self.clusters.len() == 1 && !self.encrypted && self.nodes.iter().all(|node| node.uuid.is_none()) {
            Tree::plain(self.nodes.len().to_string())
        } else {
            Tree::List(self.nodes.iter().map(|node| self.node(node)).collect())
        };
        let mut world = Tree::map([("vcenters", Tree::List(vcenters)), ("kubernetes", Tree::map([("nodes", nodes)]))]);
        if self.has_zones() {
            world.set("topology", Tree::map([("zone", Tree::plain("k8s-zone")), ("region", Tree::plain("k8s-region"))]));
        }
        let mut drivers = Tree::map([("csi", Tree::plain("ours"))]);
        if self.ccm {
            drivers.set("ccm", Tree::plain("ours"));
        }
        world.set("drivers", drivers);
        world
    }

    fn vcenter(&self, name: &str, version: &str) -> Tree {
        let mut vcenter = Tree::map([("name", Tree::plain(name)), ("version", Tree::plain(version))]);
        if self.colliding {
            vcenter.set("ids", Tree::plain("colliding"));
        }
        if self.misconfigured {
            vcenter.set("configured-datacenters", Tree::List(vec![Tree::plain(ABSENT)]));
        }
        if let Some((method, time)) = self.slow {
            vcenter.set("task-times", Tree::map([(method, Tree::plain(time))]));
        }
        if let Some(lifetime) = self.lifetime {
            vcenter.set("session-lifetime", Tree::plain(lifetime));
        }
        if self.has_zones() {
            vcenter.set("tags", Tree::map([("k8s-region", Tree::plain(format!("region-{name}")))]));
        }
        let clusters: Vec<&Cluster> = self.clusters.iter().filter(|cluster| cluster.vcenter == name).collect();
        vcenter.set("clusters", Tree::List(clusters.iter().map(|cluster| cluster.tree()).collect()));
        if self.policy {
            let datastores = clusters.iter().map(|cluster| Tree::plain(&cluster.datastores[0])).collect();
            vcenter.set("policies", Tree::List(vec![Tree::map([("name", Tree::plain("gold")), ("datastores", Tree::List(datastores))])]));
        }
        if self.encrypted {
            let secret = Tree::map([("name", Tree::plain("secret")), ("encryption", Tree::plain("true"))]);
            vcenter.set("policies", Tree::List(vec![secret]));
            vcenter.set("key-providers", Tree::List(vec![Tree::map([("name", Tree::plain("kp-1"))])]));
        }
        vcenter
    }

    fn node(&self, node: &Node) -> Tree {
        let mut tree = Tree::map([("name", Tree::plain(&node.name))]);
        let cluster = self.clusters.iter().find(|cluster| cluster.zone == node.zone);
        if let Some(cluster) = cluster.filter(|_| self.clusters.len() > 1) {
            tree.set("vcenter", Tree::plain(&cluster.vcenter));
            tree.set("cluster", Tree::plain(&cluster.name));
        }
        if self.encrypted {
            tree.set("encrypted-with", Tree::plain("kp-1"));
        }
        if let Some(uuid) = node.uuid {
            tree.set("system-uuid", Tree::plain(uuid));
        }
        tree
    }
}

impl Cluster {
    fn tree(&self) -> Tree {
        let datastores = self.datastores.iter().map(Tree::plain).collect();
        let mut tree = Tree::map([
            ("name", Tree::plain(&self.name)),
            ("hosts", Tree::plain(self.hosts.to_string())),
            ("datastores", Tree::List(datastores)),
        ]);
        if let Some(zone) = &self.zone {
            tree.set("tags", Tree::map([("k8s-zone", Tree::plain(zone))]));
        }
        tree
    }
}
