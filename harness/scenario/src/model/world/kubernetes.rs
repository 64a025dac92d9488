//! The Kubernetes cluster: its nodes, each a VM of the same name.

use crate::model::object::is_name;
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

use super::guest::{self, Nic, NodeIp, SystemUuid};
use super::tags::{self, ObjectTag};
use crate::model::lists::{different, members};

/// The Kubernetes cluster.
///
/// ```yaml
/// kubernetes: {nodes: 3}
/// ```
/// ```yaml
/// kubernetes:
///   nodes:
///     - {name: worker-1, vcenter: vc-a, cluster: prod, encrypted-with: kp-1}
///     - {name: spare, count: 2}       # spare-1, spare-2
///     - {name: worker-2, host-name: w2.example.com, nics: [{network: inside, addresses: [10.0.0.5]}], node-ip: none}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    /// Its nodes, at least one: `worker-1`, `worker-2`, … when only their number is said.
    pub nodes: Vec<NodeSpec>,
}

/// A node, as it is asked for. Where it comes to lie is [`crate::WorldSpec::homes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSpec {
    /// Its name, and its VM's.
    pub name: Spanned<String>,
    /// The vCenter that its VM is in, when said.
    pub vcenter: Option<Spanned<String>>,
    /// The cluster that its VM is in, when said.
    pub cluster: Option<Spanned<String>>,
    /// The key provider whose key encrypts its VM; a VM in clear when not said.
    pub encrypted_with: Option<Spanned<String>>,
    /// Tags on its VM.
    pub tags: Vec<ObjectTag>,
    /// What its guest calls itself; by the node's name when not said.
    pub host_name: Option<Spanned<String>>,
    /// Its guest's network adapters; when none is said, one with an address of its own.
    pub nics: Vec<Nic>,
    /// What its kubelet is told of its address.
    pub node_ip: NodeIp,
    /// How its firmware writes its VM's uuid.
    pub system_uuid: SystemUuid,
}

impl Kubernetes {
    /// The nodes' names.
    pub fn node_names(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.name.value.clone()).collect()
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<&NodeSpec> {
        self.nodes.iter().find(|node| node.name.value == name)
    }
}

/// Kubernetes is not tested beyond it, nor are we.
pub(crate) const NODES_MAX: u32 = 5_000;
pub(crate) const NODE_EXAMPLE: &str = "{name: worker-1, vcenter: vc-a, cluster: prod}";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Kubernetes> {
    let mut fields = Fields::of(node, "kubernetes", "{nodes: 3}", problems)?;
    let nodes = fields.required("nodes", problems).and_then(|node| nodes(node, problems));
    fields.finish(problems);
    Some(Kubernetes { nodes: nodes? })
}

fn nodes(node: &Node, problems: &mut Problems) -> Option<Vec<NodeSpec>> {
    if !matches!(node.content, Content::List(_)) {
        let number = node.number("nodes", 1, NODES_MAX, problems)?;
        return Some((1..=number.value).map(|place| NodeSpec::named(format!("worker-{place}"), number.span)).collect());
    }
    let groups = members(node, "nodes", NODE_EXAMPLE, problems, group)?;
    let nodes: Vec<NodeSpec> = groups.into_iter().flatten().collect();
    if nodes.len() > NODES_MAX as usize {
        let help = "Kubernetes is not tested beyond it; ask for fewer";
        return problems.at(node.span, format!("more than {NODES_MAX} nodes"), help);
    }
    different("node", nodes.iter().map(|node| &node.name), problems);
    Some(nodes)
}

impl NodeSpec {
    fn named(name: String, span: crate::Span) -> Self {
        Self {
            name: Spanned::new(name, span),
            vcenter: None,
            cluster: None,
            encrypted_with: None,
            tags: Vec::new(),
            host_name: None,
            nics: Vec::new(),
            node_ip: NodeIp::default(),
            system_uuid: SystemUuid::default(),
        }
    }
}

/// One member of the list: a node, or with `count` so many of them.
fn group(node: &Node, problems: &mut Problems) -> Option<Vec<NodeSpec>> {
    let mut fields = Fields::of(node, "node", NODE_EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node_name(node, problems));
    let mut text = |key, example| match fields.optional(key) {
        None => Some(None),
        Some(node) => node.words(key, example, problems).map(Some),
    };
    let (vcenter, cluster, encrypted_with) = (text("vcenter", "vc-a"), text("cluster", "prod"), text("encrypted-with", "kp-1"));
    let tags = fields.optional("tags").map_or(Some(Vec::new()), |node| tags::decode(node, problems));
    let host_name = fields.maybe("host-name", problems, guest::host_name);
    let nics = fields.optional("nics");
    let own = nics.map_or(Some(Vec::new()), |node| guest::nics(node, problems));
    let node_ip = fields.maybe("node-ip", problems, guest::node_ip);
    let system_uuid = fields.maybe("system-uuid", problems, guest::system_uuid);
    let count = fields.optional("count").map_or(Some(None), |node| node.number("count", 1, NODES_MAX, problems).map(Some));
    fields.finish(problems);
    let one = NodeSpec {
        name: name?,
        vcenter: vcenter?,
        cluster: cluster?,
        encrypted_with: encrypted_with?,
        tags: tags?,
        host_name: host_name?,
        nics: own?,
        node_ip: node_ip?.unwrap_or_default(),
        system_uuid: system_uuid?.unwrap_or_default(),
    };
    let Some(count) = count? else { return Some(vec![one]) };
    if let Some(nics) = nics {
        let help = "describe each of them by itself, or leave `nics` out";
        return problems.at(nics.span, "several nodes with the same addresses", help);
    }
    let numbered = |place: u32| NodeSpec { name: Spanned::new(format!("{}-{place}", one.name), one.name.span), ..one.clone() };
    Some((1..=count.value).map(numbered).collect())
}

fn node_name(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = node.words("name", "worker-1", problems)?;
    if !is_name(&name) {
        let help = "node names are lower-case letters, digits, `-` and `.`, such as `worker-1`";
        return problems.at(name.span, format!("`{}` cannot be a node's name", name.value), help);
    }
    Some(name)
}
